#include "ike/v2/hello.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/note.h"
#include "net/ip.h"

struct ike_propose v2_hello_propose(const struct ike_tunnel *tunnel)
{
	return (struct ike_propose){.purpose = PROPOSAL_IKE,
		.ke = true,
		.ours = tunnel->conf.ike,
		.count = tunnel->conf.ike_count};
}

int v2_hello_keep(struct ike_half *half, unsigned int which, const void *data, size_t len)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, len);
	free(half->init[which]);
	half->init[which] = copy;
	half->init_len[which] = len;
	return 0;
}

static void keep_low_nonce(struct ike_sa *sa, struct rd peer)
{
	uint8_t theirs[IKE_NONCE] = {};
	size_t len = rd_left(&peer) < IKE_NONCE ? rd_left(&peer) : IKE_NONCE;

	rd_copy(&peer, theirs, len);
	memcpy(sa->low, memcmp(sa->half->nonce, theirs, IKE_NONCE) < 0 ? sa->half->nonce : theirs,
		IKE_NONCE);
}

// Header and payloads of an unprotected message. returns its length, 0: it did not fit.
size_t v2_hello_seal(struct ike *ike, const struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r,
	uint8_t exchange, uint8_t flags, uint32_t id)
{
	struct wr wr = wr_of(ike->sealed, sizeof(ike->sealed));
	const struct ike_head head = {.spi_i = spi_i,
		.spi_r = spi_r,
		.next = chain->first,
		.version = IKE_VERSION,
		.exchange = exchange,
		.flags = flags,
		.id = id,
		.len = (uint32_t)(IKE_HEAD + wr_len(&chain->wr))};

	ike_head_write(&wr, &head);
	wr_copy(&wr, chain->wr.base, wr_len(&chain->wr));
	return chain->wr.bad || wr.bad ? 0 : wr_len(&wr);
}

// What both sides send: SA is written before.
int v2_hello_write(struct ike_sa *sa, const struct ike_conf *conf, struct ike_chain *chain)
{
	struct ike_half *half = sa->half;
	int err = 0;

	ike_payload_ke(chain, half->group->v2_id, ke_public(half->ke), half->group->key_len);
	ike_payload_bytes(chain, IKE_PAYLOAD_NONCE, half->nonce, IKE_NONCE);
	if (conf->natt)
		err = ike_natt_write(chain, sa->spi_i, sa->spi_r, &sa->local, &sa->remote);
	if (conf->fragmentation)
		ike_payload_notify(chain, IKE_N_FRAGMENTATION_SUPPORTED, 0, NULL, 0);
	return err;
}

void v2_hello_sent(const struct ike_sa *sa, uint8_t flags, const struct ike_chain *chain)
{
	const struct ike_head head = {
		.version = IKE_VERSION, .exchange = IKE_SA_INIT, .flags = flags};

	ike_note(sa, true, &head, rd_of(chain->wr.base, wr_len(&chain->wr)), chain->first);
}

void v2_hello_received(const struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct rd body = rd_of(data, head->len);

	rd_skip(&body, IKE_HEAD);
	ike_note(sa, false, head, body, head->next);
}

// The keys of sa, and what IKE_AUTH needs besides.
int v2_hello_keys(struct ike_sa *sa, const struct ike_msg *msg, const struct secret *shared)
{
	struct ike_half *half = sa->half;
	const struct rd own = rd_of(half->nonce, IKE_NONCE);
	const struct ike_nonces nonces = sa->initiator ? (struct ike_nonces){own, msg->nonce}
						       : (struct ike_nonces){msg->nonce, own};
	struct rd nonce = msg->nonce;
	int err;

	err = ike_keymat_sa(&sa->suite, NULL, NULL, shared, nonces, sa->spi_i, sa->spi_r,
		sa->initiator, &sa->keys);
	if (err)
		return err;
	half->peer_nonce_len = (uint16_t)rd_left(&nonce);
	rd_copy(&nonce, half->peer_nonce, half->peer_nonce_len);
	keep_low_nonce(sa, msg->nonce);
	ke_free(half->ke);
	half->ke = NULL;
	return 0;
}

int v2_hello_features(struct ike_sa *sa, const struct ike_conf *conf, const struct ike_msg *msg)
{
	sa->fragmentation = conf->fragmentation &&
			    ike_msg_notify(msg, IKE_N_FRAGMENTATION_SUPPORTED);
	return conf->natt ? ike_natt_read(msg, &sa->local, &sa->remote, &sa->natt) : 0;
}

// A NAT that one side sees, and the other one may not speak of.
void v2_hello_nat(struct ike_sa *sa, struct ike_tunnel *tunnel, const struct ike_msg *msg)
{
	struct ike_natt natt = sa->natt;
	struct why why = {.code = IKE_REASON_NATT_MISMATCH};
	bool ours = tunnel->conf.natt;

	if (!ours && ike_natt_read(msg, &sa->local, &sa->remote, &natt))
		return;
	// Whoever sends from another port than 500 has been translated.
	if (ours ? natt.supported || sa->remote.port == IKE_PORT ||
				sa->remote.port == tunnel->conf.remote.port
		 : !natt.local && !natt.remote)
		return;
	why_set(&why, 0, "a NAT lies between, and NAT traversal is not on at both sides",
		sa->initiator ? "IKE_SA_INIT response" : "IKE_SA_INIT request", ours ? "on" : "off",
		ours ? "off" : "on");
	ike_act_noted(sa, tunnel, false, &why);
}
