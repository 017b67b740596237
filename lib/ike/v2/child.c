#include "ike/v2/child.h"

#include <errno.h>
#include <stdio.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/propose.h"
#include "ike/tunnel.h"
#include "ike/ts.h"
#include "net/ip.h"

static struct ike_propose propose_of(const struct ike_child_conf *conf, bool auth)
{
	return (struct ike_propose){
		.purpose = PROPOSAL_ESP, .ke = !auth, .ours = conf->esp, .count = conf->esp_count};
}

static const struct alg *group_of(const struct ike_child_conf *conf, uint16_t id)
{
	for (size_t i = 0; i < conf->esp_count; i++) {
		for (uint8_t k = 0; k < conf->esp[i].n[ALG_KE]; k++) {
			if (conf->esp[i].choice[ALG_KE][k]->v2_id == id)
				return conf->esp[i].choice[ALG_KE][k];
		}
	}
	return NULL;
}

bool v2_child_has_group(const struct ike_child_conf *conf, uint16_t group)
{
	return group_of(conf, group);
}

const struct alg *v2_child_group(const struct ike_child_conf *conf, uint16_t hint)
{
	const struct alg *group = group_of(conf, hint);

	if (group)
		return group;
	return conf->esp[0].n[ALG_KE] ? conf->esp[0].choice[ALG_KE][0] : NULL;
}

void v2_child_offer_sa(
	const struct ike_child *child, bool auth, const struct alg *group, struct ike_chain *chain)
{
	const struct ike_propose propose = propose_of(child->conf, auth);

	ike_payload_begin(chain, IKE_PAYLOAD_SA);
	ike_propose_write(&propose, child->spi_in, 4, group, &chain->wr);
	ike_payload_end(chain);
}

static void write_ts(struct ike_chain *chain, uint8_t type, const struct selector *ts, size_t count)
{
	ike_payload_begin(chain, type);
	ike_ts_write(ts, count, &chain->wr);
	ike_payload_end(chain);
}

void v2_child_offer_ts(const struct ike_child *child, struct ike_chain *chain)
{
	write_ts(chain, IKE_PAYLOAD_TSI, child->conf->local, child->conf->local_count);
	write_ts(chain, IKE_PAYLOAD_TSR, child->conf->remote, child->conf->remote_count);
}

// Selectors of one side each, as read or as agreed.
struct sides {
	struct selector local[IKE_SELECTORS], remote[IKE_SELECTORS];
	size_t local_count, remote_count;
};

