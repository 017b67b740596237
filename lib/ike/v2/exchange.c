#include "ike/v2/exchange.h"

#include <assert.h>
#include <errno.h>

#include "ike/act.h"
#include "ike/note.h"
#include "ike/child.h"
#include "ike/dh.h"
#include "ike/packet.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/auth.h"
#include "ike/v2/create.h"
#include "ike/v2/info.h"
#include "ike/v2/init.h"
#include "ike/v2/reauth.h"
#include "ike/v2/rekey.h"

#define UP	 (1u << IKE_SA_UP)
#define PROVING	 (1u << IKE_SA_PROVING)
#define ANY_OPEN (1u << IKE_SA_UP | 1u << IKE_SA_REPLACED | 1u << IKE_SA_CLOSING)

#define HAS_INIT  (IKE_BIT(IKE_HAS_SA) | IKE_BIT(IKE_HAS_KE) | IKE_BIT(IKE_HAS_NONCE))
#define HAS_TS	  (IKE_BIT(IKE_HAS_TSI) | IKE_BIT(IKE_HAS_TSR))
#define HAS_CHILD (IKE_BIT(IKE_HAS_SA) | IKE_BIT(IKE_HAS_NONCE) | HAS_TS)

static bool is_any(const struct ike_msg *)
{
	return true;
}

const struct v2_exchange v2_exchanges[V2_EXCHANGES] = {
	// IKE_SA_INIT has ways of its own (v2/init.c, v2/respond.c): no keys, and at first no SA.
	[V2_INIT] = {.name = "IKE_SA_INIT",
		.type = IKE_SA_INIT,
		.request = HAS_INIT,
		.answer = HAS_INIT,
		.rfc = "RFC 7296 s1.2",
		.fits = is_any},
	[V2_AUTH] = {.name = "IKE_AUTH",
		.type = IKE_AUTH,
		.from = PROVING,
		.request = IKE_BIT(IKE_HAS_IDI) | HAS_TS | IKE_BIT(IKE_HAS_SA),
		.answer = IKE_BIT(IKE_HAS_IDR) | IKE_BIT(IKE_HAS_AUTH),
		.rfc = "RFC 7296 s1.2",
		.fits = is_any,
		.build = v2_auth_build,
		.respond = v2_auth_respond,
		.accept = v2_auth_accept},
	[V2_REKEY_CHILD] = {.name = "rekey child",
		.type = IKE_CREATE_CHILD_SA,
		.from = UP,
		.request = HAS_CHILD,
		.answer = HAS_CHILD,
		.rfc = "RFC 7296 s1.3.3",
		.fits = v2_create_is_rekey,
		.build = v2_create_build_rekey,
		.respond = v2_create_respond_rekey,
		.accept = v2_create_accept_rekey},
	[V2_NEW_CHILD] = {.name = "new child",
		.type = IKE_CREATE_CHILD_SA,
		.from = UP,
		.request = HAS_CHILD,
		.answer = HAS_CHILD,
		.rfc = "RFC 7296 s1.3.1",
		.fits = v2_create_is_new,
		.build = v2_create_build_new,
		.respond = v2_create_respond_new,
		.accept = v2_create_accept_new},
	[V2_REKEY_IKE] = {.name = "rekey IKE",
		.type = IKE_CREATE_CHILD_SA,
		.from = UP,
		.request = HAS_INIT,
		.answer = HAS_INIT,
		.rfc = "RFC 7296 s1.3.2",
		.fits = v2_rekey_is,
		.build = v2_rekey_build,
		.respond = v2_rekey_respond,
		.accept = v2_rekey_accept},
	[V2_DELETE_IKE] = {.name = "delete IKE",
		.type = IKE_INFORMATIONAL,
		.from = ANY_OPEN,
		.rfc = "RFC 7296 s1.4.1",
		.fits = v2_info_is_delete_ike,
		.build = v2_info_build_delete_ike,
		.respond = v2_info_respond_delete_ike,
		.accept = v2_info_accept_delete_ike},
	[V2_DELETE_CHILD] = {.name = "delete child",
		.type = IKE_INFORMATIONAL,
		.from = ANY_OPEN,
		.rfc = "RFC 7296 s1.4.1",
		.fits = v2_info_is_delete_child,
		.build = v2_info_build_delete_child,
		.respond = v2_info_respond_delete_child,
		.accept = v2_info_accept_delete_child},
	[V2_INFO] = {.name = "are you there",
		.type = IKE_INFORMATIONAL,
		.from = ANY_OPEN,
		.liveness = true,
		.rfc = "RFC 7296 s2.4",
		.fits = v2_info_is_any,
		.build = v2_info_build_question,
		.respond = v2_info_respond_any,
		.accept = v2_info_accept_empty},
};

