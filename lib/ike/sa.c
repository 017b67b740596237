#include "ike/sa.h"

#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/dh.h"
#include "ike/limit.h"
#include "ike/packet.h"
#include "ike/request.h"
#include "ike/tunnel.h"
#include "ike/v1/info.h"
#include "ike/v1/sa.h"
#include "ike/v2/exchange.h"
#include "ike/v2/reauth.h"
#include "ike/version.h"

enum {
	LINGER_S = 10,
	REPEATED_S = 5, // IKEv1: while its deletes are repeated
	REPLACED_S = 60,
	ORPHANED_S = 60,
	SOONEST_US = 1000, // between two looks at one SA: no timer can spin
};

static uint64_t spi_new(struct ike *ike)
{
	uint64_t spi;

	do
		rng_fill(&ike->params.rng, &spi, sizeof(spi));
	while (!spi || ike_sa_find(ike, spi));
	return spi;
}

struct ike_sa *ike_sa_new(struct ike *ike, struct ike_tunnel *tunnel, const struct endpoint *local,
	const struct endpoint *remote, bool initiator)
{
	struct ike_sa *sa;

	if (ike->sa_count >= ike->params.sa_max)
		return NULL;
	sa = calloc(1, sizeof(*sa));
	if (!sa)
		return NULL;
	sa->ike = ike;
	sa->local = *local;
	sa->remote = *remote;
	sa->initiator = initiator;
	sa->spi = spi_new(ike);
	if (initiator)
		sa->spi_i = sa->spi;
	else
		sa->spi_r = sa->spi;
	sa->created = sa->last_in = sa->last_out = ike->now;
	sa->timer.fire = ike_sa_due;
	TAILQ_INIT(&sa->children);
	HASH_ADD(hh, ike->sas, spi, sizeof(sa->spi), sa);
	TAILQ_INSERT_TAIL(&ike->loose, sa, link);
	ike->sa_count++;
	if (tunnel)
		ike_sa_assign(sa, tunnel);
	return sa;
}

struct ike_sa *ike_sa_find(const struct ike *ike, uint64_t spi)
{
	struct ike_sa *sa;

	HASH_FIND(hh, ike->sas, &spi, sizeof(spi), sa);
	return sa;
}

void ike_sa_assign(struct ike_sa *sa, struct ike_tunnel *tunnel)
{
	TAILQ_REMOVE(sa->tunnel ? &sa->tunnel->sas : &sa->ike->loose, sa, link);
	sa->tunnel = tunnel;
	TAILQ_INSERT_TAIL(tunnel ? &tunnel->sas : &sa->ike->loose, sa, link);
	if (tunnel)
		ike_tunnel_changed(tunnel);
}

void ike_sa_settle(struct ike_sa *sa)
{
	struct ike_half *half = sa->half;

	if (!half)
		return;
	if (half->hh.tbl) {
		HASH_DEL(sa->ike->halves, half);
		ike_limit_close(sa->ike, half);
	}
	ke_free(half->ke);
	free(half->init[0]);
	free(half->init[1]);
	free(half);
	sa->half = NULL;
}

void ike_sa_set_lifetime(struct ike_sa *sa)
{
	struct ike *ike = sa->ike;
	uint64_t life = MONO_S(sa->tunnel->conf.lifetime_s);
	uint32_t permille = sa->initiator ? 750 + ike_random(ike, 100) : 850 + ike_random(ike, 70);

	if (!life)
		return;
	sa->rekey_at = ike->now + life * permille / 1000;
	sa->expires_at = ike->now + life;
	// Whoever began it authenticates anew; the other side waits for that, and rekeys at last.
	if (sa->tunnel->conf.reauth && sa->began && !sa->v1) {
		if (!sa->reauth_at || sa->reauth_at > sa->rekey_at)
			sa->reauth_at = sa->rekey_at;
		sa->rekey_at = 0;
	}
}

void ike_sa_up(struct ike_sa *sa)
{
	sa->state = IKE_SA_UP;
	sa->established = sa->first_up = sa->last_in = sa->ike->now;
	sa->began = sa->initiator;
	sa->dead_at = 0;
	secret_free(&sa->keys.pi);
	secret_free(&sa->keys.pr);
	ike_sa_set_lifetime(sa);
	sa->tunnel->attempts = 0;
	sa->tunnel->cleared = false;
	ike_act_event(IKE_EVENT_IKE_UP, sa, NULL, NULL);
	ike_tunnel_changed(sa->tunnel);
}

