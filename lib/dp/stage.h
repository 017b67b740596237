// The stages of the pipeline, each over one burst; and what runs them.
//
// Outward:  rx_inside classify lookup protect encap crypto outer
// Inward:   rx_outside sad decap crypto finish classify lookup forward
//
// All of them: owning worker.
#pragma once

#include "dp/worker.h"

struct stage {
	const char *name;
	void (*run)(struct worker *w, struct burst *b);
};

// Ethernet off, what is not IP aside; trims to the IP length only in classify.
void rx_inside(struct worker *w, struct burst *b);
void rx_outside(struct worker *w, struct burst *b);

// Read the IP header at l3, check it, make the key.
void classify(struct worker *w, struct burst *b);
// The decision for each key, from the flow cache or made anew.
void lookup(struct worker *w, struct burst *b);

void outbound_protect(struct worker *w, struct burst *b); // owner, TTL, MTU, MSS
void outbound_encap(struct worker *w, struct burst *b);
void outbound_outer(struct worker *w, struct burst *b); // accounts, Ethernet, to tx

void inbound_sad(struct worker *w, struct burst *b);
void inbound_decap(struct worker *w, struct burst *b);
void inbound_finish(struct worker *w, struct burst *b);

void crypto_run(struct worker *w, struct burst *b);

void forward(struct worker *w, struct burst *b); // TTL, MTU, Ethernet, to tx

// Run a burst of packets that enter at a gate to its end, with what comes of them.
void pipeline_run(struct worker *w, struct burst *b, enum gate gate);
// The same for packets as received from a port.
void pipeline_rx(struct worker *w, struct burst *b, enum dp_role role);

// A frame for a port: kept until the end of the turn or until many are there.
void tx_frame(struct worker *w, unsigned int port, const struct pkt *pkt);
// The same for the good packets of a burst, each to port out[i].
void tx_burst(struct worker *w, const struct burst *b);
void tx_flush(struct worker *w);

// Send what left a pipeline where its verdict says; count it.
void dispose(struct worker *w, struct burst *b);
// Give packets of other workers and the control core what was queued for them.
void dispose_flush(struct worker *w);
// Put a packet for a gate into the ring of another worker.
void hand_over(struct worker *w, unsigned int to, const struct hand *hand);
// Tell the control core; lost when the ring is full.
void note(struct worker *w, const struct note *note);
// Ask for a neighbour that a packet needs, within a rate.
void note_neigh(struct worker *w, unsigned int port, const struct addr *addr);
// What becomes of a packet without its next hop's MAC: what goes inside waits for it.
static inline uint8_t neigh_missing(const struct worker *w, unsigned int port)
{
	return w->dp->port[port].role == DP_INSIDE ? V_AWAIT : V_NEIGH;
}
void drop(struct worker *w, struct pkt *pkt, uint8_t verdict);
