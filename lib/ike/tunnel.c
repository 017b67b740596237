#include "ike/tunnel.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/pace.h"
#include "ike/propose.h"
#include "ike/sa.h"
#include "ike/v2/reauth.h"
#include "ike/version.h"

struct ike_tunnel *ike_tunnel_find(const struct ike *ike, uint32_t id)
{
	struct ike_tunnel *tunnel;

	HASH_FIND(hh, ike->tunnels, &id, sizeof(id), tunnel);
	return tunnel;
}

struct ike_sa *ike_tunnel_sa(const struct ike_tunnel *tunnel)
{
	struct ike_sa *sa, *best = NULL;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		if (sa->state == IKE_SA_UP && !sa->waiting &&
			(!best || sa->created >= best->created))
			best = sa;
	}
	return best;
}

static uint32_t always_wanted(const struct ike_tunnel *tunnel)
{
	uint32_t bits = tunnel->again;

	for (size_t i = 0; i < tunnel->conf.child_count && !tunnel->cleared; i++) {
		if (tunnel->conf.child[i].start == IKE_START_NOW)
			bits |= 1u << i;
	}
	return tunnel->down ? 0 : bits;
}

uint32_t ike_tunnel_missing(const struct ike_tunnel *tunnel)
{
	return tunnel->wanted & ~ike_children_up(tunnel);
}

static void wake(struct ike_tunnel *tunnel, mono_us_t at)
{
	if (ike_timer_set(&tunnel->ike->timers, &tunnel->timer, at))
		tunnel->ike->lost = true;
}

void ike_tunnel_changed(struct ike_tunnel *tunnel)
{
	wake(tunnel, tunnel->ike->now);
}

// Doubling from one second to the limit, give or take a quarter: peers that lost each other at the
// same moment must not meet again and again.
static mono_us_t pause_us(struct ike_tunnel *tunnel, uint32_t attempts)
{
	uint32_t limit_s = tunnel->conf.retry_max_s, pause_s = 1;

	for (uint32_t i = 1; i < attempts && pause_s < limit_s; i++)
		pause_s *= 2;
	if (pause_s > limit_s)
		pause_s = limit_s;
	return MONO_MS(pause_s * (750 + ike_random(tunnel->ike, 500)));
}

void ike_tunnel_failed(struct ike_tunnel *tunnel)
{
	tunnel->wanted &= always_wanted(tunnel);
	tunnel->retry_at = tunnel->ike->now + pause_us(tunnel, ++tunnel->attempts);
	ike_tunnel_changed(tunnel);
}

void ike_tunnel_child_failed(struct ike_tunnel *tunnel)
{
	tunnel->wanted &= always_wanted(tunnel);
	tunnel->child_retry_at = tunnel->ike->now + pause_us(tunnel, ++tunnel->child_attempts);
	ike_tunnel_changed(tunnel);
}

void ike_tunnel_lost(struct ike_tunnel *tunnel, bool at_once)
{
	tunnel->attempts = tunnel->child_attempts = 0;
	tunnel->child_retry_at = 0;
	tunnel->retry_at = tunnel->ike->now + (at_once ? 0 : pause_us(tunnel, 1));
	ike_tunnel_changed(tunnel);
}

void ike_tunnel_dead(struct ike_tunnel *tunnel, uint32_t had)
{
	const struct ike_conf *conf = &tunnel->conf;

	for (size_t i = 0; i < conf->child_count; i++) {
		if (conf->child[i].start == IKE_START_NONE)
			had &= ~(1u << i);
	}
	if (conf->dpd_action == IKE_DPD_CLEAR) {
		tunnel->cleared = true;
		tunnel->wanted = tunnel->again = 0;
	} else if (conf->remote.addr.family != ADDR_NONE && !tunnel->down) {
		tunnel->again |= had;
		tunnel->wanted |= had;
	}
	ike_tunnel_lost(tunnel, true);
}

static bool is_same_peer(const struct ike_sa *a, const struct ike_sa *b)
{
	return a->remote_id && b->remote_id && ike_id_eq(a->remote_id, b->remote_id);
}

void ike_tunnel_unique(struct ike_sa *sa, bool contact)
{
	struct ike_sa *other, *next;

	TAILQ_FOREACH_SAFE (other, &sa->tunnel->sas, link, next) {
		bool together = other->first_up >= sa->created;
		struct ike_sa *loser;

		if (other == sa || other->state != IKE_SA_UP || other->waiting ||
			!is_same_peer(sa, other))
			continue;
		// Both sides began at the same moment: as with rekeying (s2.8.1), the one with the
		// lowest nonce goes, and who began it deletes it. INITIAL_CONTACT was then written
		// before its sender knew of the other SA.
		if (together) {
			loser = memcmp(sa->low, other->low, IKE_NONCE) < 0 ? sa : other;
			if (loser->began)
				ike_sa_close(loser);
		} else if (contact) {
			ike_sa_close(other);
		}
		if (sa->state != IKE_SA_UP)
			return;
	}
}

