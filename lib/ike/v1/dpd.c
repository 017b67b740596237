#include "ike/v1/dpd.h"

#include "ike/act.h"
#include "ike/child.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/info.h"
#include "ike/v1/payload.h"

bool v1_may_ask(const struct ike_sa *sa)
{
	return sa->v1->dpd.can && !sa->v1->dpd.waits;
}

static void send(struct ike_sa *sa, uint16_t type, uint32_t sequence)
{
	struct ike_chain chain = v1_info_begin(sa);

	v1_payload_dpd(&chain, type, sa->spi_i, sa->spi_r, sequence);
	v1_info_send(sa, &chain, false);
}

static mono_us_t dead_at(const struct ike_sa *sa)
{
	return sa->v1->dpd.first_at + MONO_S(sa->tunnel->conf.dpd_timeout_s);
}

static void wait_more(struct ike_sa *sa)
{
	struct v1_dpd *dpd = &sa->v1->dpd;

	dpd->again_at = sa->ike->now + dpd->gap_us;
	if (dpd->again_at > dead_at(sa))
		dpd->again_at = dead_at(sa);
}

void v1_dpd_ask(struct ike_sa *sa)
{
	struct v1_dpd *dpd = &sa->v1->dpd;

	sa->want_dpd = false;
	dpd->waits = true;
	dpd->ours++;
	dpd->first_at = sa->ike->now;
	dpd->gap_us = MONO_MS(ike_request_policy(sa)->first_ms);
	send(sa, V1_N_R_U_THERE, dpd->ours);
	wait_more(sa);
}

mono_us_t v1_dpd_at(const struct ike_sa *sa)
{
	return sa->v1->dpd.waits ? sa->v1->dpd.again_at : 0;
}

static void dead(struct ike_sa *sa)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	uint32_t had = ike_children_up(tunnel);
	char text[ENDPOINT_TEXT];
	struct why why = {};

	why_code(&why, IKE_REASON_DPD_TIMEOUT);
	why_fmt(&why, what, "the peer is dead");
	why_fmt(&why, where, "R-U-THERE");
	why_fmt(&why, expected, "an answer within %u s", tunnel->conf.dpd_timeout_s);
	why_fmt(&why, got, "nothing from %s", endpoint_show(&sa->remote, text));
	ike_act_event(IKE_EVENT_PEER_DEAD, sa, NULL, &why);
	ike_sa_kill(sa);
	ike_tunnel_dead(tunnel, had);
}

void v1_dpd_due(struct ike_sa *sa)
{
	const struct ike_retransmit *p = ike_request_policy(sa);
	struct v1_dpd *dpd = &sa->v1->dpd;

	if (!dpd->waits || sa->ike->now < dpd->again_at)
		return;
	// Something else was heard: it lives.
	if (sa->last_in > dpd->first_at) {
		dpd->waits = false;
		return;
	}
	if (sa->ike->now >= dead_at(sa)) {
		dead(sa);
		return;
	}
	dpd->gap_us = dpd->gap_us * p->factor_pct / 100;
	if (dpd->gap_us > MONO_MS(p->max_ms))
		dpd->gap_us = MONO_MS(p->max_ms);
	sa->retransmits++;
	send(sa, V1_N_R_U_THERE, dpd->ours);
	wait_more(sa);
}

// Something new and authentic, from where the peer is now.
static void heard(struct ike_sa *sa)
{
	ike_sa_heard(sa);
	ike_sa_follow(sa, &sa->v1->from_local, &sa->v1->from_remote);
}

void v1_dpd_take(struct ike_sa *sa, const struct v1_notify *notify)
{
	struct v1_dpd *dpd = &sa->v1->dpd;
	struct rd data = notify->data;
	uint32_t sequence = rd_u32(&data);

	if (data.bad || rd_left(&data))
		return;
	if (notify->type == V1_N_R_U_THERE_ACK) {
		if (!dpd->waits || sequence != dpd->ours)
			return;
		dpd->waits = false;
	} else {
		// The last one may come again; older ones are replayed (s6.3).
		if (dpd->heard && (int32_t)(sequence - dpd->theirs) < 0)
			return;
		if (!dpd->heard || sequence != dpd->theirs)
			heard(sa);
		dpd->heard = true;
		dpd->theirs = sequence;
		send(sa, V1_N_R_U_THERE_ACK, sequence);
		return;
	}
	heard(sa);
}
