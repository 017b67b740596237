#include "ike/child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/tunnel.h"
#include "ike/version.h"

enum {
	LINGER_MS = 2000,
	OFFER_MS = 2000,
	REPLACED_S = 60, // for a peer that forgets to delete what it replaced
};

static uint32_t spi_new(struct ike *ike)
{
	for (;;) {
		uint32_t spi;

		rng_fill(&ike->params.rng, &spi, sizeof(spi));
		// RFC 4303 s2.1: 0 to 255 are reserved.
		if (spi > 255 && !ike_child_find(ike, spi) &&
			(!ike->params.spi_taken || !ike->params.spi_taken(ike->params.ctx, spi)))
			return spi;
	}
}

struct ike_child *ike_child_new(struct ike_sa *sa, const struct ike_child_conf *conf)
{
	struct ike_child *child = calloc(1, sizeof(*child));

	if (!child)
		return NULL;
	child->sa = sa;
	child->conf = conf;
	child->spi_in = spi_new(sa->ike);
	child->created = child->begun = sa->ike->now;
	child->lifetime_s = conf->lifetime_s;
	HASH_ADD(hh, sa->ike->children, spi_in, sizeof(child->spi_in), child);
	TAILQ_INSERT_TAIL(&sa->children, child, link);
	return child;
}

struct ike_child *ike_child_find(const struct ike *ike, uint32_t spi_in)
{
	struct ike_child *child;

	HASH_FIND(hh, ike->children, &spi_in, sizeof(spi_in), child);
	return child;
}

struct ike_child *ike_child_find_out(const struct ike_sa *sa, uint32_t spi_out)
{
	struct ike_child *child;

	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->spi_out == spi_out && child->state >= IKE_CHILD_OPEN &&
			child->state != IKE_CHILD_DYING)
			return child;
	}
	return NULL;
}

// The two sides begin at different times, so that they seldom collide.
void ike_child_set_lifetime(struct ike_child *child)
{
	struct ike *ike = child->sa->ike;
	uint64_t life = MONO_S(child->lifetime_s);
	uint32_t permille = child->initiator ? 750 + ike_random(ike, 100)
					     : 850 + ike_random(ike, 70);

	if (!life)
		return;
	child->rekey_at = ike->now + life * permille / 1000;
	child->expires_at = ike->now + life;
}

static struct selector *copy_ts(const struct selector *ts, size_t count)
{
	struct selector *copy = malloc(count * sizeof(*copy));

	if (copy)
		memcpy(copy, ts, count * sizeof(*copy));
	return copy;
}

bool ike_child_is_twin(const struct ike_child *a, const struct ike_child *b)
{
	if (a == b || a->conf != b->conf || a->local_count != b->local_count ||
		a->remote_count != b->remote_count)
		return false;
	for (unsigned int i = 0; i < a->local_count + (unsigned int)a->remote_count; i++) {
		if (!selector_eq(&a->ts[i], &b->ts[i]))
			return false;
	}
	return true;
}

// What carries child's traffic in another IKE SA of its tunnel. NULL: nothing.
static const struct ike_child *elder(const struct ike_child *child)
{
	const struct ike_child *other;
	const struct ike_sa *sa;

	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			if (sa != child->sa && other->outbound && other->state == IKE_CHILD_LIVE &&
				ike_child_is_twin(child, other))
				return other;
		}
	}
	return NULL;
}

static int announce(struct ike_child *child, const struct ike_child_deal *deal, uint32_t replaces,
	struct ike_child_keys *keys)
{
	struct selector *local = copy_ts(deal->local, deal->local_count);
	struct selector *remote = copy_ts(deal->remote, deal->remote_count);
	struct ike_act_child *act;

	if (!local || !remote) {
		free(local);
		free(remote);
		return -ENOMEM;
	}
	act = ike_act_child(IKE_ACT_CHILD_ADD, child);
	act->replaces = replaces;
	act->suite = child->suite;
	act->encr_in = keys->encr_in;
	act->integ_in = keys->integ_in;
	act->encr_out = keys->encr_out;
	act->integ_out = keys->integ_out;
	*keys = (struct ike_child_keys){};
	act->local_ts = local;
	act->remote_ts = remote;
	act->local_ts_count = deal->local_count;
	act->remote_ts_count = deal->remote_count;
	act->lifetime_s = child->lifetime_s;
	return 0;
}

static void keep_line(struct ike_child *child, const struct ike_child_deal *deal)
{
	const struct ike_child *old = ike_child_find(child->sa->ike, deal->replaces);
	struct rd nonce_i = deal->nonces.i, nonce_r = deal->nonces.r;
	uint8_t i[IKE_NONCE] = {}, r[IKE_NONCE] = {};

	// IKEv1 rekeys by making another one: it has no lines.
	if (old && !child->sa->v1) {
		memcpy(child->low, old->low, IKE_NONCE);
		child->began = old->began;
		return;
	}
	rd_copy(&nonce_i, i, rd_left(&nonce_i) < IKE_NONCE ? rd_left(&nonce_i) : IKE_NONCE);
	rd_copy(&nonce_r, r, rd_left(&nonce_r) < IKE_NONCE ? rd_left(&nonce_r) : IKE_NONCE);
	memcpy(child->low, memcmp(i, r, IKE_NONCE) < 0 ? i : r, IKE_NONCE);
	child->began = deal->initiator;
}

