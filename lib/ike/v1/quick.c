#include "ike/v1/quick.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/dh.h"
#include "ike/sa.h"
#include "ike/ts.h"
#include "ike/tunnel.h"
#include "ike/v1/id.h"
#include "ike/v1/info.h"
#include "ike/v1/natt.h"
#include "ike/v1/payload.h"
#include "ike/v1/propose.h"
#include "ike/v1/quicks.h"
#include "ike/v1/refuse.h"
#include "ike/v1/talk.h"
#include "ike/v1/twin.h"
#include "ike/version.h"

enum { CHILDREN_MAX = 2 * IKE_CHILDREN }; // of one IKE SA, with those being replaced

static struct v1_propose propose_of(const struct ike_sa *sa, const struct ike_child_conf *conf)
{
	return (struct v1_propose){.purpose = PROPOSAL_ESP,
		.ours = conf->esp,
		.count = conf->esp_count,
		.mode = v1_natt_mode(sa->v1->natt, &sa->natt),
		.group = v1_propose_group(conf->esp, conf->esp_count),
		.life_s = conf->lifetime_s};
}

static struct ike_nonces nonces_of(const struct v1_quick *quick)
{
	const struct rd own = rd_of(quick->nonce, IKE_NONCE);
	const struct rd peer = rd_of(quick->peer_nonce, quick->peer_nonce_len);

	return quick->initiator ? (struct ike_nonces){own, peer} : (struct ike_nonces){peer, own};
}

static void keep_nonce(struct v1_quick *quick, struct rd nonce)
{
	quick->peer_nonce_len = (uint16_t)rd_left(&nonce);
	rd_copy(&nonce, quick->peer_nonce, quick->peer_nonce_len);
}

static int say(struct ike_sa *sa, struct v1_quick *quick, enum v1_hash n, struct ike_chain *chain,
	bool waits)
{
	int err = chain->wr.bad
			  ? -E2BIG
			  : v1_hash_sign(&sa->v1->keys, n, quick->id, nonces_of(quick), chain);

	if (!err)
		err = v1_talk_say(sa, &quick->talk, V1_QUICK, quick->id, &quick->iv, chain, waits);
	return err;
}

static struct ike_chain begin_chain(struct ike_sa *sa)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));

	v1_payload_hash_room(&chain, sa->suite.prf->out_len);
	return chain;
}

static int write_id(struct ike_chain *chain, const struct selector *ts)
{
	uint8_t body[V1_ID_BODY];
	int len = v1_ts_write(ts, body);

	if (len < 0)
		return len;
	ike_payload_bytes(chain, V1_PAYLOAD_ID, body, (size_t)len);
	return 0;
}

static void write_ke(struct ike_chain *chain, const struct v1_quick *quick)
{
	ike_payload_bytes(chain, V1_PAYLOAD_NONCE, quick->nonce, IKE_NONCE);
	if (quick->ke)
		ike_payload_bytes(
			chain, V1_PAYLOAD_KE, ke_public(quick->ke), ke_group(quick->ke)->key_len);
}

static int say_1(struct ike_sa *sa, struct v1_quick *quick, const struct ike_child *child)
{
	const struct v1_propose propose = propose_of(sa, quick->conf);
	struct ike_chain chain = begin_chain(sa);
	int err;

	ike_payload_begin(&chain, V1_PAYLOAD_SA);
	v1_propose_write(&propose, child->spi_in, &chain.wr);
	ike_payload_end(&chain);
	write_ke(&chain, quick);
	err = write_id(&chain, &quick->conf->local[0]);
	if (!err)
		err = write_id(&chain, &quick->conf->remote[0]);
	return err ? err : say(sa, quick, V1_HASH_1, &chain, true);
}

// The key pair is there. What is wanted may be something else by now: the SA looks again.
static void begin_again(struct ike_sa *sa, const struct ike_head *, struct rd, uint8_t)
{
	ike_sa_speaks(sa)->begin_next(sa);
	ike_sa_arm(sa);
}

