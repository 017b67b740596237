// One rtnetlink message as an event.
#pragma once

#include <stdbool.h>
#include <linux/netlink.h>

#include "drv/route.h"

// msg    a whole message (nlmsg_len bytes are there), of any type
// event  filled when the message concerns us
// returns whether it does: links, unicast addresses, neighbours with a MAC or failed, unicast
// routes of the main table that are not our own
bool netlink_parse(const struct nlmsghdr *msg, struct route_event *event);
