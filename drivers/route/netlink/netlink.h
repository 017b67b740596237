// Addresses, neighbours, routes and links of the kernel over rtnetlink, by libmnl.
//
// Reading needs no privilege; resolve, addr_set and route_set need CAP_NET_ADMIN.
#pragma once

#include "drv/route.h"

enum {
	NETLINK_PROTOCOL = 204, // rtm_protocol of the routes that we install
	NETLINK_METRIC = 204,	// theirs: behind an operator's (0) and BIRD's (32) in the kernel
};

extern const struct route_driver route_netlink;
