#include "ike/v2/respond.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/limit.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/exchange.h"
#include "ike/v2/hello.h"
#include "net/ip.h"

enum { HALF_OPEN_S = 30 }; // until IKE_AUTH is done

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
	total = v2_hello_seal(
		s->ike, &chain, s->msg->head.spi_i, 0, IKE_SA_INIT, IKE_FLAG_RESPONSE, 0);
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
		const struct ike_propose propose = v2_hello_propose(tunnel);

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
	err = v2_hello_write(sa, conf, &chain);
	if (err)
		return err;
	v2_hello_sent(sa, IKE_FLAG_RESPONSE, &chain);
	len = v2_hello_seal(ike, &chain, sa->spi_i, sa->spi_r, IKE_SA_INIT, IKE_FLAG_RESPONSE, 0);
	return len ? v2_hello_keep(sa->half, 0, ike->sealed, len) : -E2BIG;
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
	v2_hello_received(sa, &msg->head, half->init[1]);
	err = answer(sa, conf, choice);
	if (!err)
		err = v2_hello_features(sa, conf, msg);
	if (!err)
		err = v2_hello_keys(sa, msg, &shared);
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
		v2_hello_nat(sa, tunnel, msg);
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
		const struct ike_propose propose = v2_hello_propose(tunnel);

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
		v2_hello_keep(half, 1, s->data, s->msg->head.len))
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

	if (!same && (!brings_cookie(s) || v2_hello_keep(half, 1, s->data, s->msg->head.len)))
		return;
	if (half->init[0])
		ike_act_send(s->ike, s->local, s->remote, half->init[0], half->init_len[0]);
}

void v2_respond(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
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