int v1_quick_begin(struct ike_sa *sa, const struct ike_child_conf *conf, struct ike_child *old)
{
	const struct alg *group = v1_propose_group(conf->esp, conf->esp_count);
	struct v1_quick *quick = NULL;
	struct ike_child *child = NULL;
	struct ke *ke = NULL;
	int err = group ? ike_dh_pair(sa, group, &ke) : 0;

	if (err == -EINPROGRESS) {
		ike_dh_park(sa, NULL, (struct rd){}, 0, begin_again);
		return err;
	}
	if (!err)
		quick = v1_quick_new(sa, v1_quick_id(sa), true);
	if (quick)
		child = ike_child_new(sa, conf);
	if (!err)
		err = child ? 0 : -ENOMEM;
	if (child) {
		quick->ke = ke;
		ke = NULL;
		quick->conf = conf;
		quick->spi = child->spi_in;
		quick->subject = old ? old->spi_in : 0;
		err = say_1(sa, quick, child);
	}
	ke_free(ke);
	if (err && quick)
		v1_quick_free(sa, quick);
	if (err) {
		sa->ike->lost = true;
		sa->not_before = sa->ike->now + MONO_S(1);
	} else if (old) {
		old->want_rekey = false;
	}
	return err;
}

// The two selectors of a message: from who began, to who answers.
static int read_ids(const struct ike_sa *sa, const struct v1_msg *msg, bool ours,
	struct selector *ci, struct selector *cr)
{
	const struct addr *i = ours ? &sa->local.addr : &sa->remote.addr;
	const struct addr *r = ours ? &sa->remote.addr : &sa->local.addr;

	if (msg->ids == 2)
		return v1_ts_read(msg->id[0], ci) || v1_ts_read(msg->id[1], cr) ? -EINVAL : 0;
	if (msg->ids)
		return -EINVAL;
	// RFC 2409 s5.5: without them, the parties' own addresses.
	*ci = selector_of_cidr(&(struct cidr){.addr = *i, .bits = (uint8_t)(8 * addr_len(i))});
	*cr = selector_of_cidr(&(struct cidr){.addr = *r, .bits = (uint8_t)(8 * addr_len(r))});
	return 0;
}

static int derive(struct ike_sa *sa, struct v1_quick *quick, const struct v1_choice *choice,
	const struct v1_msg *msg, struct secret *shared, struct why *why)
{
	*shared = (struct secret){};
	if (!choice->suite.ke)
		return 0;
	if (!(msg->present & V1_BIT(V1_HAS_KE)))
		return why_set(why, -EPROTO, "a group without a public value", NULL, NULL, NULL);
	return ike_dh_shared(sa, choice->suite.ke, &quick->ke, msg->ke, shared, why);
}

// The shorter one counts; it works, and yet somebody meant another.
static void note_lifetime(const struct ike_child *child, uint32_t theirs_s)
{
	struct why why = {.code = IKE_REASON_LIFETIME_MISMATCH};
	uint32_t ours_s = child->conf->lifetime_s;

	if (!theirs_s || !ours_s || theirs_s == ours_s)
		return;
	why_set(&why, 0, "the lifetimes differ", "quick mode message 1", NULL, NULL);
	why_fmt(&why, expected, "%u s", ours_s);
	why_fmt(&why, got, "%u s", theirs_s);
	ike_act_noted(child->sa, child->sa->tunnel, true, &why);
}

// Keys and IKE_ACT_CHILD_ADD.
static int open_child(struct ike_sa *sa, struct v1_quick *quick, struct ike_child *child,
	const struct v1_choice *choice, const struct secret *shared)
{
	const struct ike_child *old = v1_twin_in_use(sa->tunnel, child->conf);
	const struct ike_choice agreed = {
		.suite = choice->suite, .spi = choice->spi, .spi_len = 4, .number = choice->number};
	const struct ike_child_deal deal = {.choice = &agreed,
		.local = child->conf->local,
		.remote = child->conf->remote,
		.local_count = 1,
		.remote_count = 1,
		.nonces = nonces_of(quick),
		.shared = shared->len ? shared : NULL,
		.initiator = quick->initiator,
		.replaces = old ? old->spi_in : 0,
		.life_s = choice->life_s};

	if (!quick->initiator)
		note_lifetime(child, choice->life_s);
	return ike_child_open(child, &deal);
}