void ike_sa_inherit(struct ike_sa *old, struct ike_sa *successor)
{
	struct ike_child *child, *next;
	struct ike_sa *other;

	TAILQ_FOREACH_SAFE (child, &old->children, link, next) {
		// A child in the making belongs to the request that makes it.
		if (child->state < IKE_CHILD_LIVE)
			continue;
		TAILQ_REMOVE(&old->children, child, link);
		child->sa = successor;
		TAILQ_INSERT_TAIL(&successor->children, child, link);
	}
	old->state = IKE_SA_REPLACED;
	successor->waiting = false;
	successor->other = NULL;
	successor->leaving = old->leaving;
	TAILQ_FOREACH (other, &old->tunnel->sas, link) {
		if (other->follows == old->spi)
			other->follows = successor->spi;
	}
	old->want_rekey = old->want_dpd = false;
	old->rekey_at = old->expires_at = old->reauth_at = 0;
	old->dead_at = old->ike->now + MONO_S(REPLACED_S);
	ike_act_event(IKE_EVENT_IKE_REKEYED, successor, NULL, NULL);
	ike_sa_arm(successor);
	ike_tunnel_changed(successor->tunnel);
}

static void drop_children(struct ike_sa *sa, bool linger)
{
	struct ike_child *child, *next;

	TAILQ_FOREACH_SAFE (child, &sa->children, link, next) {
		// A child in the making belongs to the request that makes it.
		if (child->state >= IKE_CHILD_LIVE)
			ike_child_drop(child, linger && sa->tunnel && ike_child_has_other(child));
	}
}

static bool is_last(const struct ike_sa *sa)
{
	const struct ike_sa *other;

	TAILQ_FOREACH (other, sa->tunnel ? &sa->tunnel->sas : &sa->ike->loose, link) {
		if (other != sa && other->tunnel && other->state == IKE_SA_UP && !other->waiting)
			return false;
	}
	return true;
}

static void down(struct ike_sa *sa)
{
	if (sa->state == IKE_SA_UP && !sa->waiting && is_last(sa))
		ike_act_event(IKE_EVENT_IKE_DOWN, sa, NULL, NULL);
}

void ike_sa_close(struct ike_sa *sa)
{
	if (sa->state == IKE_SA_CLOSING || sa->state == IKE_SA_GONE)
		return;
	// An SA in the making belongs to the request that makes it.
	if (sa->state == IKE_SA_CONNECTING && sa->waiting)
		return;
	ike_dh_cancel(sa);
	ike_sa_speaks(sa)->bye(sa);
	drop_children(sa, false);
	// Without keys, or with a peer that has yet to prove itself to us as initiator, there is
	// nobody to tell.
	if (sa->state == IKE_SA_CONNECTING ||
		(sa->state == IKE_SA_PROVING && (!sa->initiator || sa->v1))) {
		ike_sa_kill(sa);
		return;
	}
	down(sa);
	sa->state = IKE_SA_CLOSING;
	sa->rekey_at = sa->expires_at = sa->reauth_at = 0;
	sa->dead_at = sa->v1 ? sa->ike->now + MONO_S(REPEATED_S) : 0;
	if (sa->tunnel)
		ike_tunnel_changed(sa->tunnel);
	ike_sa_arm(sa);
}

void ike_sa_leave(struct ike_sa *sa)
{
	struct ike_child *child;

	TAILQ_FOREACH (child, &sa->children, link) {
		ike_child_replaced(child);
		child->want_delete |= child->state == IKE_CHILD_REPLACED;
	}
	sa->leaving = true;
	sa->want_rekey = false;
	sa->rekey_at = sa->expires_at = sa->reauth_at = 0;
	ike_sa_arm(sa);
}

void ike_sa_orphan(struct ike_sa *sa)
{
	ike_dh_cancel(sa);
	down(sa);
	ike_sa_speaks(sa)->drop(sa);
	sa->state = IKE_SA_ORPHANED;
	sa->want_rekey = sa->want_dpd = false;
	sa->rekey_at = sa->expires_at = 0;
	sa->dead_at = sa->ike->now + MONO_S(ORPHANED_S);
	ike_tunnel_lost(sa->tunnel, false);
	ike_sa_arm(sa);
}

// The peer deletes what it made by a rekey that collided with ours.
static void forget_rival(struct ike_sa *sa)
{
	struct ike_sa *old = sa->other;

	if (!old)
		return;
	free(old->req->rival);
	old->req->rival = NULL;
	sa->other = NULL;
}

void ike_sa_linger(struct ike_sa *sa)
{
	ike_dh_cancel(sa);
	forget_rival(sa);
	drop_children(sa, true); // what another SA has taken over may still be under way
	down(sa);
	ike_request_end(sa);
	ike_sa_settle(sa);
	sa->state = IKE_SA_CLOSING;
	sa->rekey_at = sa->expires_at = sa->reauth_at = 0;
	sa->dead_at = sa->ike->now + MONO_S(LINGER_S);
	if (sa->tunnel)
		ike_tunnel_changed(sa->tunnel);
	ike_sa_arm(sa);
}

