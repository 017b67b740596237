// Connections that routes of one place share: which of them carry the traffic now.
//
// A route's next hop in the tables is a group of the dataplane, also when there is but one
// connection. Routes with the same connections and weights share it, so that a fail-over between
// connections and a route that is withdrawn cost one store, whatever the number of routes.
#pragma once

#include "ctl/core.h"
#include "ctl/gwroute.h"

struct group;

// Listen to what becomes of connections. Before the first of them. returns 0 or -ENOMEM
[[nodiscard]] int groups_start(struct ctl *ctl);
// All groups go, before the connections; the dataplane will go as a whole.
void groups_stop(struct ctl *ctl);
// After the connections.
void groups_free(struct ctl *ctl);

// The group of a bundle, which is in use by the present configuration then. Made when there is
// none. returns NULL without memory
[[nodiscard]] struct group *group_get(struct ctl *ctl, const struct gwroute *bundle, size_t n);
// The group that a bundle has; NULL: none.
const struct group *group_of(struct ctl *ctl, const struct gwroute *bundle, size_t n);
const struct group *group_find(const struct ctl *ctl, uint32_t id); // NULL: none
uint32_t group_id(const struct group *group);
struct dp_conn *group_dp(const struct group *group);
bool group_has(const struct group *group, const struct conn *conn);
// Whether this connection carries the group's traffic now, or would if it were usable.
bool group_takes(const struct group *group, const struct conn *conn);

// Remove those that the present configuration has not asked for, after the tables were committed
// and before connections are removed.
void groups_sweep(struct ctl *ctl);