const struct v2_exchange *v2_exchange_of(const struct ike_msg *msg)
{
	for (size_t i = 0; i < V2_EXCHANGES; i++) {
		if (v2_exchanges[i].type == msg->head.exchange && v2_exchanges[i].fits(msg))
			return &v2_exchanges[i];
	}
	return NULL;
}

static bool wants_delete(const struct ike_sa *sa)
{
	const struct ike_child *child;

	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->want_delete)
			return true;
	}
	return false;
}

static bool may_create(const struct ike_sa *sa)
{
	return sa == ike_tunnel_sa(sa->tunnel) && sa->ike->now >= sa->tunnel->child_retry_at &&
	       (ike_tunnel_missing(sa->tunnel) | v2_reauth_missing(sa));
}

// What is wanted stands in the SA and its children: nothing is queued, so nothing can be queued
// twice or forgotten.
const struct v2_exchange *v2_next(const struct ike_sa *sa)
{
	enum v2_exchange_id id;

	if (sa->state == IKE_SA_CLOSING && !sa->dead_at)
		id = V2_DELETE_IKE;
	else if (sa->state != IKE_SA_UP || sa->waiting)
		return NULL;
	else if (wants_delete(sa))
		id = V2_DELETE_CHILD;
	else if (sa->want_rekey)
		id = V2_REKEY_IKE;
	else if (v2_create_to_rekey(sa))
		id = V2_REKEY_CHILD;
	else if (may_create(sa))
		id = V2_NEW_CHILD;
	else if (sa->want_dpd || sa->tell_spi)
		id = V2_INFO;
	else
		return NULL;
	return &v2_exchanges[id];
}

// The key pair of a request is there. What is wanted may be something else by now.
static void begin_again(struct ike_sa *sa, const struct ike_head *, struct rd, uint8_t)
{
	if (!sa->req)
		v2_begin_next(sa);
	ike_sa_arm(sa);
}

void v2_begin_next(struct ike_sa *sa)
{
	const struct v2_exchange *row = v2_next(sa);
	int err;

	if (!row)
		return;
	err = ike_request_send(sa, ike_request_new(row));
	if (err == -EINPROGRESS) {
		ike_dh_park(sa, NULL, (struct rd){}, 0, begin_again);
	} else if (err) {
		sa->ike->lost = true;
		sa->not_before = sa->ike->now + MONO_S(1);
	}
}

// Answer without looking further.
static void refuse(struct ike_chain *chain, uint16_t notify, const void *data, size_t len)
{
	ike_payload_notify(chain, notify, 0, data, len);
}

static void respond(struct ike_sa *sa, struct ike_msg *msg, int err, struct ike_chain *chain)
{
	const struct v2_exchange *row;

	if (err == -ENOTSUP) {
		refuse(chain, IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD, &msg->critical, 1);
		return;
	}
	row = err ? NULL : v2_exchange_of(msg);
	// The peer works with the SA that it made: then it did not see our rekey collide.
	if (sa->other && row != &v2_exchanges[V2_DELETE_IKE])
		v2_rekey_yield(sa->other);
	if (!row || (msg->present & row->request) != row->request)
		refuse(chain, IKE_N_INVALID_SYNTAX, NULL, 0);
	else if (row->from & 1u << sa->state && !(sa->leaving && row->type == IKE_CREATE_CHILD_SA))
		row->respond(sa, msg, chain);
	else
		refuse(chain, IKE_N_TEMPORARY_FAILURE, NULL, 0); // s2.25
}

