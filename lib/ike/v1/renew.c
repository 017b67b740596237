#include "ike/v1/renew.h"

#include <string.h>

#include "ike/act.h"
#include "ike/sa.h"
#include "ike/tunnel.h"

enum {
	DELETE_S = 3,	  // after it was replaced by us: until messages under way have come
	FORGOTTEN_S = 10, // if who should delete it does not
	CONTACT_S = 10,	  // what came up within this may have crossed the peer's INITIAL-CONTACT
};

static bool is_same_peer(const struct ike_sa *a, const struct ike_sa *b)
{
	return a->remote_id && b->remote_id && ike_id_eq(a->remote_id, b->remote_id);
}

// It may hold children, or take them.
static bool is_alive(const struct ike_sa *sa)
{
	return sa->state == IKE_SA_UP || sa->state == IKE_SA_REPLACED;
}

static void hand_over(struct ike_sa *from, struct ike_sa *to)
{
	bool moved = !endpoint_eq(&from->local, &to->local) ||
		     !endpoint_eq(&from->remote, &to->remote);
	mono_us_t dead_at = from->dead_at;
	uint8_t state = from->state;
	struct ike_child *child;

	// A peer that ended the SA may have forgotten them with it, or never have got quick mode's
	// last message: new ones tell.
	TAILQ_FOREACH (child, &from->children, link) {
		if (state == IKE_SA_ORPHANED && child->state == IKE_CHILD_LIVE)
			child->want_rekey = true;
	}
	ike_sa_inherit(from, to);
	// What was over already ends when it would have.
	if (state != IKE_SA_UP) {
		from->state = state;
		from->dead_at = state == IKE_SA_ORPHANED ? from->ike->now + MONO_S(DELETE_S)
							 : dead_at;
	}
	TAILQ_FOREACH (child, &to->children, link) {
		if (moved && child->state >= IKE_CHILD_OPEN && child->state != IKE_CHILD_CLOSED)
			ike_act_child(IKE_ACT_CHILD_MOVE, child);
	}
	ike_sa_arm(from);
}

// One of two goes. Who began the one that stays (or, of two of the same moment, the one that goes)
// deletes it; the other side does so only if that never comes.
static void replace(struct ike_sa *loser, struct ike_sa *winner, bool ours)
{
	hand_over(loser, winner);
	if (loser->state == IKE_SA_REPLACED)
		loser->dead_at = loser->ike->now + MONO_S(ours ? DELETE_S : FORGOTTEN_S);
	ike_sa_arm(loser);
}

void v1_renew_settle(struct ike_sa *sa, bool contact)
{
	struct ike_sa *other, *next;

	TAILQ_FOREACH_SAFE (other, &sa->tunnel->sas, link, next) {
		bool together = other->first_up >= sa->created;

		if (other == sa || !is_same_peer(sa, other) ||
			(other->state != IKE_SA_ORPHANED && !is_alive(other)))
			continue;
		if (contact && other->first_up + MONO_S(CONTACT_S) < sa->created) {
			ike_sa_kill(other);
		} else if (other->state != IKE_SA_UP) {
			if (!TAILQ_EMPTY(&other->children))
				hand_over(other, sa);
		} else if (!together) {
			replace(other, sa, sa->initiator);
		} else if (memcmp(sa->low, other->low, IKE_NONCE) < 0) {
			replace(sa, other, sa->initiator);
			return;
		} else {
			replace(other, sa, other->initiator);
		}
	}
}

static struct ike_sa *heir(const struct ike_sa *sa)
{
	struct ike_sa *other, *best = NULL;

	TAILQ_FOREACH (other, &sa->tunnel->sas, link) {
		if (other == sa || !is_alive(other) || !is_same_peer(sa, other))
			continue;
		if (!best || other->state < best->state ||
			(other->state == best->state && other->created >= best->created))
			best = other;
	}
	return best;
}

void v1_renew_ended(struct ike_sa *sa)
{
	struct ike_sa *other = heir(sa);

	if (!other) {
		if (TAILQ_EMPTY(&sa->children)) {
			struct ike_tunnel *tunnel = sa->tunnel;

			ike_sa_kill(sa);
			ike_tunnel_lost(tunnel, false);
			return;
		}
		ike_sa_orphan(sa);
		return;
	}
	// What both sides took for the worse one is the only one.
	if (other->state == IKE_SA_REPLACED) {
		other->state = IKE_SA_UP;
		other->dead_at = 0;
		ike_sa_set_lifetime(other);
	}
	if (!TAILQ_EMPTY(&sa->children))
		hand_over(sa, other);
	ike_sa_kill(sa);
	ike_sa_arm(other);
}
