#include "ike/v2/rekey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/propose.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/collide.h"
#include "net/ip.h"

bool v2_rekey_is(const struct ike_msg *msg)
{
	return msg->present & IKE_BIT(IKE_HAS_SA) &&
	       !(msg->present & (IKE_BIT(IKE_HAS_TSI) | IKE_BIT(IKE_HAS_TSR)));
}

static struct ike_propose propose_of(const struct ike_sa *sa)
{
	return (struct ike_propose){.purpose = PROPOSAL_IKE,
		.ke = true,
		.ours = sa->tunnel->conf.ike,
		.count = sa->tunnel->conf.ike_count};
}

static const struct alg *first_group(const struct ike_sa *sa)
{
	const struct ike_conf *conf = &sa->tunnel->conf;

	for (size_t i = 0; i < conf->ike_count; i++) {
		for (uint8_t k = 0; k < conf->ike[i].n[ALG_KE]; k++) {
			const struct alg *group = conf->ike[i].choice[ALG_KE][k];

			if (group->v2_id == sa->group_hint)
				return group;
		}
	}
	// What worked before works again without a detour.
	return sa->suite.ke;
}

// The next SA of the same two parties: it takes over all that is known of the peer.
static struct ike_sa *next_of(struct ike_sa *sa, bool initiator)
{
	struct ike_sa *next = ike_sa_new(sa->ike, sa->tunnel, &sa->local, &sa->remote, initiator);

	if (!next)
		return NULL;
	next->waiting = true;
	next->fragmentation = sa->fragmentation;
	next->natt = sa->natt;
	next->began = sa->began;
	next->reauth_at = sa->reauth_at;
	next->first_up = sa->first_up;
	memcpy(next->low, sa->low, IKE_NONCE);
	next->remote_id = malloc(sizeof(*next->remote_id));
	if (!next->remote_id) {
		ike_sa_kill(next);
		return NULL;
	}
	*next->remote_id = *sa->remote_id;
	return next;
}

int v2_rekey_build(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain)
{
	const struct ike_propose propose = propose_of(sa);
	const struct alg *group = first_group(sa);
	int err = ike_dh_pair(sa, group, &req->ke);

	if (err)
		return err;
	sa->want_rekey = false;
	sa->group_hint = 0;
	req->next = next_of(sa, true);
	if (!req->next)
		return -ENOMEM;
	rng_fill(&sa->ike->params.rng, req->nonce, IKE_NONCE);
	ike_payload_begin(chain, IKE_PAYLOAD_SA);
	ike_propose_write(&propose, req->next->spi, 8, group, &chain->wr);
	ike_payload_end(chain);
	ike_payload_bytes(chain, IKE_PAYLOAD_NONCE, req->nonce, IKE_NONCE);
	ike_payload_ke(chain, group->v2_id, ke_public(req->ke), group->key_len);
	return 0;
}

// Give next its suite, SPIs and keys; it is then able to take messages.
static int make_keys(struct ike_sa *sa, struct ike_sa *next, const struct ike_choice *choice,
	const struct secret *shared, struct ike_nonces nonces)
{
	int err;

	next->suite = choice->suite;
	if (next->initiator)
		next->spi_r = choice->spi;
	else
		next->spi_i = choice->spi;
	err = ike_keymat_sa(&next->suite, &sa->keys, sa->suite.prf, shared, nonces, next->spi_i,
		next->spi_r, next->initiator, &next->keys);
	if (err)
		return err;
	secret_free(&next->keys.pi);
	secret_free(&next->keys.pr);
	next->state = IKE_SA_UP;
	next->established = sa->ike->now;
	ike_sa_set_lifetime(next);
	return 0;
}

// s2.25.2: while a child is being made, rekeyed or closed, the IKE SA stays as it is.
static bool is_busy(const struct ike_sa *sa)
{
	return sa->req && sa->req->row != &v2_exchanges[V2_REKEY_IKE] &&
	       sa->req->row != &v2_exchanges[V2_INFO];
}

