// Phase 1: which tunnel, which proposal, and what to say when there is none.
#include <errno.h>

#include "ike/act.h"
#include "ike/limit.h"
#include "ike/propose.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/id.h"
#include "ike/v1/info.h"
#include "ike/v1/phase1.h"

static const char *mode_name(bool aggressive)
{
	return aggressive ? "aggressive mode" : "main mode";
}

static const char *first_of(const struct ike_sa *sa)
{
	return v1_rows[sa->v1->aggressive ? V1_AGGR_1 : V1_MAIN_1].name;
}

// Why this tunnel is none for the peer, besides its proposals; NULL: it may be.
static bool refuses(const struct ike_tunnel *tunnel, const struct ike_sa *sa,
	const struct ike_id *id, struct why *why)
{
	const struct ike_conf *conf = &tunnel->conf;
	char ours[IKE_ID_TEXT], theirs[IKE_ID_TEXT];

	if (conf->aggressive != sa->v1->aggressive) {
		why_set(why, 0, "the peer begins in another mode", first_of(sa),
			mode_name(conf->aggressive), mode_name(sa->v1->aggressive));
		why_code(why, IKE_REASON_NEGOTIATION_MODE_MISMATCH);
		return true;
	}
	if (id && !ike_id_matches(&conf->remote_id, id)) {
		why_set(why, 0, "no tunnel for the peer's identity", first_of(sa), NULL, NULL);
		why_fmt(why, expected, "%s", ike_id_show(&conf->remote_id, ours));
		why_fmt(why, got, "%s", ike_id_show(id, theirs));
		why_code(why, IKE_REASON_PEER_ID_MISMATCH);
		return true;
	}
	return false;
}

// Look through the tunnels: exact addresses before any, a named identity before any.
static struct ike_tunnel *look(const struct ike_sa *sa, const struct v1_msg *msg,
	const struct ike_id *id, struct v1_choice *choice, struct ike_tunnel **nearest,
	struct why *why)
{
	struct ike_tunnel *tunnel = NULL, *best = NULL;
	unsigned int best_score = 0;
	bool proposals = false;

	while ((tunnel = ike_tunnel_between(sa->ike, &sa->local.addr, &sa->remote.addr, tunnel))) {
		const struct v1_propose propose = v1_phase1_propose(&tunnel->conf);
		unsigned int score = ike_tunnel_fits(tunnel, &sa->local.addr, &sa->remote.addr);
		struct v1_choice chosen;
		struct why reason = {};

		if (!score || tunnel->conf.version != IKE_V1)
			continue;
		if (id && tunnel->conf.remote_id.type != IKE_ID_ANY)
			score += 4;
		if (refuses(tunnel, sa, id, &reason)) {
			if (!*nearest) {
				*nearest = tunnel;
				*why = reason;
			}
			continue;
		}
		why_fmt(&reason, where, "%s", first_of(sa));
		if (v1_propose_choose(msg->sa, &propose, &chosen, &reason)) {
			// What the proposals say is nearer to the point.
			if (!proposals) {
				*nearest = tunnel;
				*why = reason;
			}
			proposals = true;
			continue;
		}
		if (score > best_score) {
			best = tunnel;
			best_score = score;
			*choice = chosen;
		}
	}
	return best;
}

struct ike_tunnel *v1_phase1_choose(struct ike_sa *sa, const struct v1_msg *msg,
	const struct ike_id *id, struct v1_choice *choice)
{
	struct ike_tunnel *nearest = NULL, *tunnel;
	struct why why = {};

	tunnel = look(sa, msg, id, choice, &nearest, &why);
	if (tunnel)
		return tunnel;
	if (!nearest)
		nearest = ike_tunnel_none(
			sa->ike, IKE_V1, &sa->local, &sa->remote, first_of(sa), &why);
	v1_info_clear(sa, V1_N_NO_PROPOSAL_CHOSEN);
	ike_act_refused(sa->ike, nearest, NULL, &sa->local, &sa->remote, false, &why);
	return NULL;
}

int v1_phase1_chosen(struct ike_sa *sa, const struct v1_msg *msg, struct why *why)
{
	const struct v1_propose propose = v1_phase1_propose(&sa->tunnel->conf);
	struct v1_choice choice;
	int err = v1_propose_accept(msg->sa, &propose, &choice, why);

	if (err)
		return -EPROTO;
	sa->suite = choice.suite;
	return 0;
}

int v1_phase1_check_peer(
	struct ike_sa *sa, const struct v1_msg *msg, const char *where, struct why *why)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	char ours[IKE_ID_TEXT], theirs[IKE_ID_TEXT];
	struct ike_id peer;

	why_code(why, IKE_REASON_PEER_ID_MISMATCH);
	if (v1_id_read(msg->id[0], &peer))
		return why_set(why, -EACCES, "an identity of an unknown kind", where, NULL, NULL);
	if (!v1_phase1_is_proven(sa, msg, msg->id[0])) {
		why_set(why, 0, "the pre-shared keys differ", where, NULL, NULL);
		why_fmt(why, expected, "the key of tunnel %s", conf->name);
		why_fmt(why, got, "another key from %s", ike_id_show(&peer, theirs));
		why_code(why, IKE_REASON_PSK_MISMATCH);
		return -EACCES;
	}
	if (!ike_id_matches(&conf->remote_id, &peer))
		return why_set(why, -EACCES, "the peer has another identity", where,
			ike_id_show(&conf->remote_id, ours), ike_id_show(&peer, theirs));
	return v1_phase1_know_peer(sa, &peer);
}

