// The children of one tunnel, from the control core's side.
#pragma once

#include "dp/core.h"

// The longest inner packet of each child, after the tunnel's path MTU has changed.
void children_mtu(struct dp_tunnel *tunnel);
// Whether the packet that waits for the tunnel may leave through one of its children in use.
bool children_take_held(const struct dp_tunnel *tunnel);
// Tell of limits that have been reached since the last look.
void children_tick(struct dp_tunnel *tunnel);
