#include "ike/v1/next.h"

#include "ike/child.h"
#include "ike/dh.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/dpd.h"
#include "ike/v1/info.h"
#include "ike/v1/phase1.h"
#include "ike/v1/quick.h"
#include "ike/v1/quicks.h"
#include "ike/v1/talk.h"

static struct ike_child *to_delete(const struct ike_sa *sa)
{
	struct ike_child *child;

	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->want_delete)
			return child;
	}
	return NULL;
}

// One that the peer made waits until it is in use; one that the peer is just rekeying need not be.
static struct ike_child *to_rekey(const struct ike_sa *sa)
{
	struct ike_child *child;

	if (v1_quick_busy(sa))
		return NULL;
	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->want_rekey && child->outbound &&
			!v1_quick_makes(sa->tunnel, child->conf))
			return child;
	}
	return NULL;
}

static const struct ike_child_conf *to_make(const struct ike_sa *sa)
{
	const struct ike_tunnel *tunnel = sa->tunnel;
	uint32_t missing = ike_tunnel_missing(tunnel);

	if (sa != ike_tunnel_sa(tunnel) || sa->ike->now < tunnel->child_retry_at ||
		v1_quick_busy(sa))
		return NULL;
	for (size_t i = 0; i < tunnel->conf.child_count; i++) {
		if (missing & 1u << i && !v1_quick_makes(tunnel, &tunnel->conf.child[i]))
			return &tunnel->conf.child[i];
	}
	return NULL;
}

bool v1_has_next(const struct ike_sa *sa)
{
	if (sa->state == IKE_SA_ORPHANED || sa->state == IKE_SA_REPLACED)
		return to_delete(sa);
	if (sa->state != IKE_SA_UP)
		return false;
	return to_delete(sa) || sa->want_rekey || to_rekey(sa) || to_make(sa) || sa->want_dpd ||
	       sa->tell_spi;
}

static void delete_child(struct ike_sa *sa, struct ike_child *child)
{
	child->want_delete = false;
	if (sa->state != IKE_SA_ORPHANED)
		v1_info_delete_child(sa, child->spi_in);
	// What still comes in under a replaced one is welcome.
	ike_child_drop(child, child->state == IKE_CHILD_REPLACED);
}

// The peer sends to a child that we do not have: our delete got lost.
static void tell_unknown(struct ike_sa *sa)
{
	uint32_t spi = sa->tell_spi;

	sa->tell_spi = 0;
	if (!ike_child_find(sa->ike, spi))
		v1_info_delete_child(sa, spi);
}

// One that is under way is the one that is wanted.
static void renew(struct ike_sa *sa)
{
	const struct ike_sa *other;

	sa->want_rekey = false;
	TAILQ_FOREACH (other, &sa->tunnel->sas, link) {
		if (other->initiator && other->state < IKE_SA_UP)
			return;
	}
	v1_phase1_renew(sa);
}

static bool begin_one(struct ike_sa *sa)
{
	const struct ike_child_conf *conf;
	struct ike_child *child = to_delete(sa);

	if (child) {
		delete_child(sa, child);
		return true;
	}
	if (sa->state != IKE_SA_UP)
		return false;
	if (sa->tell_spi) {
		tell_unknown(sa);
		return true;
	}
	if (sa->want_rekey) {
		renew(sa);
		return true;
	}
	child = to_rekey(sa);
	if (child)
		return !v1_quick_begin(sa, child->conf, child);
	conf = to_make(sa);
	if (conf)
		return !v1_quick_begin(sa, conf, NULL);
	if (sa->want_dpd)
		v1_dpd_ask(sa);
	return false;
}

void v1_begin_next(struct ike_sa *sa)
{
	while (sa->state != IKE_SA_GONE && !ike_dh_waits(sa) && begin_one(sa))
		;
}

static mono_us_t sooner(mono_us_t a, mono_us_t b)
{
	return !a || (b && b < a) ? b : a;
}

mono_us_t v1_repeat_at(const struct ike_sa *sa)
{
	const struct v1_sa *v1 = sa->v1;
	mono_us_t at = sooner(v1_info_again_at(sa), v1_quick_at(sa));

	if (ike_dh_waits(sa))
		return 0;
	if (sa->state == IKE_SA_UP)
		at = sooner(at, v1_dpd_at(sa));
	return sooner(at, v1->talk.waits ? v1->talk.again_at : 0);
}

void v1_repeat(struct ike_sa *sa)
{
	if (ike_dh_waits(sa))
		return;
	if (v1_talk_due(sa, &sa->v1->talk)) {
		v1_phase1_silent(sa);
		return;
	}
	v1_info_again(sa);
	v1_quick_due(sa);
	if (sa->state == IKE_SA_UP)
		v1_dpd_due(sa);
}

void v1_bye(struct ike_sa *sa)
{
	const struct v1_quick *quick;
	const struct ike_child *child;

	if (sa->state != IKE_SA_UP && sa->state != IKE_SA_REPLACED)
		return;
	TAILQ_FOREACH (quick, &sa->v1->quicks, link)
		v1_quick_decline(sa, quick);
	v1_quick_drop_all(sa);
	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->state != IKE_CHILD_DYING)
			v1_info_delete_child(sa, child->spi_in);
	}
	v1_info_delete_sa(sa);
}