static bool read_side(struct rd body, struct selector *ts, size_t *count)
{
	int n = ike_ts_read(body, ts, IKE_SELECTORS);

	*count = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool narrow(
	const struct sides *theirs, const struct ike_child_conf *conf, struct sides *both)
{
	both->local_count = ike_ts_narrow(theirs->local, theirs->local_count, conf->local,
		conf->local_count, both->local, IKE_SELECTORS);
	both->remote_count = ike_ts_narrow(theirs->remote, theirs->remote_count, conf->remote,
		conf->remote_count, both->remote, IKE_SELECTORS);
	return both->local_count && both->remote_count;
}

static void sides_show(const struct selector *local, size_t local_count,
	const struct selector *remote, size_t remote_count, char *dst, size_t size)
{
	char left[160], right[160];

	ike_ts_show(local, local_count, left, sizeof(left));
	ike_ts_show(remote, remote_count, right, sizeof(right));
	snprintf(dst, size, "local %.60s remote %.60s", left, right);
}

// What an answer to a child's request will say.
struct reply {
	const struct ike_child_conf *conf;
	struct ike_choice choice;
	struct sides ts;
	uint16_t notify; // 0: accepted
};

static void choose(struct ike_sa *sa, const struct ike_msg *msg, const struct ike_child_conf *only,
	bool auth, struct reply *reply, struct why *why)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	const struct ike_child_conf *shown = only ? only : &conf->child[0];
	struct sides theirs;

	reply->notify = IKE_N_TS_UNACCEPTABLE;
	why_code(why, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
	if (!read_side(msg->tsi, theirs.remote, &theirs.remote_count) ||
		!read_side(msg->tsr, theirs.local, &theirs.local_count)) {
		why_fmt(why, what, "malformed traffic selectors");
		return;
	}
	for (size_t i = 0; i < conf->child_count; i++) {
		const struct ike_child_conf *child = &conf->child[i];
		const struct ike_propose propose = propose_of(child, auth);

		if ((only && only != child) || !narrow(&theirs, child, &reply->ts))
			continue;
		reply->conf = child;
		if (!ike_propose_choose(
			    msg->sa, &propose, auth ? 0 : msg->group, &reply->choice, why)) {
			reply->notify = 0;
			return;
		}
		reply->notify = IKE_N_NO_PROPOSAL_CHOSEN;
	}
	if (reply->notify == IKE_N_NO_PROPOSAL_CHOSEN)
		return;
	why_fmt(why, what, "traffic selectors without anything in common");
	sides_show(shown->local, shown->local_count, shown->remote, shown->remote_count,
		why->expected, sizeof(why->expected));
	sides_show(theirs.local, theirs.local_count, theirs.remote, theirs.remote_count, why->got,
		sizeof(why->got));
}

static struct ike_child *install(struct ike_sa *sa, const struct reply *reply,
	const struct v2_child *how, const struct secret *shared)
{
	const struct ike_child_deal deal = {.choice = &reply->choice,
		.local = reply->ts.local,
		.remote = reply->ts.remote,
		.local_count = reply->ts.local_count,
		.remote_count = reply->ts.remote_count,
		.nonces = {how->nonce_i, how->nonce_r},
		.shared = shared->len ? shared : NULL,
		.replaces = how->replaces};
	struct ike_child *child = ike_child_new(sa, reply->conf);

	if (child && ike_child_install(child, &deal)) {
		ike_child_drop(child, false);
		child = NULL;
	}
	if (!child)
		sa->ike->lost = true;
	return child;
}

static void write_reply(const struct ike_child *child, const struct reply *reply,
	const struct v2_child *how, const struct ke *ke, struct ike_chain *chain)
{
	ike_payload_begin(chain, IKE_PAYLOAD_SA);
	ike_propose_answer(PROPOSAL_ESP, &reply->choice, child->spi_in, &chain->wr);
	ike_payload_end(chain);
	if (!how->auth)
		ike_payload_bytes(chain, IKE_PAYLOAD_NONCE, how->nonce_r.p, rd_left(&how->nonce_r));
	if (ke)
		ike_payload_ke(chain, ke_group(ke)->v2_id, ke_public(ke), ke_group(ke)->key_len);
	write_ts(chain, IKE_PAYLOAD_TSI, reply->ts.remote, reply->ts.remote_count);
	write_ts(chain, IKE_PAYLOAD_TSR, reply->ts.local, reply->ts.local_count);
}

// Our answer makes it tunnel mode (s1.3.1). A peer that needs the other one will send what does not
// fit, or end the child without a word: the operator is to know before.
static void note_mode(const struct ike_sa *sa, const struct ike_msg *msg, const char *where)
{
	struct why why = {};

	if (!ike_msg_notify(msg, IKE_N_USE_TRANSPORT_MODE))
		return;
	why_set(&why, 0, "the peer asks for transport mode", where, "tunnel", "transport");
	why_code(&why, IKE_REASON_ENCAPSULATION_MODE_MISMATCH);
	ike_act_noted(sa, sa->tunnel, true, &why);
}

struct ike_child *v2_child_respond(struct ike_sa *sa, const struct ike_msg *msg,
	const struct ike_child_conf *conf, const struct v2_child *how, struct ike_chain *chain)
{
	struct ike_child *child = NULL;
	struct secret shared = {};
	struct reply reply = {};
	struct why why = {};
	struct ke *ke = NULL;
	uint8_t group[2];
	int err = 0;

	why_fmt(&why, where, "%s request", ike_exchange_name(msg->head.exchange));
	choose(sa, msg, conf, how->auth, &reply, &why);
	if (reply.notify) {
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, true, &why);
		ike_payload_notify(chain, reply.notify, 0, NULL, 0);
		return NULL;
	}
	if (reply.choice.suite.ke && msg->group != reply.choice.suite.ke->v2_id) {
		be16_put(group, reply.choice.suite.ke->v2_id);
		ike_payload_notify(chain, IKE_N_INVALID_KE_PAYLOAD, 0, group, sizeof(group));
		return NULL;
	}
	if (reply.choice.suite.ke)
		err = ike_dh_shared(sa, reply.choice.suite.ke, &ke, msg->ke, &shared, NULL);
	if (err == -EINPROGRESS)
		return NULL;
	if (!err)
		child = install(sa, &reply, how, &shared);
	if (child) {
		note_mode(sa, msg, why.where);
		write_reply(child, &reply, how, ke, chain);
	} else {
		ike_payload_notify(chain, IKE_N_INVALID_SYNTAX, 0, NULL, 0);
	}
	ke_free(ke);
	secret_free(&shared);
	return child;
}

static enum ike_reason child_reason(uint16_t notify)
{
	return notify == IKE_N_NO_PROPOSAL_CHOSEN   ? IKE_REASON_PROPOSAL_MISMATCH
	       : notify == IKE_N_INVALID_KE_PAYLOAD ? IKE_REASON_PFS_MISMATCH
						    : IKE_REASON_NEGOTIATION_FAILED;
}

