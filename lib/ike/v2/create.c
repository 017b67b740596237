#include "ike/v2/create.h"

#include <errno.h>
#include <stdlib.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/dh.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/child.h"
#include "ike/v2/collide.h"
#include "ike/v2/reauth.h"

enum { CHILDREN_MAX = 2 * IKE_CHILDREN }; // of one IKE SA, with those being replaced

bool v2_create_is_rekey(const struct ike_msg *msg)
{
	return ike_msg_notify(msg, IKE_N_REKEY_SA);
}

bool v2_create_is_new(const struct ike_msg *msg)
{
	return msg->present & (IKE_BIT(IKE_HAS_TSI) | IKE_BIT(IKE_HAS_TSR));
}

// The key pair of a request comes first: what follows happens once.
static int pair_for(struct ike_sa *sa, struct ike_request *req, const struct ike_child_conf *conf)
{
	const struct alg *group = v2_child_group(conf, sa->group_hint);

	return group ? ike_dh_pair(sa, group, &req->ke) : 0;
}

// What both requests hold behind the notification.
static int offer(struct ike_sa *sa, struct ike_request *req, const struct ike_child_conf *conf,
	struct ike_chain *chain)
{
	const struct alg *group = req->ke ? ke_group(req->ke) : NULL;

	sa->group_hint = 0;
	req->fresh = ike_child_new(sa, conf);
	if (!req->fresh)
		return -ENOMEM;
	rng_fill(&sa->ike->params.rng, req->nonce, IKE_NONCE);
	v2_child_offer_sa(req->fresh, false, group, chain);
	ike_payload_bytes(chain, IKE_PAYLOAD_NONCE, req->nonce, IKE_NONCE);
	if (group)
		ike_payload_ke(chain, group->v2_id, ke_public(req->ke), group->key_len);
	v2_child_offer_ts(req->fresh, chain);
	return 0;
}

int v2_create_build_new(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain)
{
	uint32_t missing = ike_tunnel_missing(sa->tunnel) | v2_reauth_missing(sa);
	size_t i = 0;
	int err;

	while (i + 1 < sa->tunnel->conf.child_count && !(missing & 1u << i))
		i++;
	err = pair_for(sa, req, &sa->tunnel->conf.child[i]);
	return err ? err : offer(sa, req, &sa->tunnel->conf.child[i], chain);
}

// One that the peer made waits until the peer is known to have it: until we send with it.
struct ike_child *v2_create_to_rekey(const struct ike_sa *sa)
{
	struct ike_child *child;

	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->want_rekey && child->outbound)
			return child;
	}
	return NULL;
}

int v2_create_build_rekey(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain)
{
	struct ike_child *child = v2_create_to_rekey(sa);
	int err = pair_for(sa, req, child->conf);

	if (err)
		return err;
	child->want_rekey = false;
	req->subject = child->spi_in;
	ike_payload_notify(chain, IKE_N_REKEY_SA, child->spi_in, NULL, 0);
	return offer(sa, req, child->conf, chain);
}

static struct v2_child how_of_answer(const struct ike_request *req, const struct ike_msg *msg)
{
	return (struct v2_child){.replaces = req->subject,
		.nonce_i = rd_of(req->nonce, IKE_NONCE),
		.nonce_r = msg->nonce,
		.ke = req->ke};
}

static bool is_under_way(const struct ike_sa *sa, enum v2_exchange_id id)
{
	return sa->req && sa->req->row == &v2_exchanges[id];
}

static bool is_full(const struct ike_sa *sa)
{
	const struct ike_child *child;
	unsigned int n = 0;

	TAILQ_FOREACH (child, &sa->children, link)
		n++;
	return n >= CHILDREN_MAX;
}

void v2_create_respond_new(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain)
{
	struct v2_child how = {.nonce_i = msg->nonce};
	uint8_t nonce[IKE_NONCE];
	struct ike_child *child;

	if (is_under_way(sa, V2_REKEY_IKE)) {
		ike_payload_notify(chain, IKE_N_TEMPORARY_FAILURE, 0, NULL, 0); // s2.25.2
		return;
	}
	if (is_full(sa)) {
		ike_payload_notify(chain, IKE_N_NO_ADDITIONAL_SAS, 0, NULL, 0);
		return;
	}
	rng_fill(&sa->ike->params.rng, nonce, sizeof(nonce));
	how.nonce_r = rd_of(nonce, sizeof(nonce));
	child = v2_child_respond(sa, msg, NULL, &how, chain);
	if (child && ike_child_stays(child))
		ike_child_offer(child);
}

// The child that a peer's request names by its own inbound SPI; NULL: an answer was written.
static struct ike_child *child_to_rekey(
	struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain)
{
	const struct ike_notify *notify = ike_msg_notify(msg, IKE_N_REKEY_SA);
	struct rd spi_rd = notify->spi;
	uint32_t spi = rd_u32(&spi_rd);
	struct ike_child *child = NULL;

	if (notify->proto == IKE_PROTO_ESP && !spi_rd.bad && !rd_left(&spi_rd))
		child = ike_child_find_out(sa, spi);
	if (!child) {
		// It may be the one that we are just making: its answer is still under way.
		ike_payload_notify(chain,
			sa->req && sa->req->fresh ? IKE_N_TEMPORARY_FAILURE
						  : IKE_N_CHILD_SA_NOT_FOUND,
			spi, NULL, 0);
		return NULL;
	}
	// s2.25.1: what is being closed, or was replaced by us a moment ago, is not rekeyed.
	if (child->state != IKE_CHILD_LIVE || child->want_delete ||
		is_under_way(sa, V2_REKEY_IKE)) {
		ike_payload_notify(chain, IKE_N_TEMPORARY_FAILURE, 0, NULL, 0);
		return NULL;
	}
	return child;
}

