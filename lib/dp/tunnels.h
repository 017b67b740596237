// Connections, tunnels and children from the control core's side.
#pragma once

#include "dp/core.h"

// All that are left, with their keys. No worker runs.
void tunnels_fini(struct dp *dp);

// Path MTUs age, children near a limit are told of (through uplink_event), NAT moves and missing
// neighbours may be told again.
void tunnels_tick(struct dp *dp, mono_us_t now);

// The child with this id; NULL: gone.
struct dp_child *tunnels_child(struct dp *dp, uint32_t id);
// The child that an ICMP error about our ESP speaks of: outbound SPI and destination as quoted.
struct dp_child *tunnels_quoted(struct dp *dp, uint32_t spi, const struct addr *dst);
// The path of a tunnel carries outer packets of so many bytes. returns whether that is news.
bool tunnels_path_mtu(struct dp_tunnel *tunnel, uint32_t mtu, mono_us_t now);
