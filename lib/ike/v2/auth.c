#include "ike/v2/auth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/limit.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/child.h"
#include "ike/v2/reauth.h"

// AUTH data over one side's IKE_SA_INIT: ours or the peer's. id: the body of that side's ID
// payload.
static int auth_data(struct ike_sa *sa, const struct ike_conf *conf, bool ours, struct rd id,
	uint8_t dst[static PRF_OUT_MAX])
{
	const struct ike_half *half = sa->half;
	const struct secret *p = ours == sa->initiator ? &sa->keys.pi : &sa->keys.pr;
	struct rd message = ours ? rd_of(half->init[0], half->init_len[0])
				 : rd_of(half->init[1], half->init_len[1]);
	// The nonce of the other side than the message's.
	struct rd nonce = ours ? rd_of(half->peer_nonce, half->peer_nonce_len)
			       : rd_of(half->nonce, IKE_NONCE);

	return ike_keymat_auth(sa->suite.prf, &conf->psk, p, message, nonce, id, dst);
}

static int write_auth(struct ike_sa *sa, const struct ike_conf *conf, struct ike_chain *chain)
{
	uint8_t id[IKE_ID_MAX + 4], data[PRF_OUT_MAX];
	size_t id_len = ike_id_to_wire(&conf->local_id, id);
	int err = auth_data(sa, conf, true, rd_of(id, id_len), data);

	if (!err)
		ike_payload_auth(chain, IKE_AUTH_PSK, data, sa->suite.prf->out_len);
	wipe(data, sizeof(data));
	return err;
}

static bool auth_is_right(
	struct ike_sa *sa, const struct ike_conf *conf, const struct ike_msg *msg, struct rd id)
{
	uint8_t want[PRF_OUT_MAX];
	bool right = rd_left(&msg->auth) == sa->suite.prf->out_len &&
		     !auth_data(sa, conf, false, id, want) &&
		     bytes_eq_ct(want, msg->auth.p, sa->suite.prf->out_len);

	wipe(want, sizeof(want));
	return right;
}

static struct v2_child how_of(const struct ike_sa *sa)
{
	const struct ike_half *half = sa->half;
	struct rd own = rd_of(half->nonce, IKE_NONCE);
	struct rd peer = rd_of(half->peer_nonce, half->peer_nonce_len);

	return (struct v2_child){.auth = true,
		.nonce_i = sa->initiator ? own : peer,
		.nonce_r = sa->initiator ? peer : own};
}

// The first child that is wanted: it comes with the IKE SA.
static const struct ike_child_conf *first_child(const struct ike_sa *sa)
{
	const struct ike_tunnel *tunnel = sa->tunnel;
	uint32_t missing = ike_tunnel_missing(tunnel) | v2_reauth_missing(sa);

	for (size_t i = 0; i < tunnel->conf.child_count; i++) {
		if (missing & 1u << i)
			return &tunnel->conf.child[i];
	}
	return &tunnel->conf.child[0];
}

int v2_auth_build(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	int err;

	req->fresh = ike_child_new(sa, first_child(sa));
	if (!req->fresh)
		return -ENOMEM;
	ike_payload_id(chain, IKE_PAYLOAD_IDI, &conf->local_id);
	if (!ike_tunnel_sa(sa->tunnel))
		ike_payload_notify(chain, IKE_N_INITIAL_CONTACT, 0, NULL, 0);
	if (conf->remote_id.type != IKE_ID_ANY)
		ike_payload_id(chain, IKE_PAYLOAD_IDR, &conf->remote_id);
	err = write_auth(sa, conf, chain);
	if (err)
		return err;
	v2_child_offer_sa(req->fresh, true, NULL, chain);
	v2_child_offer_ts(req->fresh, chain);
	return 0;
}

static int set_remote_id(struct ike_sa *sa, const struct ike_id *id)
{
	sa->remote_id = malloc(sizeof(*sa->remote_id));
	if (!sa->remote_id)
		return -ENOMEM;
	*sa->remote_id = *id;
	return 0;
}

static void wrong_psk(const struct ike_conf *conf, const struct ike_msg *msg,
	const struct ike_id *id, const char *where, struct why *why)
{
	char text[IKE_ID_TEXT];

	if (msg->present & IKE_BIT(IKE_HAS_AUTH) && msg->auth_method == IKE_AUTH_PSK) {
		why_set(why, 0, "the pre-shared keys differ", where, NULL, NULL);
		why_code(why, IKE_REASON_PSK_MISMATCH);
		why_fmt(why, expected, "the key of tunnel %s", conf->name);
		why_fmt(why, got, "another key from %s", ike_id_show(id, text));
		return;
	}
	why_set(why, 0, "the peer proves itself by another method", where, "pre-shared key (2)",
		NULL);
	why_code(why, IKE_REASON_ALGORITHM_COMPATIBILITY);
	if (msg->present & IKE_BIT(IKE_HAS_AUTH))
		why_fmt(why, got, "method %u", msg->auth_method);
	else
		why_fmt(why, got, "EAP");
}

// Who is it, and is it true? returns the tunnel, or NULL with why and *about (may be NULL).
static struct ike_tunnel *identify(struct ike_sa *sa, const struct ike_msg *msg,
	struct ike_id *peer, struct ike_tunnel **about, struct why *why)
{
	uint32_t candidate = sa->half->candidate;
	struct ike_tunnel *tunnel;
	struct ike_id asked;
	bool asks = msg->present & IKE_BIT(IKE_HAS_IDR);