void ike_sa_kill(struct ike_sa *sa)
{
	struct ike *ike = sa->ike;

	if (sa->state == IKE_SA_GONE)
		return;
	ike_dh_cancel(sa);
	forget_rival(sa);
	drop_children(sa, false);
	down(sa);
	ike_sa_speaks(sa)->drop(sa);
	ike_sa_settle(sa);
	ike_timer_stop(&ike->timers, &sa->timer);
	HASH_DEL(ike->sas, sa);
	ike->sa_count--;
	sa->state = IKE_SA_GONE;
	TAILQ_REMOVE(sa->tunnel ? &sa->tunnel->sas : &ike->loose, sa, link);
	if (sa->tunnel)
		ike_tunnel_changed(sa->tunnel);
	sa->tunnel = NULL;
	TAILQ_INSERT_TAIL(&ike->gone, sa, link);
}

void ike_sa_free(struct ike_sa *sa)
{
	ike_keys_fini(&sa->keys);
	ike_packets_free(&sa->response);
	if (sa->frag_request)
		ike_frag_clear(sa->frag_request);
	if (sa->frag_response)
		ike_frag_clear(sa->frag_response);
	free(sa->frag_request);
	free(sa->frag_response);
	free(sa->remote_id);
	v1_sa_free(sa->v1);
	free(sa);
}

static enum ike_reason reason_of_silence(const struct ike_sa *sa)
{
	if (sa->state == IKE_SA_CONNECTING)
		return IKE_REASON_NO_RESPONSE;
	if (sa->state == IKE_SA_PROVING)
		return IKE_REASON_PHASE1_TIMEOUT;
	return sa->req->row->type == IKE_CREATE_CHILD_SA ? IKE_REASON_PHASE2_TIMEOUT
							 : IKE_REASON_DPD_TIMEOUT;
}

static void describe_silence(const struct ike_sa *sa, struct why *why)
{
	char text[ENDPOINT_TEXT];

	why_code(why, reason_of_silence(sa));
	why_fmt(why, what, "%s",
		sa->state == IKE_SA_UP ? "the peer is dead" : "no answer from the peer");
	why_fmt(why, where, "%s request", ike_exchange_name(sa->req->row->type));
	why_fmt(why, expected, "an answer within %u s",
		(unsigned int)((sa->ike->now - sa->req->sent_at) / 1000000));
	why_fmt(why, got, "nothing from %s", endpoint_show(&sa->remote, text));
}

void ike_sa_silent(struct ike_sa *sa)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	bool up = sa->state == IKE_SA_UP, trying = sa->state < IKE_SA_UP && sa->initiator;
	uint32_t had = tunnel ? ike_children_up(tunnel) : 0;
	struct why why = {};

	describe_silence(sa, &why);
	// Somebody has refused us already: that says more than silence.
	if (trying && tunnel && !(sa->half && sa->half->doubted))
		ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, &why);
	else if (up)
		ike_act_event(IKE_EVENT_PEER_DEAD, sa, NULL, &why);
	ike_sa_kill(sa);
	if (tunnel && trying)
		ike_tunnel_failed(tunnel);
	else if (tunnel && up)
		ike_tunnel_dead(tunnel, had);
}

void ike_sa_heard(struct ike_sa *sa)
{
	sa->last_in = sa->ike->now;
	sa->want_dpd = false;
}

// Only who is not behind a NAT follows.
void ike_sa_follow(struct ike_sa *sa, const struct endpoint *local, const struct endpoint *remote)
{
	struct ike_child *child;
	bool floating = sa->state == IKE_SA_PROVING && !sa->initiator;

	if (endpoint_eq(&sa->local, local) && endpoint_eq(&sa->remote, remote))
		return;
	if (!floating && (!sa->natt.remote || sa->natt.local))
		return;
	sa->local = *local;
	sa->remote = *remote;
	if (floating)
		return;
	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->state != IKE_CHILD_NEW && child->state != IKE_CHILD_CLOSED)
			ike_act_child(IKE_ACT_CHILD_MOVE, child);
	}
	ike_act_event(IKE_EVENT_MOVED, sa, NULL, NULL);
}

static mono_us_t sooner(mono_us_t a, mono_us_t b)
{
	return !a || (b && b < a) ? b : a;
}

static mono_us_t dpd_at(const struct ike_sa *sa)
{
	if (sa->state != IKE_SA_UP || sa->waiting || !sa->tunnel->conf.dpd_delay_s ||
		!ike_sa_speaks(sa)->may_ask(sa))
		return 0;
	return sa->last_in + MONO_S(sa->tunnel->conf.dpd_delay_s);
}

