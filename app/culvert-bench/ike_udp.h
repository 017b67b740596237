// The same over UDP: a thread for each side, datagrams through the kernel's loopback.
#pragma once

#include "ike_plan.h"

struct ike_udp_result {
	double seconds;	   // until all tunnels were up
	double cpu_us[2];  // of each thread per tunnel: initiator, responder
	unsigned int lost; // datagrams that were repeated
};

// Set up all tunnels of the plan, window of them at a time.
//
// returns 0 or -errno
[[nodiscard]] int ike_udp_run(
	const struct ike_plan *plan, unsigned int window, struct ike_udp_result *result);