int ike_child_open(struct ike_child *child, const struct ike_child_deal *deal)
{
	struct ike_sa *sa = child->sa;
	const struct ike_child *old;
	struct ike_child_keys keys;
	uint32_t replaces;
	int err;

	child->ts = malloc((deal->local_count + deal->remote_count) * sizeof(*child->ts));
	if (!child->ts)
		return -ENOMEM;
	memcpy(child->ts, deal->local, deal->local_count * sizeof(*child->ts));
	memcpy(child->ts + deal->local_count, deal->remote,
		deal->remote_count * sizeof(*child->ts));
	child->local_count = (uint8_t)deal->local_count;
	child->remote_count = (uint8_t)deal->remote_count;
	child->suite = deal->choice->suite;
	child->spi_out = (uint32_t)deal->choice->spi;
	child->initiator = deal->initiator;
	if (deal->life_s && (!child->lifetime_s || child->lifetime_s > deal->life_s))
		child->lifetime_s = deal->life_s;
	keep_line(child, deal);
	err = ike_sa_speaks(sa)->child_keys(
		child, deal->shared, deal->nonces, deal->initiator, &keys);
	if (err)
		return err;
	old = deal->replaces ? NULL : elder(child);
	replaces = old ? old->spi_in : deal->replaces;
	err = announce(child, deal, replaces, &keys);
	ike_child_keys_fini(&keys);
	if (err)
		return err;
	child->state = IKE_CHILD_OPEN;
	return 0;
}

void ike_child_live(struct ike_child *child, bool rekeyed)
{
	struct ike_sa *sa = child->sa;

	child->state = IKE_CHILD_LIVE;
	child->created = sa->ike->now;
	ike_child_set_lifetime(child);
	ike_act_event(rekeyed ? IKE_EVENT_CHILD_REKEYED : IKE_EVENT_CHILD_UP, sa, child, NULL);
	ike_tunnel_changed(sa->tunnel);
}

int ike_child_install(struct ike_child *child, const struct ike_child_deal *deal)
{
	int err = ike_child_open(child, deal);

	if (!err)
		ike_child_live(child, deal->replaces || elder(child));
	return err;
}

bool ike_child_stays(struct ike_child *child)
{
	struct ike_child *other;
	bool stays = true;

	TAILQ_FOREACH (other, &child->sa->children, link) {
		bool lower = memcmp(child->low, other->low, IKE_NONCE) < 0;
		struct ike_child *loser = lower ? child : other;

		if (other->state != IKE_CHILD_LIVE || child->began == other->began ||
			!ike_child_is_twin(child, other))
			continue;
		stays &= !lower;
		if (loser->began) {
			ike_child_replaced(loser);
			loser->want_delete = true;
		}
	}
	return stays;
}

static bool is_better(const struct ike_child *a, const struct ike_child *b)
{
	if (!b || a->state != b->state)
		return !b || a->state < b->state;
	return a->created >= b->created;
}

// The youngest installed twin, one that is not replaced itself if possible. NULL: none.
static struct ike_child *heir(const struct ike_child *child)
{
	struct ike_child *best = NULL, *other;
	struct ike_sa *sa;

	if (!child->sa->tunnel)
		return NULL;
	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			if (other->state != IKE_CHILD_LIVE && other->state != IKE_CHILD_REPLACED)
				continue;
			if (ike_child_is_twin(child, other) && is_better(other, best))
				best = other;
		}
	}
	return best;
}

bool ike_child_has_other(const struct ike_child *child)
{
	const struct ike_child *other;
	const struct ike_sa *sa;

	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			if (sa != child->sa && other->state == IKE_CHILD_LIVE &&
				ike_child_is_twin(child, other))
				return true;
		}
	}
	return false;
}

void ike_child_use(struct ike_child *child)
{
	struct ike_child *other;
	struct ike_sa *sa;

	child->use_at = 0;
	if (child->outbound)
		return;
	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			if (other->outbound && ike_child_is_twin(child, other))
				other->outbound = false;
		}
	}
	child->outbound = true;
	ike_act_child(IKE_ACT_CHILD_USE, child);
}

void ike_child_offer(struct ike_child *child)
{
	if (elder(child))
		child->use_at = child->sa->ike->now + MONO_MS(OFFER_MS);
	else
		ike_child_use(child);
}

void ike_child_heard(struct ike_child *child)
{
	const struct ike_child *other;
	const struct ike_sa *sa;

	if (child->state != IKE_CHILD_LIVE)
		return;
	if (child->use_at) {
		ike_child_use(child);
		return;
	}
	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			if (other->outbound && other->state == IKE_CHILD_LIVE &&
				ike_child_is_twin(child, other))
				return;
		}
	}
	ike_child_use(child);
}

