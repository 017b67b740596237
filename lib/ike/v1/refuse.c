#include "ike/v1/refuse.h"

#include <stdio.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/propose.h"
#include "ike/sa.h"
#include "ike/ts.h"
#include "ike/tunnel.h"
#include "ike/v1/propose.h"
#include "ike/v1/quick.h"
#include "ike/v1/quicks.h"

static void show(
	const struct selector *local, const struct selector *remote, char *dst, size_t size)
{
	char left[SELECTOR_TEXT], right[SELECTOR_TEXT];

	snprintf(dst, size, "local %.60s remote %.60s", selector_show(local, left),
		selector_show(remote, right));
}

void v1_refuse_networks(const struct ike_child_conf *conf, const struct selector *local,
	const struct selector *remote, struct why *why)
{
	why_fmt(why, what, "the networks are not the same on both sides");
	why_code(why, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
	show(&conf->local[0], &conf->remote[0], why->expected, sizeof(why->expected));
	show(local, remote, why->got, sizeof(why->got));
}

static struct ike_child *subject(const struct ike_sa *sa, const struct v1_quick *quick)
{
	struct ike_child *child = quick->subject ? ike_child_find(sa->ike, quick->subject) : NULL;

	return child && child->state == IKE_CHILD_LIVE ? child : NULL;
}

void v1_quick_failed(struct ike_sa *sa, struct v1_quick *quick, const struct why *why)
{
	struct ike_child *old = subject(sa, quick), *child = ike_child_find(sa->ike, quick->spi);

	ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, true, why);
	if (child && child->state < IKE_CHILD_LIVE)
		ike_child_drop(child, false);
	if (old)
		ike_child_rekey_later(old);
	else
		ike_tunnel_child_failed(sa->tunnel);
	v1_quick_done(sa, quick);
	quick->over_at = sa->ike->now;
}

void v1_quick_silent(struct ike_sa *sa, struct v1_quick *quick)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	char text[ENDPOINT_TEXT];
	struct why why = {};
	uint32_t had;

	if (!quick->initiator) {
		v1_quick_decline(sa, quick);
		v1_quick_free(sa, quick);
		return;
	}
	why_code(&why, IKE_REASON_PHASE2_TIMEOUT);
	why_fmt(&why, where, "quick mode message 1");
	why_fmt(&why, expected, "an answer within %u s",
		(unsigned int)((sa->ike->now - quick->talk.first_at) / 1000000));
	why_fmt(&why, got, "nothing from %s", endpoint_show(&sa->remote, text));
	// Who says nothing else either has gone.
	if (sa->state == IKE_SA_UP && sa->last_in <= quick->talk.first_at) {
		why_fmt(&why, what, "the peer is dead");
		ike_act_event(IKE_EVENT_PEER_DEAD, sa, NULL, &why);
		had = ike_children_up(tunnel);
		ike_sa_kill(sa);
		ike_tunnel_dead(tunnel, had);
		return;
	}
	why_fmt(&why, what, "no answer from the peer");
	v1_quick_failed(sa, quick, &why);
}

// Which one is it about? Its SPI says so, or there is only one.
static struct v1_quick *meant(const struct ike_sa *sa, struct rd spi_rd)
{
	uint32_t spi = rd_left(&spi_rd) == 4 ? rd_u32(&spi_rd) : 0;
	struct v1_quick *quick, *only = NULL;
	unsigned int n = 0;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (!quick->initiator || !quick->next)
			continue;
		if (spi && quick->spi == spi)
			return quick;
		only = quick;
		n++;
	}
	return n == 1 ? only : NULL;
}

void v1_quick_refused(struct ike_sa *sa, const struct v1_notify *notify)
{
	struct v1_quick *quick = meant(sa, notify->spi);
	const char *name = v1_notify_name(notify->type);
	struct why why = {};

	if (!quick)
		return;
	why_fmt(&why, where, "answer to quick mode");
	if (name)
		why_fmt(&why, got, "%s", name);
	else
		why_fmt(&why, got, "notification %u", notify->type);
	if (notify->type == V1_N_INVALID_ID_INFORMATION) {
		why_fmt(&why, what, "the peer accepts none of our traffic selectors");
		why_code(&why, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
		show(&quick->conf->local[0], &quick->conf->remote[0], why.expected,
			sizeof(why.expected));
	} else {
		const struct ike_propose propose = {.purpose = PROPOSAL_ESP,
			.ke = true,
			.ours = quick->conf->esp,
			.count = quick->conf->esp_count};

		why_fmt(&why, what, "%s",
			notify->type == V1_N_NO_PROPOSAL_CHOSEN
				? "the peer accepts none of our ESP proposals"
				: "the peer refuses the child");
		if (notify->type == V1_N_NO_PROPOSAL_CHOSEN)
			why_code(&why, IKE_REASON_PROPOSAL_MISMATCH);
		ike_propose_show(&propose, why.expected, sizeof(why.expected));
	}
	v1_quick_failed(sa, quick, &why);
}

void v1_quick_lifetime(struct ike_sa *sa, uint32_t spi_out, struct rd data)
{
	struct ike_child *child = ike_child_find_out(sa, spi_out);
	uint32_t life_s, life_kb;

	if (!child || v1_life_read(data, PROPOSAL_ESP, &life_s, &life_kb) || !life_s)
		return;
	if (!child->lifetime_s || child->lifetime_s > life_s) {
		child->lifetime_s = life_s;
		if (child->state == IKE_CHILD_LIVE)
			ike_child_set_lifetime(child);
	}
}

bool v1_quick_rekeys(const struct ike_sa *sa, uint32_t spi_in)
{
	const struct v1_quick *quick;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->next && quick->subject == spi_in)
			return true;
	}
	return false;
}

bool v1_quick_makes(const struct ike_tunnel *tunnel, const struct ike_child_conf *conf)
{
	const struct v1_quick *quick;
	const struct ike_sa *sa;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		if (sa->state != IKE_SA_UP && sa->state != IKE_SA_REPLACED)
			continue;
		TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
			if (quick->next && quick->conf == conf)
				return true;
		}
	}
	return false;
}

void v1_quick_unwanted(struct ike_sa *sa, uint32_t child)
{
	struct v1_quick *quick;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->next && quick->conf && quick->conf->id == child)
			quick->unwanted = true;
	}
}

void v1_quick_gone(struct ike_sa *sa, uint32_t spi_out)
{
	struct v1_quick *quick;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->next && quick->initiator)
			quick->gone_spi = spi_out;
	}
}