static void take_request(struct ike_sa *sa, struct ike_msg *msg, int err)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));

	// While we have yet to see the peer's proof, its requests wait; it will repeat them.
	if (sa->state == IKE_SA_PROVING && sa->initiator)
		return;
	if (sa->state == IKE_SA_PROVING && msg->head.exchange != IKE_AUTH)
		return;
	ike_sa_heard(sa);
	respond(sa, msg, err, &chain);
	if (ike_dh_waits(sa))
		return;
	sa->id_in++;
	err = ike_packet_seal(sa, msg->head.exchange, true, msg->head.id, &chain, &sa->response);
	wipe(sa->ike->plain, sizeof(sa->ike->plain));
	if (err) {
		ike_packets_free(&sa->response);
		sa->ike->lost = true;
		return;
	}
	if (sa->state != IKE_SA_GONE)
		ike_packets_send(sa, &sa->response);
}

static void malformed_answer(struct ike_sa *sa, const struct ike_msg *msg)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	bool trying = sa->state < IKE_SA_UP;
	struct why why = {};

	why_fmt(&why, what, "malformed answer");
	why_fmt(&why, where, "%s response", ike_exchange_name(msg->head.exchange));
	if (tunnel)
		ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, &why);
	ike_request_end(sa);
	ike_sa_close(sa);
	if (tunnel && trying)
		ike_tunnel_failed(tunnel);
	else if (tunnel)
		ike_tunnel_lost(tunnel, false);
}

static void take_answer(struct ike_sa *sa, struct ike_msg *msg, int err)
{
	const struct v2_exchange *row = sa->req->row;

	ike_sa_heard(sa);
	// Once we close, nothing but the delete's own answer matters, and the SA that the peer has
	// made: it is to be deleted, too.
	if (sa->state == IKE_SA_CLOSING && row != &v2_exchanges[V2_DELETE_IKE] &&
		!(row == &v2_exchanges[V2_REKEY_IKE] && sa->tunnel)) {
		ike_request_end(sa);
		return;
	}
	if (!err && !ike_msg_error(msg) && (msg->present & row->answer) != row->answer)
		err = -EINVAL;
	if (err) {
		malformed_answer(sa, msg);
		return;
	}
	row->accept(sa, msg);
	// accept may have ended it already, or the whole SA.
	if (sa->state != IKE_SA_GONE && !ike_dh_waits(sa))
		ike_request_end(sa);
}

void v2_take_plain(struct ike_sa *sa, const struct ike_head *head, struct rd text, uint8_t first)
{
	struct ike_msg msg = {.head = *head};
	int err = ike_msg_read(text, first, &msg);

	ike_note(sa, false, head, text, first);
	if (head->flags & IKE_FLAG_RESPONSE)
		take_answer(sa, &msg, err);
	else
		take_request(sa, &msg, err);
	if (ike_dh_waits(sa))
		ike_dh_park(sa, head, text, first, v2_take_plain);
	ike_sa_arm(sa);
}

void v2_take(struct ike_sa *sa, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data)
{
	struct rd text;
	uint8_t first;

	if (head->flags & IKE_FLAG_RESPONSE) {
		if (!sa->req || head->id != sa->req->id || head->exchange != sa->req->row->type)
			return;
	} else if (head->id == sa->id_in - 1 && sa->response.bytes) {
		if (ike_packet_asks_again(sa, data, head))
			ike_packets_send(sa, &sa->response);
		return;
	} else if (head->id != sa->id_in) {
		return;
	}
	if (ike_packet_open(sa, data, head, &text, &first) != 1)
		return;
	ike_sa_follow(sa, local, remote);
	v2_take_plain(sa, head, text, first);
}
