// IKE SAs: birth, coming up, replacement, death, timers; for files within lib/ike alone.
#pragma once

#include "ike/core.h"

// A new SA with a fresh SPI of ours. tunnel: NULL: not yet known. returns NULL without memory, or
// when there are too many.
struct ike_sa *ike_sa_new(struct ike *ike, struct ike_tunnel *tunnel, const struct endpoint *local,
	const struct endpoint *remote, bool initiator);

// By our SPI.
struct ike_sa *ike_sa_find(const struct ike *ike, uint64_t spi);

// Give it to a tunnel.
void ike_sa_assign(struct ike_sa *sa, struct ike_tunnel *tunnel);

// Authenticated: from now on it can carry children. What the set-up needed stays in sa->half, for
// the caller to free.
void ike_sa_up(struct ike_sa *sa);
void ike_sa_set_lifetime(struct ike_sa *sa);

// The children move from a rekeyed SA to its successor.
void ike_sa_inherit(struct ike_sa *old, struct ike_sa *successor);

// Remove its children, and tell the peer as soon as an exchange is free for it.
void ike_sa_close(struct ike_sa *sa);

// Its children have been taken over by another SA: delete them, then the SA itself.
void ike_sa_leave(struct ike_sa *sa);
// The peer has ended it, or its time is over: its children wait for another one (IKEv1).
void ike_sa_orphan(struct ike_sa *sa);

// Remove its children; stay for a moment to repeat the last answer, if the peer asks.
void ike_sa_linger(struct ike_sa *sa);

// Remove it and its children, saying nothing.
void ike_sa_kill(struct ike_sa *sa);

// The peer does not answer.
void ike_sa_silent(struct ike_sa *sa);

// Set when its next deadline is; after everything that may have changed it.
void ike_sa_arm(struct ike_sa *sa);
// Its timer.
void ike_sa_due(struct ike_timer *timer);

// It was heard from: authenticated bytes, or ESP.
void ike_sa_heard(struct ike_sa *sa);

// The peer behind a NAT got another mapping, or floats to port 4500; a new and authentic message
// said so (RFC 7296 s2.23).
void ike_sa_follow(struct ike_sa *sa, const struct endpoint *local, const struct endpoint *remote);

// Forget sa->half.
void ike_sa_settle(struct ike_sa *sa);
// At the end of a step.
void ike_sa_free(struct ike_sa *sa);
