// A configured tunnel: what is wanted of it, when to try, which SA speaks for it; for files within
// lib/ike alone.
#pragma once

#include "ike/core.h"

struct ike_tunnel *ike_tunnel_find(const struct ike *ike, uint32_t id);

// The IKE SA that takes new exchanges: the youngest one that is up. NULL: none.
struct ike_sa *ike_tunnel_sa(const struct ike_tunnel *tunnel);

// An attempt of ours at an IKE SA that is under way; NULL: none.
struct ike_sa *ike_tunnel_connecting(const struct ike_tunnel *tunnel);

// Children that are wanted and not there.
uint32_t ike_tunnel_missing(const struct ike_tunnel *tunnel);

// Something happened to its SAs: look at it again before the step ends.
void ike_tunnel_changed(struct ike_tunnel *tunnel);

// An attempt of ours at an IKE SA failed: the next one follows after a pause that doubles each
// time. What was wanted only once (by command or packet) is given up.
void ike_tunnel_failed(struct ike_tunnel *tunnel);
// The same for a child within a standing IKE SA.
void ike_tunnel_child_failed(struct ike_tunnel *tunnel);

// An SA that was up has gone; at_once: nothing speaks against a new one now.
void ike_tunnel_lost(struct ike_tunnel *tunnel, bool at_once);

// The peer of an SA that was up is dead: what follows is the configuration's to say. had: bits of
// the children that were up.
void ike_tunnel_dead(struct ike_tunnel *tunnel, uint32_t had);

// Of two SAs with the same peer, only one is to stay.
//
// sa       has just come up
// contact  the peer says that it knows no other (RFC 7296 s2.4)
void ike_tunnel_unique(struct ike_sa *sa, bool contact);

// Make it one of those that ike_tunnel_between finds, until ike_tunnel_leave. returns 0 or -ENOMEM.
[[nodiscard]] int ike_tunnel_enter(struct ike_tunnel *tunnel);
void ike_tunnel_leave(struct ike_tunnel *tunnel);

// Tunnels that may talk between two addresses, one after the other: first those with exactly this
// remote address, then those with any, each in the order of their configuration.
//
// after  the last one; NULL: begin
// returns NULL after the last one
struct ike_tunnel *ike_tunnel_between(const struct ike *ike, const struct addr *local,
	const struct addr *remote, const struct ike_tunnel *after);

// Whether a tunnel may talk between these addresses: 0 no, 1 with "any" as its remote address, 2
// with exactly this one.
unsigned int ike_tunnel_fits(
	const struct ike_tunnel *tunnel, const struct addr *local, const struct addr *remote);

// No tunnel of a version is between these addresses: say so in why.
//
// returns the tunnel between them that speaks the other version, NULL: none either
struct ike_tunnel *ike_tunnel_none(struct ike *ike, enum ike_version spoken,
	const struct endpoint *local, const struct endpoint *remote, const char *where,
	struct why *why);

// The tunnel that a peer means by its identities.
//
// candidate  id of the one chosen at IKE_SA_INIT: preferred among equals
// asked      the identity that it expects of us; NULL: any
// returns NULL with why
struct ike_tunnel *ike_tunnel_for(const struct ike_sa *sa, uint32_t candidate,
	const struct ike_id *peer, const struct ike_id *asked, struct why *why);

enum ike_tunnel_state ike_tunnel_state(const struct ike_tunnel *tunnel);

// Its timer.
void ike_tunnel_due(struct ike_timer *timer);