static mono_us_t keepalive_at(const struct ike_sa *sa)
{
	if (sa->state != IKE_SA_UP || !sa->natt.local)
		return 0;
	return sa->last_out + MONO_S(sa->tunnel->conf.keepalive_s);
}

void ike_sa_arm(struct ike_sa *sa)
{
	const struct ike_child *child;
	mono_us_t at = 0;

	if (sa->state == IKE_SA_GONE)
		return;
	at = sooner(at, ike_sa_speaks(sa)->repeat_at(sa));
	at = sooner(at, sa->dead_at);
	at = sooner(at, sa->rekey_at);
	at = sooner(at, sa->reauth_at);
	at = sooner(at, sa->expires_at);
	at = sooner(at, dpd_at(sa));
	at = sooner(at, keepalive_at(sa));
	TAILQ_FOREACH (child, &sa->children, link)
		at = sooner(at, ike_child_deadline(child));
	// What waits for a free exchange is looked at before the step ends.
	if (!ike_dh_waits(sa) && ike_sa_speaks(sa)->has_next(sa))
		at = sooner(at, sa->not_before > sa->ike->now ? sa->not_before : sa->ike->now);
	if (ike_timer_set(&sa->ike->timers, &sa->timer, at))
		sa->ike->lost = true;
}

static void expire(struct ike_sa *sa)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	struct why why = {};

	why_set(&why, 0, "IKE SA lifetime ended before it was renewed", "hard limit", NULL, NULL);
	ike_act_event(IKE_EVENT_IKE_DOWN, sa, NULL, &why);
	if (sa->v1) {
		v1_info_delete_sa(sa);
		ike_sa_orphan(sa);
		return;
	}
	ike_sa_close(sa);
	ike_tunnel_lost(tunnel, true);
}

// A peer began and did not go on: perhaps it cannot hear us. During a flood, it is the flood.
static void note_half_open(const struct ike_sa *sa)
{
	const struct ike *ike = sa->ike;
	struct ike_tunnel *tunnel = sa->half ? ike_tunnel_find(ike, sa->half->candidate) : NULL;
	struct why why = {.code = IKE_REASON_PHASE1_TIMEOUT};

	if (!tunnel || sa->initiator || ike->half_count >= ike->params.cookie_above / 2)
		return;
	why_set(&why, 0, "the peer began and did not go on", "IKE_AUTH request", NULL, "nothing");
	why_fmt(&why, expected, "the next message within %u s",
		(unsigned int)((ike->now - sa->created) / 1000000));
	ike_act_noted(sa, tunnel, false, &why);
}

// A peer that forgets to delete what it replaced, one that never proved itself, a lingering SA.
static void outlived(struct ike_sa *sa)
{
	struct ike_tunnel *tunnel = sa->state == IKE_SA_ORPHANED ? sa->tunnel : NULL;

	sa->dead_at = 0;
	if (sa->state == IKE_SA_PROVING)
		note_half_open(sa);
	if (sa->state == IKE_SA_REPLACED)
		ike_sa_close(sa);
	else
		ike_sa_kill(sa);
	if (tunnel)
		ike_tunnel_lost(tunnel, true);
}

void ike_sa_due(struct ike_timer *timer)
{
	struct ike_sa *sa =
		(struct ike_sa *)(void *)((char *)timer - offsetof(struct ike_sa, timer));
	mono_us_t now = sa->ike->now;
	struct ike_child *child, *next;

	if (sa->dead_at && sa->dead_at <= now) {
		outlived(sa);
		if (sa->state == IKE_SA_GONE)
			return;
	}
	if (sa->expires_at && sa->expires_at <= now)
		expire(sa);
	if (sa->rekey_at && sa->rekey_at <= now) {
		sa->rekey_at = 0;
		sa->want_rekey = true;
	}
	if (sa->reauth_at && sa->reauth_at <= now)
		v2_reauth_begin(sa);
	TAILQ_FOREACH_SAFE (child, &sa->children, link, next)
		ike_child_due(child);
	if (sa->leaving && TAILQ_EMPTY(&sa->children) && !sa->req)
		ike_sa_close(sa);
	ike_sa_speaks(sa)->repeat(sa);
	if (sa->state == IKE_SA_GONE)
		return;
	if (dpd_at(sa) && dpd_at(sa) <= now)
		sa->want_dpd = true;
	if (keepalive_at(sa) && keepalive_at(sa) <= now) {
		ike_act_keepalive(sa);
		sa->last_out = now;
	}
	if (!ike_dh_waits(sa) && sa->not_before <= now)
		ike_sa_speaks(sa)->begin_next(sa);
	ike_sa_arm(sa);
	if (sa->timer.slot && sa->timer.at <= now &&
		ike_timer_set(&sa->ike->timers, &sa->timer, now + SOONEST_US))
		sa->ike->lost = true;
}
