#include "ike/v2/init.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/note.h"
#include "ike/dh.h"
#include "ike/limit.h"
#include "ike/packet.h"
#include "ike/propose.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/exchange.h"
#include "ike/v2/reauth.h"
#include "net/ip.h"

enum {
	RESTARTS = 8,
	HALF_OPEN_S = 30, // where we respond: until IKE_AUTH is done
};

static struct ike_propose propose_of(const struct ike_tunnel *tunnel)
{
	return (struct ike_propose){.purpose = PROPOSAL_IKE,
		.ke = true,
		.ours = tunnel->conf.ike,
		.count = tunnel->conf.ike_count};
}

static int keep(struct ike_half *half, unsigned int which, const void *data, size_t len)
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
static size_t finish(struct ike *ike, const struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r,
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
static int write_rest(struct ike_sa *sa, const struct ike_conf *conf, struct ike_chain *chain)
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

static void note_sent(const struct ike_sa *sa, uint8_t flags, const struct ike_chain *chain)
{
	const struct ike_head head = {
		.version = IKE_VERSION, .exchange = IKE_SA_INIT, .flags = flags};

	ike_note(sa, true, &head, rd_of(chain->wr.base, wr_len(&chain->wr)), chain->first);
}

static void note_received(const struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct rd body = rd_of(data, head->len);

	rd_skip(&body, IKE_HEAD);
	ike_note(sa, false, head, body, head->next);
}

// Build and send the request. The key pair is there.
static int send_request(struct ike_sa *sa)
{
	const struct ike_propose propose = propose_of(sa->tunnel);
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct ike_half *half = sa->half;
	struct ike_request *req;
	size_t len;
	int err;

	if (half->cookie_len)
		ike_payload_notify(&chain, IKE_N_COOKIE, 0, half->cookie, half->cookie_len);
	ike_payload_begin(&chain, IKE_PAYLOAD_SA);
	ike_propose_write(&propose, 0, 0, half->group, &chain.wr);
	ike_payload_end(&chain);
	err = write_rest(sa, &sa->tunnel->conf, &chain);
	if (err)
		return err;
	note_sent(sa, 0, &chain);
	len = finish(sa->ike, &chain, sa->spi_i, 0, IKE_SA_INIT, IKE_FLAG_INITIATOR, 0);
	if (!len)
		return -E2BIG;
	err = keep(half, 0, sa->ike->sealed, len);
	if (err)
		return err;
	req = ike_request_new(&v2_exchanges[V2_INIT]);
	if (!req)
		return -ENOMEM;
	req->sent = (struct ike_packets){
		.bytes = malloc(len), .len = (uint32_t)len, .each = (uint32_t)len};
	if (!req->sent.bytes) {
		ike_request_free(req);
		return -ENOMEM;
	}
	memcpy(req->sent.bytes, half->init[0], len);
	sa->id_out = 0;
	ike_request_start(sa, req);
	return 0;
}

// Make the key pair and send the request: at first, and after COOKIE or INVALID_KE_PAYLOAD.
static int begin(struct ike_sa *sa);

// The pair is there.
static void begin_again(struct ike_sa *sa, const struct ike_head *, struct rd, uint8_t)
{
	if (!begin(sa))
		return;
	sa->ike->lost = true;
	ike_tunnel_failed(sa->tunnel);
	ike_sa_kill(sa);
}

static int begin(struct ike_sa *sa)
{
	int err = ike_dh_pair(sa, sa->half->group, &sa->half->ke);

	if (err == -EINPROGRESS) {
		ike_dh_park(sa, NULL, (struct rd){}, 0, begin_again);
		return 0;
	}
	return err ? err : send_request(sa);
}

static void use_group(struct ike_half *half, const struct alg *group)
{
	ke_free(half->ke);
	half->ke = NULL;
	half->group = group;
}

int v2_init_start(struct ike_tunnel *tunnel, const struct ike_sa *old)
{
	const struct ike_conf *conf = &tunnel->conf;
	struct ike *ike = tunnel->ike;
	struct ike_sa *sa;
	int err = -ENOMEM;

	sa = ike_sa_new(ike, tunnel, &conf->local, &conf->remote, true);
	if (!sa)
		return -ENOMEM;
	sa->follows = old ? old->spi : 0;
	sa->half = calloc(1, sizeof(*sa->half));
	if (sa->half) {
		sa->half->sa = sa;
		rng_fill(&ike->params.rng, sa->half->nonce, IKE_NONCE);
		use_group(sa->half, conf->ike[0].choice[ALG_KE][0]);
		err = begin(sa);
	}
	if (err) {
		struct why why = {};

		why_set(&why, err,
			err == -ENOTSUP ? "this machine cannot compute the group" : "no memory",
			"IKE_SA_INIT request", NULL, conf->ike[0].choice[ALG_KE][0]->name);
		if (err == -ENOTSUP)
			why_code(&why, IKE_REASON_ALGORITHM_COMPATIBILITY);
		ike_act_refused(ike, tunnel, sa, &sa->local, &sa->remote, false, &why);
		ike_sa_kill(sa);
	}
	return err;
}

// A refusal, or an answer that does not fit, which anybody on the way may have sent: it is told,
// and the right answer is waited for until the repetitions end (s2.21.1).
static void doubt(struct ike_sa *sa, const struct why *why)
{
	if (!sa->half->doubted)
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, false, why);
	sa->half->doubted = true;
}