static struct ike_between_key key_of(const struct addr *local, const struct addr *remote)
{
	return (struct ike_between_key){
		*local, remote->family == ADDR_NONE ? (struct addr){} : *remote};
}

static struct ike_between *between_find(const struct ike *ike, struct ike_between_key key)
{
	struct ike_between *between;

	HASH_FIND(hh, ike->between, &key, sizeof(key), between);
	return between;
}

int ike_tunnel_enter(struct ike_tunnel *tunnel)
{
	struct ike_between_key key = key_of(&tunnel->conf.local.addr, &tunnel->conf.remote.addr);
	struct ike *ike = tunnel->ike;
	struct ike_between *between = between_find(ike, key);

	if (!between) {
		between = calloc(1, sizeof(*between));
		if (!between)
			return -ENOMEM;
		between->key = key;
		TAILQ_INIT(&between->tunnels);
		HASH_ADD(hh, ike->between, key, sizeof(between->key), between);
	}
	tunnel->between = between;
	TAILQ_INSERT_TAIL(&between->tunnels, tunnel, beside);
	return 0;
}

void ike_tunnel_leave(struct ike_tunnel *tunnel)
{
	struct ike_between *between = tunnel->between;

	TAILQ_REMOVE(&between->tunnels, tunnel, beside);
	if (TAILQ_EMPTY(&between->tunnels)) {
		HASH_DEL(tunnel->ike->between, between);
		free(between);
	}
}

struct ike_tunnel *ike_tunnel_between(const struct ike *ike, const struct addr *local,
	const struct addr *remote, const struct ike_tunnel *after)
{
	static const struct addr any;
	const struct ike_between *between = NULL;

	if (after && TAILQ_NEXT(after, beside))
		return TAILQ_NEXT(after, beside);
	if (!after)
		between = between_find(ike, key_of(local, remote));
	if (!between && (!after || after->between->key.remote.family != ADDR_NONE))
		between = between_find(ike, key_of(local, &any));
	return between ? TAILQ_FIRST(&between->tunnels) : NULL;
}

unsigned int ike_tunnel_fits(
	const struct ike_tunnel *tunnel, const struct addr *local, const struct addr *remote)
{
	const struct ike_conf *conf = &tunnel->conf;

	if (!addr_eq(&conf->local.addr, local))
		return 0;
	if (conf->remote.addr.family == ADDR_NONE)
		return 1;
	return addr_eq(&conf->remote.addr, remote) ? 2 : 0;
}

struct ike_tunnel *ike_tunnel_none(struct ike *ike, enum ike_version spoken,
	const struct endpoint *local, const struct endpoint *remote, const char *where,
	struct why *why)
{
	struct ike_tunnel *tunnel = ike_tunnel_between(ike, &local->addr, &remote->addr, NULL);
	char text[ENDPOINT_TEXT];

	if (tunnel) {
		why_set(why, 0, "the peer speaks another version of IKE", where,
			ike_speaks(tunnel->conf.version)->name, ike_speaks(spoken)->name);
		why_code(why, IKE_REASON_IKE_VERSION_MISMATCH);
		return tunnel;
	}
	why_set(why, 0, "no tunnel between these addresses", where, NULL,
		endpoint_show(remote, text));
	why_fmt(why, expected, "a tunnel at %s", endpoint_show(local, text));
	why_code(why, IKE_REASON_PEER_MISMATCH);
	return NULL;
}

struct ike_tunnel *ike_tunnel_for(const struct ike_sa *sa, uint32_t candidate,
	const struct ike_id *peer, const struct ike_id *asked, struct why *why)
{
	struct ike_tunnel *tunnel = NULL, *best = NULL;
	unsigned int best_score = 0;
	char text[IKE_ID_TEXT];

	why_set(why, 0, "no tunnel for the peer's identity", "IKE_AUTH request", NULL, NULL);
	why_code(why, IKE_REASON_PEER_ID_MISMATCH);
	why_fmt(why, got, "%s", ike_id_show(peer, text));
	while ((tunnel = ike_tunnel_between(sa->ike, &sa->local.addr, &sa->remote.addr, tunnel))) {
		const struct ike_propose propose = {.purpose = PROPOSAL_IKE,
			.ke = true,
			.ours = tunnel->conf.ike,
			.count = tunnel->conf.ike_count};
		unsigned int fits = ike_tunnel_fits(tunnel, &sa->local.addr, &sa->remote.addr);
		unsigned int score = fits * 2 + (tunnel->conf.tunnel == candidate);

		if (!fits || tunnel->conf.version != ike_sa_version(sa) ||
			!ike_propose_has(&propose, &sa->suite))
			continue;
		if (!ike_id_matches(&tunnel->conf.remote_id, peer)) {
			if (!best && (!why->expected[0] || tunnel->conf.tunnel == candidate))
				why_fmt(why, expected, "%s",
					ike_id_show(&tunnel->conf.remote_id, text));
			continue;
		}
		if (asked && !ike_id_eq(&tunnel->conf.local_id, asked)) {
			why_fmt(why, what, "the peer asks for another identity of ours");
			why_fmt(why, expected, "%s", ike_id_show(&tunnel->conf.local_id, text));
			why_fmt(why, got, "%s", ike_id_show(asked, text));
			continue;
		}
		if (tunnel->conf.remote_id.type != IKE_ID_ANY)
			score += 8;
		if (score > best_score) {
			best = tunnel;
			best_score = score;
		}
	}
	return best;
}

