// The control core's end of the rings to workers, and packets that wait here before they go.
#pragma once

#include "dp/core.h"

// Send what waits for an SA of this tunnel.
void downlink_held(struct dp_tunnel *tunnel);
// Keep a packet for the inside until its next hop's MAC is known, the newest for each; or send it,
// when that is already so. What cannot wait is counted as no_neighbour: TCP's SYN, whose MSS nobody
// would clamp here (its sender repeats it), and all beyond the number that may wait.
void downlink_await(struct dp *dp, struct pkt *pkt, uint8_t origin);
// Forget what waits for this neighbour: it does not answer.
void downlink_drop(struct dp *dp, struct neigh *neigh);
// Send what waits for this neighbour's MAC, which is known now.
void downlink_release(struct dp *dp, struct neigh *neigh);