static void refused(struct ike_sa *sa, const struct ike_notify *notify)
{
	const struct ike_propose propose = propose_of(sa->tunnel);
	const char *name = ike_notify_name(notify->type);
	struct why why = {};

	why_fmt(&why, what,
		notify->type == IKE_N_NO_PROPOSAL_CHOSEN ? "the peer accepts none of our IKE "
							   "proposals"
							 : "the peer refuses");
	if (notify->type == IKE_N_NO_PROPOSAL_CHOSEN)
		why_code(&why, IKE_REASON_PROPOSAL_MISMATCH);
	else if (notify->type == IKE_N_INVALID_MAJOR_VERSION)
		why_code(&why, IKE_REASON_IKE_VERSION_MISMATCH);
	why_fmt(&why, where, "IKE_SA_INIT response");
	ike_propose_show(&propose, why.expected, sizeof(why.expected));
	if (name)
		why_fmt(&why, got, "%s", name);
	else
		why_fmt(&why, got, "notification %u", notify->type);
	doubt(sa, &why);
}

static const struct alg *own_group(const struct ike_tunnel *tunnel, uint16_t id)
{
	for (size_t i = 0; i < tunnel->conf.ike_count; i++) {
		const struct proposal *p = &tunnel->conf.ike[i];

		for (uint8_t k = 0; k < p->n[ALG_KE]; k++) {
			if (p->choice[ALG_KE][k]->v2_id == id)
				return p->choice[ALG_KE][k];
		}
	}
	return NULL;
}

// Begin again as the responder asks. A forged answer costs us no more than a few restarts.
static void restart(struct ike_sa *sa, const struct alg *group, struct rd cookie)
{
	struct ike_half *half = sa->half;
	int err;

	if (++half->restarts > RESTARTS) {
		struct why why = {};

		why_set(&why, 0, "the peer asks for one restart after the other",
			"IKE_SA_INIT response", NULL, NULL);
		doubt(sa, &why);
		return;
	}
	ike_request_end(sa);
	if (rd_left(&cookie)) {
		half->cookie_len = (uint8_t)rd_left(&cookie);
		rd_copy(&cookie, half->cookie, half->cookie_len);
	}
	if (group)
		use_group(half, group);
	err = begin(sa);
	if (err) {
		sa->ike->lost = true;
		ike_tunnel_failed(sa->tunnel);
		ike_sa_kill(sa);
	}
}

