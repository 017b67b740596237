// A kernel mirror by /dev/net/tun in TAP mode.
//
// Needs CAP_NET_ADMIN at open only. The device lives as long as the punt is open. A device of the
// same name must not exist, so that nobody's interface is taken over.
#pragma once

#include "drv/punt.h"

extern const struct punt_driver punt_tap;
