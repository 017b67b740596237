// Connections and their tunnels while they run: made, changed and removed by the reconciler.
#pragma once

#include "ctl/setting.h"

// A connection without tunnels; carries nothing. NULL without memory.
[[nodiscard]] struct conn *conn_new(struct ctl *ctl, const char *name);
// After its tunnels, and after the tables that pointed at it have been committed. NULL is fine.
void conn_free(struct ctl *ctl, struct conn *conn);

// A tunnel of a connection, not in its place yet and unknown to the negotiator: so it can be taken
// back without a trace. returns 0 or -errno with why
[[nodiscard]] int tunnel_new(struct ctl *ctl, struct conn *conn, const struct setting *s,
	struct tunnel **tunnel, struct why *why);
// Its place: 0 carries the traffic while it can, 1 stands by. Whoever is there must be attached
// elsewhere, or be gone.
void tunnel_attach(struct tunnel *tunnel, unsigned int slot);
// Tell the dataplane and the negotiator what is configured; what is to start now starts. When only
// the rules of its SAs differ, they are rekeyed to follow them. returns 0 or -errno with why
[[nodiscard]] int tunnel_set(
	struct ctl *ctl, struct tunnel *tunnel, const struct setting *s, struct why *why);
// Say goodbye to the peer, remove the SAs and the tunnel. NULL is fine.
void tunnel_free(struct ctl *ctl, struct tunnel *tunnel);

// The peer is (now) at this address. Matters where peers are neighbours.
void tunnel_peer_at(struct tunnel *tunnel, const struct addr *peer);
