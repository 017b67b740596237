// Fail-over: whoever learns that a tunnel is not usable, or is again, says so here; the
// connection's traffic then takes the tunnel that choice.h names, by one store in the dataplane
// (N-2).
#pragma once

#include "ctl/core.h"

// A reason begins or ceases to hold for a tunnel. When that changes what carries the connection's
// traffic, it is switched before this returns. What is already so may be said again.
void failover_say(struct tunnel *tunnel, enum failover_reason reason, bool down);
// "probe-failed"; FAILOVER_REASONS, no reason: "recovered"
const char *failover_reason_name(enum failover_reason reason);

// A tunnel came to the connection or left it, or the hold-down is another one: choose again.
void failover_choose(struct conn *conn);

// Whether one of its tunnels is usable: what a route with weights asks.
bool failover_usable(const struct conn *conn);

// Somebody who follows the connections: called whenever failover_usable has another answer, or
// another tunnel carries the traffic. He may change tables (and commit), not connections.
struct failover_listener {
	void (*changed)(void *ctx, struct conn *conn);
	void *ctx;
	struct failover_listener *next;
};

// What else a listener may ask about a connection has another answer: call them all.
void failover_tell(struct conn *conn);

// The listener stays the caller's, and must stay.
void failover_listen(struct ctl *ctl, struct failover_listener *listener);

// returns 0 or -ENOMEM
[[nodiscard]] int failover_init(struct conn *conn);
void failover_fini(struct conn *conn);