void v2_create_respond_rekey(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain)
{
	struct v2_child how = {.nonce_i = msg->nonce};
	uint8_t nonce[IKE_NONCE];
	struct ike_child *old, *child;

	old = child_to_rekey(sa, msg, chain);
	if (!old)
		return;
	rng_fill(&sa->ike->params.rng, nonce, sizeof(nonce));
	how.nonce_r = rd_of(nonce, sizeof(nonce));
	how.replaces = old->spi_in;
	child = v2_child_respond(sa, msg, old->conf, &how, chain);
	if (!child)
		return;
	if (!is_under_way(sa, V2_REKEY_CHILD) || sa->req->subject != old->spi_in) {
		// Its use begins when the peer does: at its traffic, or its delete of the old one.
		ike_child_replaced(old);
		return;
	}
	// Both sides rekey it: which one stays is known when our answer has come (s2.8.1).
	free(sa->req->rival);
	sa->req->rival = v2_rival_new(how.nonce_i, how.nonce_r);
	if (sa->req->rival)
		sa->req->rival->child_spi = child->spi_in;
}

void v2_create_accept_new(struct ike_sa *sa, const struct ike_msg *msg)
{
	struct v2_child how = how_of_answer(sa->req, msg);
	struct ike_child *child = sa->req->fresh;
	struct ike_tunnel *tunnel = sa->tunnel;
	const struct ike_notify *error = ike_msg_error(msg);
	struct why why = {};
	int err = v2_child_accept(sa, msg, &how, &why);

	if (!err) {
		if (ike_child_stays(child))
			ike_child_use(child);
		return;
	}
	if (err == -EINPROGRESS || err == -EAGAIN || err > 0)
		return;
	if (!error || error->type != IKE_N_TEMPORARY_FAILURE)
		ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, true, &why);
	ike_tunnel_child_failed(tunnel);
	// The peer believes in a child that we do not have.
	if (!error)
		ike_sa_close(sa);
}

// The peer refused the rekey of old (NULL: it is gone already).
static void rekey_refused(
	struct ike_sa *sa, struct ike_child *old, uint16_t type, const struct why *why)
{
	if (!old)
		return;
	if (sa->req->rival) {
		ike_child_replaced(old);
		return;
	}
	if (type == IKE_N_CHILD_SA_NOT_FOUND) {
		sa->tunnel->wanted |= 1u << (old->conf - sa->tunnel->conf.child);
		ike_child_drop(old, false);
		return;
	}
	if (type != IKE_N_TEMPORARY_FAILURE)
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, true, why);
	ike_child_rekey_later(old);
}

// Ours is made. Which of old, ours and the peer's stays?
static void rekeyed(struct ike_sa *sa, struct ike_child *old, struct ike_child *child,
	const struct v2_child *how)
{
	const struct ike_rival *rival = sa->req->rival;
	struct ike_child *theirs = rival ? ike_child_find(sa->ike, rival->child_spi) : NULL;

	if (theirs && v2_rival_wins(rival, how->nonce_i, how->nonce_r)) {
		ike_child_replaced(child);
		child->want_delete = true;
		if (old)
			ike_child_replaced(old);
		return;
	}
	if (theirs)
		ike_child_replaced(theirs);
	// Its line may have lost a tie meanwhile.
	if (ike_child_stays(child))
		ike_child_use(child);
	if (old) {
		ike_child_replaced(old);
		old->want_delete = true;
	}
}

static struct ike_child *subject(const struct ike_sa *sa)
{
	struct ike_child *child = ike_child_find(sa->ike, sa->req->subject);

	return child && child->sa == sa && child->state == IKE_CHILD_LIVE ? child : NULL;
}

void v2_create_accept_rekey(struct ike_sa *sa, const struct ike_msg *msg)
{
	struct v2_child how = how_of_answer(sa->req, msg);
	struct ike_child *old = subject(sa), *child = sa->req->fresh;
	const struct ike_notify *error = ike_msg_error(msg);
	struct ike_tunnel *tunnel = sa->tunnel;
	struct why why = {};
	int err = v2_child_accept(sa, msg, &how, &why);

	if (err == -EINPROGRESS)
		return;
	if (!err) {
		rekeyed(sa, old, child, &how);
	} else if (err > 0) {
		if (old)
			ike_child_rekey_later(old);
	} else if (err == -EAGAIN) {
		if (old)
			old->want_rekey = true;
	} else if (error) {
		rekey_refused(sa, old, error->type, &why);
	} else {
		ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, true, &why);
		ike_sa_close(sa);
		ike_tunnel_lost(tunnel, false);
	}
}