// returns NULL: a notification was written, or it waits for a job
static struct ike_sa *respond(struct ike_sa *sa, const struct ike_msg *msg,
	const struct ike_choice *choice, const uint8_t *nonce, struct ike_chain *chain)
{
	const struct ike_nonces nonces = {msg->nonce, rd_of(nonce, IKE_NONCE)};
	struct ike_sa *next = NULL;
	struct secret shared;
	struct ke *ke = NULL;
	int err = ike_dh_shared(sa, choice->suite.ke, &ke, msg->ke, &shared, NULL);

	if (err == -EINPROGRESS)
		return NULL;
	if (!err) {
		next = next_of(sa, false);
		err = next ? make_keys(sa, next, choice, &shared, nonces) : -ENOMEM;
	}
	if (!err) {
		ike_payload_begin(chain, IKE_PAYLOAD_SA);
		ike_propose_answer(PROPOSAL_IKE, choice, next->spi, &chain->wr);
		ike_payload_end(chain);
		ike_payload_bytes(chain, IKE_PAYLOAD_NONCE, nonce, IKE_NONCE);
		ike_payload_ke(
			chain, choice->suite.ke->v2_id, ke_public(ke), choice->suite.ke->key_len);
	} else {
		ike_payload_notify(chain, IKE_N_TEMPORARY_FAILURE, 0, NULL, 0);
		if (next)
			ike_sa_kill(next);
		next = NULL;
	}
	secret_free(&shared);
	ke_free(ke);
	return next;
}

void v2_rekey_respond(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain)
{
	const struct ike_propose propose = propose_of(sa);
	struct ike_choice choice;
	uint8_t nonce[IKE_NONCE], group[2];
	struct why why = {};
	struct ike_sa *next;
	int err;

	if (is_busy(sa) || (sa->req && sa->req->rival)) {
		ike_payload_notify(chain, IKE_N_TEMPORARY_FAILURE, 0, NULL, 0);
		return;
	}
	why_fmt(&why, where, "CREATE_CHILD_SA request");
	err = ike_propose_choose(msg->sa, &propose, msg->group, &choice, &why);
	if (!err && choice.spi_len != 8) {
		why_fmt(&why, what, "a renewed IKE SA without its SPI");
		err = -EPROTO;
	}
	if (err) {
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, true, &why);
		ike_payload_notify(chain, IKE_N_NO_PROPOSAL_CHOSEN, 0, NULL, 0);
		return;
	}
	if (msg->group != choice.suite.ke->v2_id) {
		be16_put(group, choice.suite.ke->v2_id);
		ike_payload_notify(chain, IKE_N_INVALID_KE_PAYLOAD, 0, group, sizeof(group));
		return;
	}
	rng_fill(&sa->ike->params.rng, nonce, sizeof(nonce));
	next = respond(sa, msg, &choice, nonce, chain);
	if (!next)
		return;
	if (!sa->req || sa->req->row != &v2_exchanges[V2_REKEY_IKE]) {
		ike_sa_inherit(sa, next);
		return;
	}
	// Both sides rekey it: which one stays is known when our answer has come (s2.8.2).
	sa->req->rival = v2_rival_new(msg->nonce, rd_of(nonce, sizeof(nonce)));
	if (!sa->req->rival) {
		ike_sa_kill(next);
		return;
	}
	sa->req->rival->sa = next;
	next->other = sa;
	ike_sa_arm(next);
}

void v2_rekey_yield(struct ike_sa *sa)
{
	struct ike_rival *rival = sa->req ? sa->req->rival : NULL;
	struct ike_sa *theirs = rival ? rival->sa : NULL;

	if (!theirs)
		return;
	sa->req->rival = NULL;
	free(rival);
	ike_sa_inherit(sa, theirs);
}