void v1_phase1_give_up(struct ike_sa *sa, const struct why *why)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	struct ike_sa *other = ike_tunnel_sa(tunnel);

	if (why)
		ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, why);
	// A renewal is tried again as long as there is time.
	if (other && !other->rekey_at)
		other->rekey_at = sa->ike->now + MONO_MS(3000 + ike_random(sa->ike, 3000));
	if (other)
		ike_sa_arm(other);
	ike_sa_kill(sa);
	ike_tunnel_failed(tunnel);
}

void v1_phase1_doubt(struct ike_sa *sa, const struct why *why)
{
	if (!sa->half->doubted)
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, false, why);
	sa->half->doubted = true;
}

static bool proofs_are_sent(const struct ike_sa *sa)
{
	return sa->v1->next == &v1_rows[V1_MAIN_6];
}

void v1_phase1_refused(struct ike_sa *sa, uint16_t notify)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	const struct ike_propose propose = {
		.purpose = PROPOSAL_IKE, .ke = true, .ours = conf->ike, .count = conf->ike_count};
	const char *name = v1_notify_name(notify);
	char ours[IKE_ID_TEXT], theirs[IKE_ID_TEXT];
	struct why why = {};

	why_fmt(&why, where, "answer to %s", mode_name(sa->v1->aggressive));
	if (proofs_are_sent(sa) || notify == V1_N_AUTHENTICATION_FAILED ||
		notify == V1_N_INVALID_HASH_INFORMATION) {
		why_fmt(&why, what, "the peer refuses our identity or pre-shared key");
		why_fmt(&why, expected, "%.60s accepted by %.60s",
			ike_id_show(&conf->local_id, ours), ike_id_show(&conf->remote_id, theirs));
		why_code(&why, IKE_REASON_PSK_MISMATCH);
	} else {
		why_fmt(&why, what, "%s",
			notify == V1_N_NO_PROPOSAL_CHOSEN
				? "the peer accepts none of our IKE proposals"
				: "the peer refuses");
		ike_propose_show(&propose, why.expected, sizeof(why.expected));
		if (notify == V1_N_NO_PROPOSAL_CHOSEN)
			why_code(&why, IKE_REASON_PROPOSAL_MISMATCH);
		else if (notify == V1_N_INVALID_MAJOR_VERSION)
			why_code(&why, IKE_REASON_IKE_VERSION_MISMATCH);
		else if (notify == V1_N_INVALID_EXCHANGE_TYPE ||
			 notify == V1_N_UNSUPPORTED_EXCHANGE_TYPE)
			why_code(&why, IKE_REASON_NEGOTIATION_MODE_MISMATCH);
	}
	if (name)
		why_fmt(&why, got, "%s", name);
	else
		why_fmt(&why, got, "notification %u", notify);
	v1_phase1_doubt(sa, &why);
}

void v1_phase1_garbled(struct ike_sa *sa, const struct v1_row *row)
{
	struct ike_tunnel *tunnel = sa->tunnel ? sa->tunnel
					       : ike_tunnel_find(sa->ike, sa->half->candidate);
	struct why why = {};

	if (sa->v1->told || !tunnel)
		return;
	sa->v1->told = true;
	why_set(&why, 0, "the pre-shared keys differ", row->name, NULL,
		"a message that our key does not decrypt");
	why_fmt(&why, expected, "the key of tunnel %s", tunnel->conf.name);
	why_code(&why, IKE_REASON_PSK_MISMATCH);
	ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, &why);
	if (sa->initiator)
		return;
	v1_info_clear(sa, V1_N_PAYLOAD_MALFORMED);
	ike_limit_failed(sa->ike, &sa->remote.addr);
}

void v1_phase1_silent(struct ike_sa *sa)
{
	char text[ENDPOINT_TEXT];
	struct why why = {};

	if (!sa->initiator) {
		ike_sa_kill(sa);
		return;
	}
	why_code(&why, sa->state == IKE_SA_CONNECTING ? IKE_REASON_NO_RESPONSE
						      : IKE_REASON_PHASE1_TIMEOUT);
	why_fmt(&why, what, "no answer from the peer");
	why_fmt(&why, where, "%s", sa->v1->next->name);
	why_fmt(&why, expected, "an answer within %u s",
		(unsigned int)((sa->ike->now - sa->v1->talk.first_at) / 1000000));
	why_fmt(&why, got, "nothing from %s", endpoint_show(&sa->remote, text));
	// What was told already says more.
	v1_phase1_give_up(sa, sa->half->doubted || sa->v1->told ? NULL : &why);
}
