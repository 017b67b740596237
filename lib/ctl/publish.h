// Routes of VPN gateways told to the kernel: as routes of our own protocol number to the
// inside port's mirror, from where a routing daemon announces them. A health check that has failed
// withdraws those of its connection.
#pragma once

#include "ctl/core.h"
#include "ctl/gwroute.h"

// Before the kernel is heard, and the first connection made. returns 0 or -ENOMEM
[[nodiscard]] int publish_start(struct ctl *ctl);
void publish_stop(struct ctl *ctl); // withdraw all
void publish_free(struct ctl *ctl); // after the last connection

// All that the configuration publishes; replaces what it had before. returns 0 or -ENOMEM
[[nodiscard]] int publish_set(struct ctl *ctl, const struct gwroutes *routes);

// What the kernel tells of routes with our protocol number at a port's mirror: one that we do not
// publish is a leftover and removed, one that we do and that is gone is told again.
void publish_heard(struct ctl *ctl, unsigned int port, const struct cidr *prefix, bool gone);
// The mirror came up, and the kernel has forgotten its routes: tell them again.
void publish_again(struct ctl *ctl, unsigned int port);
