#include "ike/v1/phase1.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/limit.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/aggr.h"
#include "ike/v1/id.h"
#include "ike/v1/main.h"
#include "ike/v1/natt.h"
#include "ike/v1/payload.h"
#include "ike/v1/renew.h"
#include "net/ip.h"

enum { HALF_OPEN_S = 30 }; // where we respond

struct v1_propose v1_phase1_propose(const struct ike_conf *conf)
{
	return (struct v1_propose){.purpose = PROPOSAL_IKE,
		.ours = conf->ike,
		.count = conf->ike_count,
		.group = conf->aggressive ? conf->ike[0].choice[ALG_KE][0] : NULL,
		.life_s = conf->lifetime_s ? conf->lifetime_s : 86400};
}

int v1_phase1_keep(struct ike_half *half, unsigned int which, struct rd body)
{
	size_t len = rd_left(&body);
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		return -ENOMEM;
	rd_copy(&body, copy, len);
	free(half->init[which]);
	half->init[which] = copy;
	half->init_len[which] = len;
	return 0;
}

static struct ike_half *half_new(struct ike_sa *sa)
{
	struct ike_half *half = calloc(1, sizeof(*half));

	if (!half)
		return NULL;
	half->sa = sa;
	sa->half = half;
	rng_fill(&sa->ike->params.rng, half->nonce, IKE_NONCE);
	return half;
}

static void cannot_begin(struct ike_sa *sa, int err)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	struct why why = {};

	why_set(&why, err, err == -ENOTSUP ? "this machine cannot compute the group" : "no memory",
		"first message", NULL, conf->ike[0].choice[ALG_KE][0]->name);
	if (err == -ENOTSUP)
		why_code(&why, IKE_REASON_ALGORITHM_COMPATIBILITY);
	ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, false, &why);
	ike_sa_kill(sa);
}

static int start(
	struct ike_tunnel *tunnel, const struct endpoint *local, const struct endpoint *remote)
{
	bool aggressive = tunnel->conf.aggressive;
	struct ike_sa *sa = ike_sa_new(tunnel->ike, tunnel, local, remote, true);
	int err;

	if (!sa)
		return -ENOMEM;
	err = v1_sa_init(sa, aggressive);
	if (!err && !half_new(sa))
		err = -ENOMEM;
	if (!err)
		err = aggressive ? v1_aggr_begin(sa) : v1_main_begin(sa);
	if (err)
		cannot_begin(sa, err);
	else
		ike_sa_arm(sa);
	return err;
}

int v1_phase1_start(struct ike_tunnel *tunnel)
{
	return start(tunnel, &tunnel->conf.local, &tunnel->conf.remote);
}

void v1_phase1_renew(struct ike_sa *sa)
{
	if (start(sa->tunnel, &sa->local, &sa->remote))
		sa->rekey_at = sa->ike->now + MONO_S(5);
}

static struct ike_half_key key_of(const struct ike_head *head, const struct endpoint *remote)
{
	struct ike_half_key key = {
		.spi_i = head->spi_i, .port = remote->port, .family = remote->addr.family};

	memcpy(key.addr, remote->addr.b, sizeof(key.addr));
	return key;
}

// A first message that comes once more, late: its SA has been up for long.
static bool is_late(const struct ike *ike, const struct ike_head *head,
	const struct endpoint *local, const struct endpoint *remote)
{
	struct ike_tunnel *tunnel = NULL;
	const struct ike_sa *sa;

	while ((tunnel = ike_tunnel_between(ike, &local->addr, &remote->addr, tunnel))) {
		TAILQ_FOREACH (sa, &tunnel->sas, link) {
			if (sa->v1 && !sa->initiator && sa->spi_i == head->spi_i)
				return true;
		}
	}
	return false;
}

static bool is_named(
	const struct ike *ike, const struct endpoint *local, const struct endpoint *remote)
{
	struct ike_tunnel *tunnel = NULL;

	while ((tunnel = ike_tunnel_between(ike, &local->addr, &remote->addr, tunnel))) {
		if (tunnel->conf.version == IKE_V1 &&
			ike_tunnel_fits(tunnel, &local->addr, &remote->addr) == 2)
			return true;
	}
	return false;
}