static void wrong_group(struct ike_sa *sa, struct rd data)
{
	const struct ike_propose propose = propose_of(sa->tunnel);
	uint16_t id = rd_u16(&data);
	const struct alg *group = own_group(sa->tunnel, id);
	struct why why = {};

	if (group && group != sa->half->group) {
		restart(sa, group, (struct rd){});
		return;
	}
	why_set(&why, 0, "the peer wants another Diffie-Hellman group", "IKE_SA_INIT response",
		NULL, NULL);
	why_code(&why, IKE_REASON_DH_GROUP_MISMATCH);
	ike_propose_show(&propose, why.expected, sizeof(why.expected));
	group = alg_find_v2(ALG_KE, id, 0);
	if (group)
		why_fmt(&why, got, "%s", group->name);
	else
		why_fmt(&why, got, "group %u", id);
	doubt(sa, &why);
}

// The keys of sa, and what IKE_AUTH needs besides.
static int make_keys(struct ike_sa *sa, const struct ike_msg *msg, const struct secret *shared)
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

static int take_features(struct ike_sa *sa, const struct ike_conf *conf, const struct ike_msg *msg)
{
	sa->fragmentation = conf->fragmentation &&
			    ike_msg_notify(msg, IKE_N_FRAGMENTATION_SUPPORTED);
	return conf->natt ? ike_natt_read(msg, &sa->local, &sa->remote, &sa->natt) : 0;
}

// A NAT that one side sees, and the other one may not speak of.
static void note_nat(struct ike_sa *sa, struct ike_tunnel *tunnel, const struct ike_msg *msg)
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

static void take_again(struct ike_sa *sa, const struct ike_head *head, struct rd message, uint8_t)
{
	v2_init_answer(sa, head, message.p);
}

static void accept(struct ike_sa *sa, const struct ike_msg *msg, const uint8_t *data)
{
	const struct ike_propose propose = propose_of(sa->tunnel);
	struct secret shared = {};
	struct ike_choice choice;
	struct why why = {};
	int err;

	why_fmt(&why, where, "IKE_SA_INIT response");
	err = ike_propose_accept(msg->sa, &propose, &choice, &why);
	if (!err && (choice.suite.ke != sa->half->group || msg->group != choice.suite.ke->v2_id))
		err = why_set(&why, -EPROTO, "the answer's group is not the one that we sent",
			"IKE_SA_INIT response", sa->half->group->name, choice.suite.ke->name);
	if (!err)
		err = ike_dh_shared(sa, choice.suite.ke, &sa->half->ke, msg->ke, &shared, &why);
	if (err == -EINPROGRESS) {
		ike_dh_park(sa, &msg->head, rd_of(data, msg->head.len), 0, take_again);
		return;
	}
	if (!err) {
		sa->suite = choice.suite;
		sa->spi_r = msg->head.spi_r;
		err = make_keys(sa, msg, &shared);
	}
	secret_free(&shared);
	if (!err)
		err = take_features(sa, &sa->tunnel->conf, msg);
	if (!err)
		note_nat(sa, sa->tunnel, msg);
	if (!err)
		err = keep(sa->half, 1, data, msg->head.len);
	if (err) {
		ike_keys_fini(&sa->keys);
		sa->spi_r = 0;
		doubt(sa, &why);
		return;
	}
	ike_request_end(sa);
	// The peer came first, by itself: one SA is enough.
	if (ike_tunnel_sa(sa->tunnel) && ike_tunnel_sa(sa->tunnel) != v2_reauth_old(sa)) {
		ike_sa_kill(sa);
		return;
	}
	if (sa->natt.local || sa->natt.remote)
		sa->local.port = sa->remote.port = NATT_PORT;
	sa->state = IKE_SA_PROVING;
	sa->id_out = 1;
	if (ike_request_send(sa, ike_request_new(&v2_exchanges[V2_AUTH]))) {
		sa->ike->lost = true;
		ike_tunnel_failed(sa->tunnel);
		ike_sa_kill(sa);
	}
}