static void refused(struct ike_sa *sa, const struct ike_notify *error)
{
	const struct ike_propose propose = propose_of(sa);
	const char *name = ike_notify_name(error->type);
	struct rd data = error->data;
	struct why why = {};

	v2_rekey_yield(sa);
	if (sa->state != IKE_SA_UP)
		return;
	if (error->type == IKE_N_INVALID_KE_PAYLOAD) {
		sa->group_hint = rd_u16(&data);
		if (first_group(sa)->v2_id == sa->group_hint &&
			sa->group_hint != ke_group(sa->req->ke)->v2_id) {
			sa->want_rekey = true;
			return;
		}
		sa->group_hint = 0;
	}
	sa->rekey_at = sa->ike->now + MONO_MS(1000 + ike_random(sa->ike, 2000));
	if (error->type == IKE_N_TEMPORARY_FAILURE)
		return;
	if (error->type == IKE_N_NO_PROPOSAL_CHOSEN)
		why_code(&why, IKE_REASON_PROPOSAL_MISMATCH);
	else if (error->type == IKE_N_INVALID_KE_PAYLOAD)
		why_code(&why, IKE_REASON_DH_GROUP_MISMATCH);
	why_fmt(&why, what, "the peer refuses to renew the IKE SA");
	why_fmt(&why, where, "CREATE_CHILD_SA response");
	ike_propose_show(&propose, why.expected, sizeof(why.expected));
	if (name)
		why_fmt(&why, got, "%s", name);
	else
		why_fmt(&why, got, "notification %u", error->type);
	ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, true, &why);
	sa->rekey_at = sa->ike->now + MONO_S(30);
}

static int accept(struct ike_sa *sa, const struct ike_msg *msg, struct ike_nonces nonces)
{
	const struct ike_propose propose = propose_of(sa);
	struct ike_request *req = sa->req;
	struct secret shared = {};
	struct ike_choice choice;
	struct why why = {};
	int err;

	why_fmt(&why, where, "CREATE_CHILD_SA response");
	err = ike_propose_accept(msg->sa, &propose, &choice, &why);
	if (!err && (choice.spi_len != 8 || choice.suite.ke != ke_group(req->ke) ||
			    msg->group != choice.suite.ke->v2_id)) {
		why_fmt(&why, what, "the answer's SPI or group is not what was asked for");
		err = -EPROTO;
	}
	if (!err)
		err = ike_dh_shared(sa, choice.suite.ke, &req->ke, msg->ke, &shared, &why);
	if (!err)
		err = make_keys(sa, req->next, &choice, &shared, nonces);
	secret_free(&shared);
	if (err && err != -EINPROGRESS)
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, false, &why);
	return err;
}

void v2_rekey_accept(struct ike_sa *sa, const struct ike_msg *msg)
{
	const struct ike_notify *error = ike_msg_error(msg);
	const struct ike_nonces nonces = {rd_of(sa->req->nonce, IKE_NONCE), msg->nonce};
	struct ike_tunnel *tunnel = sa->tunnel;
	struct ike_rival *rival = sa->req->rival;
	struct ike_sa *next = sa->req->next;
	int err;

	if (error) {
		refused(sa, error);
		return;
	}
	err = accept(sa, msg, nonces);
	if (err == -EINPROGRESS)
		return;
	if (err) {
		ike_sa_close(sa);
		ike_tunnel_lost(tunnel, false);
		return;
	}
	sa->req->next = NULL;
	next->waiting = false;
	// Ours is one too many: the peer went on with its own, or has the higher nonces.
	if (sa->state == IKE_SA_UP && rival && v2_rival_wins(rival, nonces.i, nonces.r))
		v2_rekey_yield(sa);
	if (sa->state != IKE_SA_UP) {
		next->state = IKE_SA_REPLACED;
		ike_sa_close(next);
		return;
	}
	// Theirs is one too many. Whoever made it deletes it, unless our answer never arrives: then
	// nobody but us knows of it.
	if (rival && rival->sa)
		ike_sa_linger(rival->sa);
	ike_sa_inherit(sa, next);
	ike_sa_close(sa);
}
