// The decision about one flow, made from the tables; the flow cache remembers it.
#pragma once

#include "dp/worker.h"
#include "net/flow.h"

struct decision {
	uint8_t verdict; // V_GO, or why the packets of this flow leave the pipeline
	uint8_t out;	 // port
	uint8_t flags;	 // of struct burst, to be set
	bool transient;	 // must be made again for the next packet
	bool claimed;	 // no connection takes it, but some would if they could
	void *to; // the child (Outward), the neighbour (clear) or the tunnel (V_ACQUIRE, V_TUN)
};

// For a packet that enters Outward: by origin, port[i], id[i]. Owning worker.
struct decision decide_outward(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow);
// For a packet that child[i] has decrypted.
struct decision decide_inward(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow);