void v2_init_answer(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct rd body = rd_of(data, head->len);
	struct ike_msg msg = {.head = *head};
	const struct ike_notify *notify;

	// Anyone may have sent it: what makes no sense is not worth giving up for.
	if (sa->state != IKE_SA_CONNECTING || !sa->req || !sa->half || head->id)
		return;
	rd_skip(&body, IKE_HEAD);
	if (ike_msg_read(body, head->next, &msg))
		return;
	note_received(sa, head, data);
	notify = ike_msg_notify(&msg, IKE_N_COOKIE);
	if (notify && rd_left(&notify->data) && rd_left(&notify->data) <= IKE_COOKIE_MAX) {
		restart(sa, NULL, notify->data);
		return;
	}
	notify = ike_msg_error(&msg);
	if (notify && notify->type == IKE_N_INVALID_KE_PAYLOAD && rd_left(&notify->data) == 2)
		wrong_group(sa, notify->data);
	else if (notify)
		refused(sa, notify);
	else if (head->spi_r &&
		 (msg.present & v2_exchanges[V2_INIT].answer) == v2_exchanges[V2_INIT].answer)
		accept(sa, &msg, data);
}

// A request from a stranger, and what stands beside it.
struct stranger {
	struct ike *ike;
	const struct ike_msg *msg;
	const struct endpoint *local, *remote;
	const uint8_t *data;
};

// An answer without an SA: a notification alone.
static void answer_notify(const struct stranger *s, uint16_t type, const void *data, size_t len)
{
	struct ike_chain chain = ike_chain_of(s->ike->plain, sizeof(s->ike->plain));
	size_t total;

	ike_payload_notify(&chain, type, 0, data, len);
	total = finish(s->ike, &chain, s->msg->head.spi_i, 0, IKE_SA_INIT, IKE_FLAG_RESPONSE, 0);
	ike_act_send(s->ike, s->local, s->remote, s->ike->sealed, total);
}

static struct ike_half_key key_of(const struct stranger *s)
{
	struct ike_half_key key = {.spi_i = s->msg->head.spi_i,
		.port = s->remote->port,
		.family = s->remote->addr.family};

	memcpy(key.addr, s->remote->addr.b, sizeof(key.addr));
	return key;
}

// The best tunnel between these addresses with a common proposal. returns NULL with why, and then
// *nearest is the one that why speaks of (NULL: none between these addresses).
static struct ike_tunnel *choose_tunnel(const struct stranger *s, struct ike_choice *choice,
	struct ike_tunnel **nearest, struct why *why)
{
	struct ike_tunnel *tunnel = NULL;

	*nearest = NULL;
	while ((tunnel = ike_tunnel_between(s->ike, &s->local->addr, &s->remote->addr, tunnel))) {
		const struct ike_propose propose = propose_of(tunnel);

		if (tunnel->conf.version != IKE_V2)
			continue;
		why_fmt(why, where, "IKE_SA_INIT request");
		if (!ike_propose_choose(
			    s->msg->sa, &propose, s->msg->group, choice, *nearest ? NULL : why))
			return tunnel;
		if (!*nearest)
			*nearest = tunnel;
	}
	if (!*nearest)
		*nearest = ike_tunnel_none(
			s->ike, IKE_V2, s->local, s->remote, "IKE_SA_INIT request", why);
	return NULL;
}

static int answer(struct ike_sa *sa, const struct ike_conf *conf, const struct ike_choice *choice)
{
	struct ike *ike = sa->ike;
	struct ike_chain chain = ike_chain_of(ike->plain, sizeof(ike->plain));
	size_t len;
	int err;

	ike_payload_begin(&chain, IKE_PAYLOAD_SA);
	ike_propose_answer(PROPOSAL_IKE, choice, 0, &chain.wr);
	ike_payload_end(&chain);
	err = write_rest(sa, conf, &chain);
	if (err)
		return err;
	note_sent(sa, IKE_FLAG_RESPONSE, &chain);
	len = finish(ike, &chain, sa->spi_i, sa->spi_r, IKE_SA_INIT, IKE_FLAG_RESPONSE, 0);
	return len ? keep(sa->half, 0, ike->sealed, len) : -E2BIG;
}