void v1_phase1_stranger(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data)
{
	const struct ike_half_key key = key_of(head, remote);
	enum ike_proof proof = is_named(ike, local, remote) ? IKE_PROOF_NAMED : IKE_PROOF_NONE;
	bool aggressive = head->exchange == V1_AGGRESSIVE;
	struct ike_half *half;
	struct ike_sa *sa;

	if (head->id)
		return;
	HASH_FIND(hh, ike->halves, &key, sizeof(key), half);
	if (half) {
		// A repetition gets the same answer.
		if (half->sa->v1 && !ike_dh_waits(half->sa))
			v1_take(half->sa, head, data);
		return;
	}
	if (is_late(ike, head, local, remote) ||
		ike_limit_ask(ike, &remote->addr, proof) != IKE_LIMIT_PASS)
		return;
	sa = ike_sa_new(ike, NULL, local, remote, false);
	if (!sa)
		return;
	half = v1_sa_init(sa, aggressive) ? NULL : half_new(sa);
	if (!half || ike_limit_open(ike, half, &remote->addr, proof)) {
		ike_sa_kill(sa);
		return;
	}
	half->key = key;
	HASH_ADD(hh, ike->halves, key, sizeof(half->key), half);
	sa->spi_i = head->spi_i;
	sa->dead_at = ike->now + MONO_S(HALF_OPEN_S);
	sa->v1->from_local = *local;
	sa->v1->from_remote = *remote;
	sa->v1->next = &v1_rows[aggressive ? V1_AGGR_1 : V1_MAIN_1];
	v1_take(sa, head, data);
	// What was not understood leaves nothing behind.
	if (sa->state == IKE_SA_CONNECTING && !ike_dh_waits(sa))
		ike_sa_kill(sa);
}

static uint32_t offered(const struct ike_conf *conf)
{
	return 1u << V1_VENDOR_DPD | (conf->natt ? V1_VENDOR_NATT_ALL : 0) |
	       (conf->fragmentation ? 1u << V1_VENDOR_FRAGMENTS : 0);
}

void v1_phase1_write_vendors(
	const struct ike_conf *conf, const struct ike_sa *sa, bool answer, struct ike_chain *chain)
{
	uint32_t vendors = offered(conf);

	if (answer) {
		vendors &= ~V1_VENDOR_NATT_ALL;
		if (sa->v1->natt != V1_VENDORS)
			vendors |= 1u << sa->v1->natt;
	}
	v1_vendor_write(chain, vendors);
}

void v1_phase1_take_vendors(struct ike_sa *sa, const struct ike_conf *conf, uint32_t vendors)
{
	sa->v1->natt = conf->natt ? v1_vendor_natt(vendors) : V1_VENDORS;
	sa->v1->dpd.can = vendors & 1u << V1_VENDOR_DPD;
	sa->fragmentation = conf->fragmentation && vendors & 1u << V1_VENDOR_FRAGMENTS;
}

void v1_phase1_write_ke(const struct ike_sa *sa, struct ike_chain *chain)
{
	const struct ike_half *half = sa->half;

	ike_payload_bytes(chain, V1_PAYLOAD_KE, ke_public(half->ke), ke_group(half->ke)->key_len);
	ike_payload_bytes(chain, V1_PAYLOAD_NONCE, half->nonce, IKE_NONCE);
}

int v1_phase1_write_natd(const struct ike_sa *sa, struct ike_chain *chain)
{
	if (sa->v1->natt == V1_VENDORS)
		return 0;
	return v1_natt_write(
		chain, sa->v1->natt, sa->suite.prf, sa->spi_i, sa->spi_r, &sa->local, &sa->remote);
}

int v1_phase1_take_natd(struct ike_sa *sa, const struct v1_msg *msg)
{
	if (sa->v1->natt == V1_VENDORS)
		return 0;
	return v1_natt_read(
		msg, sa->suite.prf, &sa->v1->from_local, &sa->v1->from_remote, &sa->natt);
}

int v1_phase1_keys(
	struct ike_sa *sa, const struct ike_conf *conf, const struct v1_msg *msg, struct why *why)
{
	struct ike_half *half = sa->half;
	const struct rd own = rd_of(half->nonce, IKE_NONCE);
	const struct ike_nonces nonces = sa->initiator ? (struct ike_nonces){own, msg->nonce}
						       : (struct ike_nonces){msg->nonce, own};
	struct rd nonce = msg->nonce, ke, theirs = msg->ke;
	uint8_t other[IKE_NONCE] = {};
	struct secret shared = {};
	int err = ike_dh_shared(sa, sa->suite.ke, &half->ke, msg->ke, &shared, why);

