// What the two versions of IKE do each in their own way, one row each; for files within lib/ike
// alone. What they share - SAs, children, tunnels, timers - calls through it.
#pragma once

#include "ike/core.h"

struct ike_speaks {
	const char *name; // for the operator: "IKEv2"

	// Begin a tunnel. returns 0 or -errno: nothing was sent.
	int (*start)(struct ike_tunnel *tunnel);
	// Whether an SA should begin an exchange now; begin it.
	bool (*has_next)(const struct ike_sa *sa);
	void (*begin_next)(struct ike_sa *sa);
	// When a message is to be repeated, or given up (0: never); do it. The SA may die of it.
	mono_us_t (*repeat_at)(const struct ike_sa *sa);
	void (*repeat)(struct ike_sa *sa);
	// Whether it may ask now if the peer lives.
	bool (*may_ask)(const struct ike_sa *sa);
	// It is being closed: tell the peer, or see that begin_next will.
	void (*bye)(struct ike_sa *sa);
	// Forget the exchanges under way, with what they were making.
	void (*drop)(struct ike_sa *sa);
	// Keys of a child.
	int (*child_keys)(const struct ike_child *child, const struct secret *shared,
		struct ike_nonces nonces, bool initiator, struct ike_child_keys *keys);
};

const struct ike_speaks *ike_speaks(enum ike_version version);

static inline enum ike_version ike_sa_version(const struct ike_sa *sa)
{
	return sa->v1 ? IKE_V1 : IKE_V2;
}

static inline const struct ike_speaks *ike_sa_speaks(const struct ike_sa *sa)
{
	return ike_speaks(ike_sa_version(sa));
}