// The key exchange, and the answer with it. returns 0, -EINPROGRESS or -errno with why.
static int respond(struct ike_sa *sa, const struct ike_conf *conf, const struct ike_msg *msg,
	const struct ike_choice *choice, struct why *why)
{
	struct ike_half *half = sa->half;
	struct secret shared = {};
	int err;

	err = ike_dh_shared(sa, choice->suite.ke, &half->ke, msg->ke, &shared, why);
	if (err)
		return err;
	sa->suite = choice->suite;
	half->group = choice->suite.ke;
	note_received(sa, &msg->head, half->init[1]);
	err = answer(sa, conf, choice);
	if (!err)
		err = take_features(sa, conf, msg);
	if (!err)
		err = make_keys(sa, msg, &shared);
	secret_free(&shared);
	if (err)
		return err;
	ike_act_send(sa->ike, &sa->local, &sa->remote, half->init[0], half->init_len[0]);
	ike_sa_arm(sa);
	return 0;
}

static ike_dh_take respond_again;

static void respond_or_park(struct ike_sa *sa, struct ike_tunnel *tunnel, const struct ike_msg *msg,
	const struct ike_choice *choice)
{
	struct why why = {};
	int err;

	why_fmt(&why, where, "IKE_SA_INIT request");
	err = respond(sa, &tunnel->conf, msg, choice, &why);
	if (err == -EINPROGRESS)
		ike_dh_park(sa, NULL, (struct rd){}, 0, respond_again);
	if (!err)
		note_nat(sa, tunnel, msg);
	if (!err || err == -EINPROGRESS)
		return;
	if (why.what[0])
		ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, &why);
	ike_sa_kill(sa);
}

// The request is kept; the tunnel may have changed meanwhile.
static void respond_again(struct ike_sa *sa, const struct ike_head *, struct rd, uint8_t)
{
	struct ike_half *half = sa->half;
	struct ike_tunnel *tunnel = ike_tunnel_find(sa->ike, half->candidate);
	struct rd body = rd_of(half->init[1], half->init_len[1]);
	struct ike_msg msg = {};
	struct ike_choice choice;

	if (tunnel && !ike_head_read(half->init[1], half->init_len[1], &msg.head)) {
		const struct ike_propose propose = propose_of(tunnel);

		rd_skip(&body, IKE_HEAD);
		if (ike_tunnel_fits(tunnel, &sa->local.addr, &sa->remote.addr) &&
			!ike_msg_read(body, msg.head.next, &msg) &&
			!ike_propose_choose(msg.sa, &propose, msg.group, &choice, NULL) &&
			choice.suite.ke->v2_id == msg.group) {
			respond_or_park(sa, tunnel, &msg, &choice);
			return;
		}
	}
	ike_sa_kill(sa);
}

static void begin_to_respond(const struct stranger *s, struct ike_tunnel *tunnel,
	const struct ike_choice *choice, enum ike_proof proof)
{
	struct ike *ike = s->ike;
	struct ike_sa *sa = ike_sa_new(ike, NULL, s->local, s->remote, false);
	struct ike_half *half = sa ? calloc(1, sizeof(*half)) : NULL;

	if (!half) {
		if (sa)
			ike_sa_kill(sa);
		return;
	}
	*half = (struct ike_half){.key = key_of(s), .sa = sa, .candidate = tunnel->conf.tunnel};
	sa->half = half;
	sa->spi_i = s->msg->head.spi_i;
	sa->state = IKE_SA_PROVING;
	sa->id_in = 1;
	sa->dead_at = ike->now + MONO_S(HALF_OPEN_S);
	HASH_ADD(hh, ike->halves, key, sizeof(half->key), half);
	rng_fill(&ike->params.rng, half->nonce, IKE_NONCE);
	if (ike_limit_open(ike, half, &s->remote->addr, proof) ||
		keep(half, 1, s->data, s->msg->head.len))
		ike_sa_kill(sa);
	else
		respond_or_park(sa, tunnel, s->msg, choice);
}

