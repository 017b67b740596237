// Whether packets would be led into a connection, as far as tables tell.
#pragma once

#include "ctl/core.h"

// By a policy, or by a policy route of a VPN gateway.
bool reach_by_policy(const struct ctl *ctl, const struct conn *conn);
// By this next hop of a route; NULL: no.
bool reach_by_hop(const struct ctl *ctl, const struct rib_hop *hop, const struct conn *conn);
