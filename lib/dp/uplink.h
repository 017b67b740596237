// The control core's end of the rings: what dp_poll delivers, and packets that wait here.
#pragma once

#include "dp/core.h"
#include "dp/ring.h"

// Queue an event for the next dp_poll. returns false when too many wait.
bool uplink_event(struct dp *dp, const struct dp_event *event);
// Drop queued events about something that is going.
void uplink_forget(struct dp *dp, const struct dp_child *child);
void uplink_forget_tunnel(struct dp *dp, const struct dp_tunnel *tunnel);

// Send what waits for an SA of this tunnel; send what waits for this neighbour's MAC.
void uplink_send_held(struct dp_tunnel *tunnel);
void uplink_release(struct dp *dp, struct neigh *neigh);

// Copy bytes into a packet of the pool, with an Ethernet header's room before. returns 0 or
// -ENOBUFS, -EMSGSIZE.
[[nodiscard]] int uplink_packet(struct dp *dp, const uint8_t *b, size_t len, struct pkt *pkt);
// Give a packet to a worker; it is taken or freed. returns 0 or -ENOBUFS.
[[nodiscard]] int uplink_hand(struct dp *dp, unsigned int worker, const struct hand *hand);
// Send an IP datagram of our own to a neighbour, in fragments when it must be; kept when the MAC
// is not known. returns 0, -EMSGSIZE or -ENOBUFS.
[[nodiscard]] int uplink_send(struct dp *dp, struct neigh *neigh, const uint8_t *ip, size_t len);