int v1_quick_keys(const struct ike_child *child, const struct secret *shared,
	struct ike_nonces nonces, bool, struct ike_child_keys *keys)
{
	return v1_keymat_child(&child->sa->v1->keys, &child->suite, shared, nonces, child->spi_in,
		child->spi_out, keys);
}

// The child of the tunnel whose networks are the peer's, and what of its proposals fits.
static const struct ike_child_conf *choose(struct ike_sa *sa, const struct v1_msg *msg,
	struct v1_choice *choice, uint16_t *notify, struct why *why)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	struct selector theirs, ours;

	why_fmt(why, where, "quick mode message 1");
	*notify = V1_N_INVALID_ID_INFORMATION;
	if (read_ids(sa, msg, false, &theirs, &ours)) {
		why_fmt(why, what, "malformed traffic selectors");
		why_code(why, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
		return NULL;
	}
	for (size_t i = 0; i < conf->child_count; i++) {
		const struct ike_child_conf *child = &conf->child[i];
		const struct v1_propose propose = propose_of(sa, child);

		if (!selector_eq(&child->local[0], &ours) ||
			!selector_eq(&child->remote[0], &theirs))
			continue;
		if (!v1_propose_choose(msg->sa, &propose, choice, why))
			return child;
		*notify = V1_N_NO_PROPOSAL_CHOSEN;
	}
	if (*notify == V1_N_INVALID_ID_INFORMATION)
		v1_refuse_networks(&conf->child[0], &ours, &theirs, why);
	return NULL;
}

static bool is_full(const struct ike_sa *sa)
{
	const struct ike_child *child;
	unsigned int n = 0;

	TAILQ_FOREACH (child, &sa->children, link)
		n++;
	return n >= CHILDREN_MAX;
}

static int answer(struct ike_sa *sa, struct v1_quick *quick, const struct ike_child *child,
	const struct v1_choice *choice, const struct v1_msg *msg)
{
	struct ike_chain chain = begin_chain(sa);

	ike_payload_begin(&chain, V1_PAYLOAD_SA);
	v1_propose_answer(PROPOSAL_ESP, choice, child->spi_in, &chain.wr);
	ike_payload_end(&chain);
	write_ke(&chain, quick);
	for (uint8_t i = 0; i < msg->ids; i++)
		ike_payload_bytes(&chain, V1_PAYLOAD_ID, msg->id[i].p, rd_left(&msg->id[i]));
	return say(sa, quick, V1_HASH_2, &chain, true);
}

int v1_quick_1(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg)
{
	const struct ike_nonces none = {};
	const struct ike_child_conf *conf;
	struct v1_choice choice = {};
	struct ike_child *child = NULL;
	struct secret shared;
	struct why why = {};
	uint16_t notify;
	int err;

	if (!v1_hash_is_right(&sa->v1->keys, V1_HASH_1, none, msg) || is_full(sa))
		return -EBADMSG;
	conf = choose(sa, msg, &choice, &notify, &why);
	if (!conf) {
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, true, &why);
		v1_info_refuse(sa, notify, choice.spi);
		return -ENOENT;
	}
	err = derive(sa, quick, &choice, msg, &shared, &why);
	if (err)
		return err;
	keep_nonce(quick, msg->nonce);
	quick->conf = conf;
	child = ike_child_new(sa, conf);
	quick->spi = child ? child->spi_in : 0;
	err = child ? open_child(sa, quick, child, &choice, &shared) : -ENOMEM;
	secret_free(&shared);
	if (!err)
		err = answer(sa, quick, child, &choice, msg);
	if (err)
		return err;
	v1_quick_note(sa, quick->id);
	ike_sa_heard(sa);
	ike_sa_follow(sa, &sa->v1->from_local, &sa->v1->from_remote);
	quick->next = &v1_rows[V1_QUICK_3];
	return 0;
}