static void demand_cookie(const struct stranger *s)
{
	struct ike *ike = s->ike;
	uint8_t cookie[IKE_COOKIE];

	if (!ike_cookie_make(&ike->cookies, &ike->params.rng, ike->now, s->msg->nonce, s->remote,
		    s->msg->head.spi_i, cookie))
		answer_notify(s, IKE_N_COOKIE, cookie, sizeof(cookie));
}

static bool brings_cookie(const struct stranger *s)
{
	struct ike *ike = s->ike;
	const struct ike_notify *notify = ike_msg_notify(s->msg, IKE_N_COOKIE);

	return notify && ike_cookie_is_good(&ike->cookies, &ike->params.rng, ike->now,
				 s->msg->nonce, s->remote, s->msg->head.spi_i, notify->data);
}

// The limits come before anything is computed or stored. returns whether to go on.
static bool passes(const struct stranger *s, enum ike_proof *proof)
{
	struct ike *ike = s->ike;
	enum ike_limit limit = ike_limit_ask(ike, &s->remote->addr, IKE_PROOF_NONE);

	*proof = IKE_PROOF_NONE;
	if (limit != IKE_LIMIT_PROVE)
		return limit == IKE_LIMIT_PASS;
	if (!brings_cookie(s)) {
		demand_cookie(s);
		return false;
	}
	*proof = IKE_PROOF_COOKIE;
	return true;
}

// A repetition gets the same answer, and so does what brings a cookie that an earlier copy of it
// was asked for: the peer signs its latest one (s2.6). Anything else with this SPI is not ours to
// judge.
static void repeat(struct ike_half *half, const struct stranger *s)
{
	bool same = half->init_len[1] == s->msg->head.len &&
		    !memcmp(half->init[1], s->data, half->init_len[1]);

	if (!same && (!brings_cookie(s) || keep(half, 1, s->data, s->msg->head.len)))
		return;
	if (half->init[0])
		ike_act_send(s->ike, s->local, s->remote, half->init[0], half->init_len[0]);
}

void v2_init_request(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data)
{
	struct ike_msg msg = {.head = *head};
	const struct stranger s = {ike, &msg, local, remote, data};
	const struct ike_half_key key = key_of(&s);
	struct rd body = rd_of(data, head->len);
	struct ike_tunnel *tunnel, *nearest;
	struct ike_choice choice;
	enum ike_proof proof;
	struct ike_half *half;
	struct why why = {};
	uint8_t group[2];

	rd_skip(&body, IKE_HEAD);
	if (head->id || ike_msg_read(body, head->next, &msg) ||
		(msg.present & v2_exchanges[V2_INIT].request) != v2_exchanges[V2_INIT].request)
		return;
	HASH_FIND(hh, ike->halves, &key, sizeof(key), half);
	if (half) {
		repeat(half, &s);
		return;
	}
	if (!passes(&s, &proof))
		return;
	tunnel = choose_tunnel(&s, &choice, &nearest, &why);
	if (!tunnel) {
		answer_notify(&s, IKE_N_NO_PROPOSAL_CHOSEN, NULL, 0);
		ike_act_refused(ike, nearest, NULL, local, remote, false, &why);
		return;
	}
	if (msg.group != choice.suite.ke->v2_id) {
		be16_put(group, choice.suite.ke->v2_id);
		answer_notify(&s, IKE_N_INVALID_KE_PAYLOAD, group, sizeof(group));
		return;
	}
	begin_to_respond(&s, tunnel, &choice, proof);
}
