// The control core's end of the rings to workers, and packets that wait here before they go.
#pragma once

#include "dp/core.h"

// Send what waits for an SA of this tunnel.
void downlink_held(struct dp_tunnel *tunnel);
// Send what waits for this neighbour's MAC, which is known now.
void downlink_release(struct dp *dp, struct neigh *neigh);