	if (err)
		return err;
	v1_keys_fini(&sa->v1->keys);
	err = v1_keymat_psk(
		&sa->suite, &conf->psk, &shared, nonces, sa->spi_i, sa->spi_r, &sa->v1->keys);
	secret_free(&shared);
	ke = rd_of(ke_public(half->ke), ke_group(half->ke)->key_len);
	if (!err)
		err = v1_iv_first(&sa->v1->keys, sa->initiator ? ke : theirs,
			sa->initiator ? theirs : ke, &sa->v1->iv);
	if (!err)
		err = v1_phase1_keep(half, V1_KEEP_KE, msg->ke);
	if (err)
		return err;
	half->peer_nonce_len = (uint16_t)rd_left(&nonce);
	rd_copy(&nonce, half->peer_nonce, half->peer_nonce_len);
	memcpy(other, half->peer_nonce,
		half->peer_nonce_len < IKE_NONCE ? half->peer_nonce_len : IKE_NONCE);
	memcpy(sa->low, memcmp(half->nonce, other, IKE_NONCE) < 0 ? half->nonce : other, IKE_NONCE);
	return 0;
}

static struct v1_proof proof_of(const struct ike_sa *sa, struct rd id)
{
	const struct ike_half *half = sa->half;
	struct rd own = rd_of(ke_public(half->ke), ke_group(half->ke)->key_len);
	struct rd peer = rd_of(half->init[V1_KEEP_KE], half->init_len[V1_KEEP_KE]);

	return (struct v1_proof){.ke_i = sa->initiator ? own : peer,
		.ke_r = sa->initiator ? peer : own,
		.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.sa_i = rd_of(half->init[V1_KEEP_SA], half->init_len[V1_KEEP_SA]),
		.id = id};
}

int v1_phase1_write_proof(
	struct ike_sa *sa, const struct ike_conf *conf, bool id, struct ike_chain *chain)
{
	uint8_t body[V1_ID_BODY], sum[PRF_OUT_MAX];
	size_t len = v1_id_write(&conf->local_id, body);
	const struct v1_proof proof = proof_of(sa, rd_of(body, len));
	int err = v1_hash_proof(&sa->v1->keys, &proof, sa->initiator, sum);

	if (err)
		return err;
	if (id)
		ike_payload_bytes(chain, V1_PAYLOAD_ID, body, len);
	ike_payload_bytes(chain, V1_PAYLOAD_HASH, sum, sa->suite.prf->out_len);
	return 0;
}

bool v1_phase1_is_proven(struct ike_sa *sa, const struct v1_msg *msg, struct rd id)
{
	const struct v1_proof proof = proof_of(sa, id);
	uint8_t sum[PRF_OUT_MAX];

	return rd_left(&msg->hash) == sa->suite.prf->out_len &&
	       !v1_hash_proof(&sa->v1->keys, &proof, !sa->initiator, sum) &&
	       bytes_eq_ct(sum, msg->hash.p, sa->suite.prf->out_len);
}

static bool knows_other(const struct ike_sa *sa, const struct ike_tunnel *tunnel)
{
	const struct ike_sa *other;

	TAILQ_FOREACH (other, &tunnel->sas, link) {
		if (other != sa && other->state >= IKE_SA_UP && other->state <= IKE_SA_ORPHANED)
			return true;
	}
	return false;
}

void v1_phase1_write_contact(
	const struct ike_sa *sa, const struct ike_tunnel *tunnel, struct ike_chain *chain)
{
	if (!knows_other(sa, tunnel))
		v1_payload_notify(chain, V1_N_INITIAL_CONTACT, sa->spi_i, sa->spi_r, NULL, 0);
}

int v1_phase1_know_peer(struct ike_sa *sa, const struct ike_id *id)
{
	if (!sa->remote_id)
		sa->remote_id = malloc(sizeof(*sa->remote_id));
	if (!sa->remote_id)
		return -ENOMEM;
	*sa->remote_id = *id;
	return 0;
}

void v1_phase1_up(struct ike_sa *sa, struct ike_tunnel *tunnel, const struct v1_msg *msg)
{
	bool contact = v1_msg_notify(msg, V1_N_INITIAL_CONTACT);

	sa->v1->next = NULL;
	if (sa->tunnel != tunnel)
		ike_sa_assign(sa, tunnel);
	ike_sa_up(sa);
	ike_sa_settle(sa);
	v1_renew_settle(sa, contact);
}