static int check_answer(struct ike_sa *sa, const struct v1_quick *quick, const struct v1_msg *msg,
	struct v1_choice *choice, struct why *why)
{
	const struct v1_propose propose = propose_of(sa, quick->conf);
	const struct selector *ours = &quick->conf->local[0], *theirs = &quick->conf->remote[0];
	struct selector ci, cr;

	why_fmt(why, where, "quick mode message 2");
	if (v1_propose_accept(msg->sa, &propose, choice, why))
		return -EPROTO;
	// Some leave them out when they say nothing new.
	if (!msg->ids)
		return 0;
	if (read_ids(sa, msg, true, &ci, &cr))
		return why_set(why, -EPROTO, "malformed traffic selectors", NULL, NULL, NULL);
	if (selector_eq(&ci, ours) && selector_eq(&cr, theirs))
		return 0;
	v1_refuse_networks(quick->conf, &ci, &cr, why);
	return -EPROTO;
}

// It stands. What happened to it while its answer was under way?
static void finish(struct ike_sa *sa, struct v1_quick *quick, struct ike_child *child)
{
	v1_twin_live(child);
	if (quick->gone_spi == child->spi_out)
		ike_child_drop(child, false);
	else if (quick->unwanted)
		ike_child_close(child);
	v1_quick_done(sa, quick);
}

static void take_lifetimes(struct ike_sa *sa, const struct v1_msg *msg, uint32_t spi_out)
{
	for (uint8_t i = 0; i < msg->notifies; i++) {
		if (msg->notify[i].type == V1_N_RESPONDER_LIFETIME)
			v1_quick_lifetime(sa, spi_out, msg->notify[i].data);
	}
}

int v1_quick_2(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg)
{
	struct ike_child *child = ike_child_find(sa->ike, quick->spi);
	struct ike_nonces nonces = {rd_of(quick->nonce, IKE_NONCE), msg->nonce};
	struct ike_chain chain;
	struct v1_choice choice;
	struct secret shared = {};
	struct why why = {};
	int err;

	if (!child || !v1_hash_is_right(&sa->v1->keys, V1_HASH_2, nonces, msg))
		return -EBADMSG;
	err = check_answer(sa, quick, msg, &choice, &why);
	if (!err)
		err = derive(sa, quick, &choice, msg, &shared, &why);
	if (err == -EINPROGRESS)
		return err;
	keep_nonce(quick, msg->nonce);
	if (!err)
		err = open_child(sa, quick, child, &choice, &shared);
	secret_free(&shared);
	chain = begin_chain(sa);
	if (!err)
		err = say(sa, quick, V1_HASH_3, &chain, false);
	if (err) {
		v1_quick_failed(sa, quick, &why);
		return err;
	}
	ike_sa_heard(sa);
	ike_sa_follow(sa, &sa->v1->from_local, &sa->v1->from_remote);
	take_lifetimes(sa, msg, child->spi_out);
	finish(sa, quick, child);
	return 0;
}

int v1_quick_3(struct ike_sa *sa, struct v1_quick *quick, const struct v1_msg *msg)
{
	struct ike_child *child = ike_child_find(sa->ike, quick->spi);

	if (!v1_hash_is_right(&sa->v1->keys, V1_HASH_3, nonces_of(quick), msg))
		return -EBADMSG;
	ike_sa_heard(sa);
	if (child)
		finish(sa, quick, child);
	else
		v1_quick_done(sa, quick);
	return 0;
}

void v1_quick_confirmed(struct ike_child *child)
{
	struct ike_sa *sa = child->sa;
	struct v1_quick *quick;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->spi == child->spi_in) {
			finish(sa, quick, child);
			return;
		}
	}
}