struct ike_sa *ike_tunnel_connecting(const struct ike_tunnel *tunnel)
{
	struct ike_sa *sa;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		if (sa->initiator && sa->state < IKE_SA_UP && !sa->waiting)
			return sa;
	}
	return NULL;
}

// Children whose IKE SA has gone and that need another one (IKEv1). Only the peer can help those at
// an unknown address.
static bool orphaned(const struct ike_tunnel *tunnel)
{
	const struct ike_sa *sa;

	if (tunnel->down || tunnel->conf.remote.addr.family == ADDR_NONE)
		return false;
	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		if (sa->state == IKE_SA_ORPHANED && !TAILQ_EMPTY(&sa->children))
			return true;
	}
	return false;
}

enum ike_tunnel_state ike_tunnel_state(const struct ike_tunnel *tunnel)
{
	const struct ike_child *child;
	const struct ike_sa *sa;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		TAILQ_FOREACH (child, &sa->children, link) {
			if (child->outbound)
				return IKE_TUNNEL_UP;
		}
	}
	if (ike_tunnel_sa(tunnel))
		return IKE_TUNNEL_IKE_UP;
	if (ike_tunnel_connecting(tunnel))
		return IKE_TUNNEL_CONNECTING;
	return ike_tunnel_missing(tunnel) ? IKE_TUNNEL_WAITING : IKE_TUNNEL_DOWN;
}

static void note_state(struct ike_tunnel *tunnel)
{
	enum ike_tunnel_state state = ike_tunnel_state(tunnel);

	if (tunnel->since && state == tunnel->state)
		return;
	tunnel->state = (uint8_t)state;
	tunnel->since = tunnel->ike->now;
}

void ike_tunnel_due(struct ike_timer *timer)
{
	struct ike_tunnel *tunnel =
		(struct ike_tunnel *)(void *)((char *)timer - offsetof(struct ike_tunnel, timer));
	mono_us_t now = tunnel->ike->now;
	struct ike_sa *sa = ike_tunnel_sa(tunnel);

	ike_timer_stop(&tunnel->ike->timers, timer);
	tunnel->again &= ~ike_children_up(tunnel);
	v2_reauth_look(tunnel);
	tunnel->wanted &= ~ike_children_up(tunnel) | always_wanted(tunnel);
	if (!(ike_tunnel_missing(tunnel) | (sa ? v2_reauth_missing(sa) : 0)) &&
		!(orphaned(tunnel) && !sa)) {
		tunnel->child_attempts = 0;
		ike_pace_leave(tunnel);
	} else if (sa) {
		ike_pace_leave(tunnel);
		if (tunnel->child_retry_at > now)
			wake(tunnel, tunnel->child_retry_at);
		else
			ike_sa_arm(sa);
	} else if (!ike_tunnel_connecting(tunnel)) {
		if (tunnel->retry_at > now)
			wake(tunnel, tunnel->retry_at);
		else if (!ike_pace_may(tunnel))
			wake(tunnel, tunnel->turn_at);
		else if (ike_speaks(tunnel->conf.version)->start(tunnel))
			ike_tunnel_failed(tunnel);
	}
	note_state(tunnel);
	if (timer->slot && timer->at <= now)
		wake(tunnel, now + MONO_MS(1));
}

const char *ike_tunnel_state_name(enum ike_tunnel_state state)
{
	static const char *const names[] = {
		[IKE_TUNNEL_DOWN] = "down",
		[IKE_TUNNEL_CONNECTING] = "connecting",
		[IKE_TUNNEL_WAITING] = "waiting",
		[IKE_TUNNEL_IKE_UP] = "ike up",
		[IKE_TUNNEL_UP] = "up",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == IKE_TUNNEL_STATES);

	return names[state];
}
