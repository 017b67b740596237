// The children of one tunnel, from the control core's side.
#pragma once

#include "dp/core.h"

// The longest inner packet of each child, after the tunnel's path MTU has changed.
void children_mtu(struct dp_tunnel *tunnel);
// Tell of limits that have been reached since the last look.
void children_tick(struct dp_tunnel *tunnel);