static bool is_installed(const struct ike_child *child)
{
	return child->state == IKE_CHILD_OPEN || child->state == IKE_CHILD_LIVE ||
	       child->state == IKE_CHILD_REPLACED || child->state == IKE_CHILD_DYING;
}

static void remove_now(struct ike_child *child)
{
	struct ike_sa *sa = child->sa;

	if (is_installed(child))
		ike_act_child(IKE_ACT_CHILD_DEL, child);
	HASH_DEL(sa->ike->children, child);
	TAILQ_REMOVE(&sa->children, child, link);
	free(child->ts);
	free(child);
}

// It stops carrying traffic. returns whether another one goes on in its place.
static bool retire(struct ike_child *child)
{
	struct ike_sa *sa = child->sa;
	struct ike_child *next = heir(child);

	if (child->outbound && next)
		ike_child_use(next);
	child->outbound = child->want_rekey = false;
	child->use_at = 0;
	child->rekey_at = child->expires_at = 0;
	if (!next)
		ike_act_event(IKE_EVENT_CHILD_DOWN, sa, child, NULL);
	if (sa->tunnel)
		ike_tunnel_changed(sa->tunnel);
	return next;
}

void ike_child_drop(struct ike_child *child, bool linger)
{
	if (child->state == IKE_CHILD_DYING && linger)
		return;
	if (child->state == IKE_CHILD_LIVE || child->state == IKE_CHILD_REPLACED) {
		if (retire(child) && linger) {
			child->state = IKE_CHILD_DYING;
			child->want_delete = false;
			child->dies_at = child->sa->ike->now + MONO_MS(LINGER_MS);
			return;
		}
	}
	remove_now(child);
}

void ike_child_close(struct ike_child *child)
{
	if (child->state != IKE_CHILD_LIVE && child->state != IKE_CHILD_REPLACED)
		return;
	retire(child);
	ike_act_child(IKE_ACT_CHILD_DEL, child);
	child->state = IKE_CHILD_CLOSED;
	child->want_delete = true;
}

void ike_child_replaced(struct ike_child *child)
{
	mono_us_t latest = child->sa->ike->now + MONO_S(REPLACED_S);

	if (child->state != IKE_CHILD_LIVE)
		return;
	child->state = IKE_CHILD_REPLACED;
	child->want_rekey = false;
	child->rekey_at = 0;
	child->hard_at = child->expires_at;
	if (!child->expires_at || child->expires_at > latest)
		child->expires_at = latest;
}

void ike_child_revive(struct ike_child *child)
{
	if (child->state != IKE_CHILD_REPLACED)
		return;
	child->state = IKE_CHILD_LIVE;
	child->want_rekey = true;
	child->want_delete = false;
	child->expires_at = child->hard_at;
}

void ike_child_rekey_later(struct ike_child *child)
{
	struct ike *ike = child->sa->ike;
	uint64_t left = child->expires_at > ike->now ? child->expires_at - ike->now : 0;
	uint64_t pause = MONO_MS(1000 + ike_random(ike, 2000));

	child->want_rekey = false;
	if (child->expires_at && pause > left / 4)
		pause = left / 4;
	child->rekey_at = ike->now + pause;
}

static bool is_past(mono_us_t at, mono_us_t now)
{
	return at && at <= now;
}

void ike_child_due(struct ike_child *child)
{
	mono_us_t now = child->sa->ike->now;

	if (is_past(child->dies_at, now)) {
		remove_now(child);
		return;
	}
	if (is_past(child->use_at, now))
		ike_child_use(child);
	if (is_past(child->expires_at, now) && child->sa->v1 &&
		child->state == IKE_CHILD_REPLACED) {
		// What is still under way may come.
		child->expires_at = 0;
		child->want_delete = true;
	} else if (is_past(child->expires_at, now)) {
		ike_child_close(child);
	} else if (is_past(child->rekey_at, now)) {
		child->rekey_at = 0;
		child->want_rekey = child->state == IKE_CHILD_LIVE;
	}
}

static mono_us_t sooner(mono_us_t a, mono_us_t b)
{
	return !a || (b && b < a) ? b : a;
}

mono_us_t ike_child_deadline(const struct ike_child *child)
{
	return sooner(
		sooner(child->dies_at, child->use_at), sooner(child->rekey_at, child->expires_at));
}

uint32_t ike_children_up(const struct ike_tunnel *tunnel)
{
	const struct ike_child *child;
	const struct ike_sa *sa;
	uint32_t up = 0;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		TAILQ_FOREACH (child, &sa->children, link) {
			if (child->state == IKE_CHILD_LIVE || child->state == IKE_CHILD_REPLACED)
				up |= 1u << (child->conf - tunnel->conf.child);
		}
	}
	return up;
}
