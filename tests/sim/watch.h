// A listener with the keys: which SAs are over because their DELETE was acknowledged.
#pragma once

#include "sim/net.h"

enum { SIM_DELETES = 16 }; // in one message

struct sim_deletes {
	uint32_t spi[SIM_DELETES]; // host order; inbound SPIs of the sender
	size_t count;
};

// What a datagram that is about to be given to a node deletes, if the node will take it: the node
// acknowledges the peer's delete, or hears that its own is acknowledged. Either way it must not
// send to these SPIs once it has taken the message.
void sim_watch(const struct sim_node *node, const struct ike_in *in, struct sim_deletes *deletes);
