#include "ike/v1/twin.h"

#include <string.h>

#include "ike/child.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/quick.h"
#include "ike/v1/sa.h"

enum {
	ARRIVE_MS = 250, // our last message at the peer
	DELETE_S = 2,	 // after it was replaced: until packets under way have come
	FORGOTTEN_S = 10 // if who should delete it does not
};

const struct ike_child *v1_twin_in_use(
	const struct ike_tunnel *tunnel, const struct ike_child_conf *conf)
{
	const struct ike_child *child;
	const struct ike_sa *sa;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		TAILQ_FOREACH (child, &sa->children, link) {
			if (child->conf == conf && child->outbound)
				return child;
		}
	}
	return NULL;
}

static void replace(struct ike_child *loser, bool ours)
{
	mono_us_t at = loser->sa->ike->now + MONO_S(ours ? DELETE_S : FORGOTTEN_S);

	ike_child_replaced(loser);
	if (!loser->hard_at || at < loser->hard_at)
		loser->expires_at = at;
}

static bool has_twin(const struct ike_child *child)
{
	const struct ike_child *other;
	const struct ike_sa *sa;

	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			if (other->state == IKE_CHILD_LIVE && ike_child_is_twin(child, other))
				return true;
		}
	}
	return false;
}

// It was made under an SA that is not the one that holds the children any more.
static void move_home(struct ike_child *child)
{
	struct ike_sa *home = ike_tunnel_sa(child->sa->tunnel);

	if (!home || home == child->sa)
		return;
	TAILQ_REMOVE(&child->sa->children, child, link);
	child->sa = home;
	TAILQ_INSERT_TAIL(&home->children, child, link);
}

void v1_twin_live(struct ike_child *child)
{
	struct ike_child *other;
	struct ike_sa *sa;

	ike_child_live(child, has_twin(child));
	move_home(child);
	TAILQ_FOREACH (sa, &child->sa->tunnel->sas, link) {
		TAILQ_FOREACH (other, &sa->children, link) {
			bool together = other->created > child->begun;

			if (other->state != IKE_CHILD_LIVE || !ike_child_is_twin(child, other))
				continue;
			if (together && memcmp(child->low, other->low, IKE_NONCE) < 0) {
				replace(child, child->initiator);
				return;
			}
			replace(other, together ? other->initiator : child->initiator);
		}
	}
	// The peer has it once our last message has arrived there (RFC 2409 s5.5), and what we send
	// with it before is lost: what it replaces carries on for that long.
	if (child->initiator && v1_twin_in_use(child->sa->tunnel, child->conf)) {
		child->use_at = child->sa->ike->now + MONO_MS(ARRIVE_MS);
		ike_sa_arm(child->sa);
	} else {
		ike_child_use(child);
	}
}

// What was replaced by a child that the peer did not keep is the right one after all.
static void revive_heir(struct ike_sa *sa, const struct ike_child_conf *conf)
{
	struct ike_child *child = (struct ike_child *)v1_twin_in_use(sa->tunnel, conf);

	if (child)
		ike_child_revive(child);
}

static struct ike_child *find(struct ike_sa *sa, uint32_t spi)
{
	struct ike_child *child;
	struct ike_sa *other;

	TAILQ_FOREACH (other, &sa->tunnel->sas, link) {
		child = ike_child_find_out(other, spi);
		if (child)
			return child;
	}
	// Some peers name the SPI that they send with.
	child = ike_child_find(sa->ike, spi);
	return child && child->sa->tunnel == sa->tunnel && child->state >= IKE_CHILD_LIVE ? child
											  : NULL;
}

void v1_twin_deleted(struct ike_sa *sa, uint32_t spi)
{
	mono_us_t again = sa->ike->now + MONO_MS(1000 + ike_random(sa->ike, 1000));
	struct ike_child *child = find(sa, spi);
	const struct ike_child_conf *conf;
	struct ike_sa *other;

	if (!child) {
		TAILQ_FOREACH (other, &sa->tunnel->sas, link) {
			if (other->v1)
				v1_quick_gone(other, spi);
		}
		return;
	}
	conf = child->conf;
	// It is made again, but not in step with a peer that deletes at once.
	if (child->outbound && child->state == IKE_CHILD_LIVE && sa->tunnel->child_retry_at < again)
		sa->tunnel->child_retry_at = again;
	ike_child_drop(child, true);
	revive_heir(sa, conf);
}