	*about = ike_tunnel_find(sa->ike, candidate);
	if (ike_id_from_wire(msg->idi, peer) || (asks && ike_id_from_wire(msg->idr, &asked))) {
		why_set(why, 0, "an identity of an unknown kind", "IKE_AUTH request", NULL, NULL);
		why_code(why, IKE_REASON_PEER_ID_MISMATCH);
		return NULL;
	}
	tunnel = ike_tunnel_for(sa, candidate, peer, asks ? &asked : NULL, why);
	if (!tunnel)
		return NULL;
	*about = tunnel;
	if (msg->auth_method == IKE_AUTH_PSK && auth_is_right(sa, &tunnel->conf, msg, msg->idi))
		return tunnel;
	wrong_psk(&tunnel->conf, msg, peer, "IKE_AUTH request", why);
	return NULL;
}

void v2_auth_respond(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain)
{
	struct v2_child how = how_of(sa);
	struct ike_tunnel *tunnel, *about;
	struct ike_child *child;
	struct why why = {};
	struct ike_id peer;

	tunnel = identify(sa, msg, &peer, &about, &why);
	if (!tunnel) {
		ike_act_refused(sa->ike, about, sa, &sa->local, &sa->remote, false, &why);
		ike_payload_notify(chain, IKE_N_AUTHENTICATION_FAILED, 0, NULL, 0);
		ike_limit_failed(sa->ike, &sa->remote.addr);
		ike_sa_linger(sa);
		return;
	}
	ike_payload_id(chain, IKE_PAYLOAD_IDR, &tunnel->conf.local_id);
	if (set_remote_id(sa, &peer) || write_auth(sa, &tunnel->conf, chain)) {
		sa->ike->lost = true;
		ike_sa_linger(sa);
		return;
	}
	ike_sa_assign(sa, tunnel);
	ike_sa_up(sa);
	child = v2_child_respond(sa, msg, NULL, &how, chain);
	ike_sa_settle(sa);
	if (child)
		ike_child_offer(child);
	v2_reauth_tell(sa, chain);
	ike_tunnel_unique(sa, ike_msg_notify(msg, IKE_N_INITIAL_CONTACT));
}

// The peer refused, or is not whom we expect. tell: it believes that all is well.
static void give_up(struct ike_sa *sa, const struct why *why, bool tell)
{
	struct ike_tunnel *tunnel = sa->tunnel;

	ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, why);
	ike_request_end(sa);
	if (tell)
		ike_sa_close(sa);
	else
		ike_sa_kill(sa);
	ike_tunnel_failed(tunnel);
}

static void refused(struct ike_sa *sa, const struct ike_notify *notify)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	const char *name = ike_notify_name(notify->type);
	char ours[IKE_ID_TEXT], theirs[IKE_ID_TEXT];
	struct why why = {};

	why_fmt(&why, what,
		notify->type == IKE_N_AUTHENTICATION_FAILED
			? "the peer refuses our identity or pre-shared key"
			: "the peer refuses");
	// It does not say which of the two; the key is wrong more often.
	if (notify->type == IKE_N_AUTHENTICATION_FAILED)
		why_code(&why, IKE_REASON_PSK_MISMATCH);
	why_fmt(&why, where, "IKE_AUTH response");
	why_fmt(&why, expected, "%.60s accepted by %.60s", ike_id_show(&conf->local_id, ours),
		ike_id_show(&conf->remote_id, theirs));
	if (name)
		why_fmt(&why, got, "%s", name);
	else
		why_fmt(&why, got, "notification %u", notify->type);
	give_up(sa, &why, false);
}

// The responder's identity and its proof. returns 0 or -EACCES with why.
static int check_peer(struct ike_sa *sa, const struct ike_msg *msg, struct why *why)
{
	static const char where[] = "IKE_AUTH response";
	const struct ike_conf *conf = &sa->tunnel->conf;
	char ours[IKE_ID_TEXT], theirs[IKE_ID_TEXT];
	struct ike_id peer;

	why_code(why, IKE_REASON_PEER_ID_MISMATCH);
	if (ike_id_from_wire(msg->idr, &peer))
		return why_set(why, -EACCES, "an identity of an unknown kind", where, NULL, NULL);
	if (!ike_id_matches(&conf->remote_id, &peer))
		return why_set(why, -EACCES, "the peer has another identity", where,
			ike_id_show(&conf->remote_id, ours), ike_id_show(&peer, theirs));
	if (msg->auth_method != IKE_AUTH_PSK || !auth_is_right(sa, conf, msg, msg->idr)) {
		wrong_psk(conf, msg, &peer, where, why);
		return -EACCES;
	}
	why_code(why, IKE_REASON_NONE);
	return set_remote_id(sa, &peer);
}

void v2_auth_accept(struct ike_sa *sa, const struct ike_msg *msg)
{
	const uint32_t needs = v2_exchanges[V2_AUTH].answer;
	const struct ike_notify *error = ike_msg_error(msg);
	struct v2_child how = how_of(sa);
	struct ike_tunnel *tunnel = sa->tunnel;
	struct ike_child *child = sa->req->fresh;
	struct why why = {};
	int err;

	// With identity and proof, an error is about the child alone (s1.2).
	if (error && (msg->present & needs) != needs) {
		refused(sa, error);
		return;
	}
	if (check_peer(sa, msg, &why)) {
		give_up(sa, &why, true);
		return;
	}
	ike_sa_up(sa);
	v2_reauth_heard(sa, msg);
	err = v2_child_accept(sa, msg, &how, &why);
	ike_sa_settle(sa);
	if (!err)
		ike_child_use(child);
	if (err >= 0) {
		ike_tunnel_unique(sa, false);
		return;
	}
	ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, true, &why);
	ike_tunnel_child_failed(tunnel);
	if (error) {
		ike_tunnel_unique(sa, false);
		return;
	}
	// A child that the responder believes to be there, but we do not, goes with its SA.
	ike_sa_close(sa);
	ike_tunnel_failed(tunnel);
}