static int refused(struct ike_sa *sa, const struct ike_child_conf *conf, bool auth,
	const struct ike_notify *notify, const struct ke *ke, struct why *why)
{
	const struct ike_propose propose = propose_of(conf, auth);
	const char *name = ike_notify_name(notify->type);
	struct rd data = notify->data;
	uint16_t group = rd_u16(&data);

	if (notify->type == IKE_N_INVALID_KE_PAYLOAD && ke && v2_child_has_group(conf, group) &&
		group != ke_group(ke)->v2_id) {
		sa->group_hint = group;
		return -EAGAIN;
	}
	if (name)
		why_fmt(why, got, "%s", name);
	else
		why_fmt(why, got, "notification %u", notify->type);
	if (notify->type == IKE_N_TS_UNACCEPTABLE) {
		why_code(why, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
		why_fmt(why, what, "the peer accepts none of our traffic selectors");
		sides_show(conf->local, conf->local_count, conf->remote, conf->remote_count,
			why->expected, sizeof(why->expected));
	} else {
		why_code(why, child_reason(notify->type));
		why_fmt(why, what,
			notify->type == IKE_N_NO_PROPOSAL_CHOSEN
				? "the peer accepts none of our ESP proposals"
				: "the peer refuses the child");
		ike_propose_show(&propose, why->expected, sizeof(why->expected));
	}
	return -ECONNREFUSED;
}

static int broken(struct why *why, const char *what)
{
	why_fmt(why, what, "%s", what);
	return -EPROTO;
}

// The answer's selectors: each within what we asked for.
static int read_answer(const struct ike_child_conf *conf, const struct ike_msg *msg,
	struct sides *ts, struct why *why)
{
	if (!read_side(msg->tsi, ts->local, &ts->local_count) ||
		!read_side(msg->tsr, ts->remote, &ts->remote_count))
		return broken(why, "malformed traffic selectors");
	if (ike_ts_within(ts->local, ts->local_count, conf->local, conf->local_count) &&
		ike_ts_within(ts->remote, ts->remote_count, conf->remote, conf->remote_count))
		return 0;
	why_code(why, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
	why_fmt(why, what, "the peer widens the traffic selectors");
	sides_show(conf->local, conf->local_count, conf->remote, conf->remote_count, why->expected,
		sizeof(why->expected));
	sides_show(ts->local, ts->local_count, ts->remote, ts->remote_count, why->got,
		sizeof(why->got));
	return -EPROTO;
}

static int derive(struct ike_sa *sa, const struct suite *suite, const struct ike_msg *msg,
	struct ke *ke, struct secret *shared, struct why *why)
{
	if (!suite->ke)
		return 0;
	if (!ke || ke_group(ke) != suite->ke || msg->group != suite->ke->v2_id) {
		why_code(why, IKE_REASON_PFS_MISMATCH);
		return broken(why, "the answer's group is not the one that we sent");
	}
	return ike_dh_shared(sa, suite->ke, &ke, msg->ke, shared, why);
}

// What happened to it while its answer was under way. returns whether it has gone.
static bool drop_unwanted(const struct ike_request *req, struct ike_child *child)
{
	if (req->gone_spi == child->spi_out)
		ike_child_drop(child, false);
	else if (req->unwanted)
		ike_child_close(child);
	else
		return false;
	return true;
}

int v2_child_accept(
	struct ike_sa *sa, const struct ike_msg *msg, const struct v2_child *how, struct why *why)
{
	const uint32_t needs = IKE_BIT(IKE_HAS_SA) | IKE_BIT(IKE_HAS_TSI) | IKE_BIT(IKE_HAS_TSR);
	struct ike_child *child = sa->req->fresh;
	const struct ike_propose propose = propose_of(child->conf, how->auth);
	const struct ike_notify *error = ike_msg_error(msg);
	struct secret shared = {};
	struct ike_choice choice;
	struct sides ts;
	int err;

	why_fmt(why, where, "%s response", ike_exchange_name(msg->head.exchange));
	if (error)
		return refused(sa, child->conf, how->auth, error, how->ke, why);
	if ((msg->present & needs) != needs)
		return broken(why, "the answer holds no child");
	if (ike_msg_notify(msg, IKE_N_USE_TRANSPORT_MODE)) {
		why_code(why, IKE_REASON_ENCAPSULATION_MODE_MISMATCH);
		why_fmt(why, expected, "tunnel");
		why_fmt(why, got, "transport");
		return broken(why, "the peer makes it a child of transport mode");
	}
	err = ike_propose_accept(msg->sa, &propose, &choice, why);
	if (!err)
		err = read_answer(child->conf, msg, &ts, why);
	if (!err)
		err = derive(sa, &choice.suite, msg, how->ke, &shared, why);
	if (!err) {
		const struct ike_child_deal deal = {.choice = &choice,
			.local = ts.local,
			.remote = ts.remote,
			.local_count = ts.local_count,
			.remote_count = ts.remote_count,
			.nonces = {how->nonce_i, how->nonce_r},
			.shared = shared.len ? &shared : NULL,
			.initiator = true,
			.replaces = how->replaces};

		err = ike_child_install(child, &deal);
	}
	secret_free(&shared);
	if (err)
		return err;
	sa->req->fresh = NULL;
	return drop_unwanted(sa->req, child);
}
