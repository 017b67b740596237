// One worker: its bursts, its flow cache, its lanes, its rings. Everything here is written by the
// worker alone unless a comment says otherwise.
#pragma once

#include "dp/burst.h"
#include "dp/core.h"
#include "dp/police.h"
#include "dp/ring.h"

enum { TX_ROOM = 256, HAND_ROOM = 64, FRAGMENTS = 64 };

// Where a packet that left one pipeline goes on.
enum gate {
	GATE_OUTWARD, // to be classified and looked up
	GATE_PROTECT, // its child is known: fragments
	GATE_INWARD,  // ESP at l4[i]
	GATE_FORWARD, // in clear to neighbour to[i] on port out[i]
	GATE_TX,      // a finished frame for port[i]
	GATES,
};

struct tx_queue {
	uint16_t queue;
	int16_t hand_to; // the worker that has a queue on this port; -1: we do
	unsigned int n;
	struct pkt pkt[TX_ROOM];
};

struct rx_queue {
	uint8_t port;
	uint16_t queue;
};

// A decision that was made once for a flow: one cache line.
struct flow_entry {
	struct key key;
	void *to;
	uint32_t generation;
	uint8_t verdict, out, flags;
};
static_assert(sizeof(struct flow_entry) == 64);

struct worker {
	struct dp *dp;
	uint16_t id;

	// of this turn
	mono_us_t now;
	const struct view *view;
	uint32_t generation;

	struct flow_entry *flow;
	uint32_t flow_mask;
	struct crypto_lane *lane[DP_DRIVERS];
	struct rx_queue *rx;
	unsigned int n_rx;

	struct burst burst;
	struct burst again[GATES]; // [GATE_OUTWARD], [GATE_PROTECT] and [GATE_FORWARD] are used

	struct tx_queue *tx[DP_PORTS];
	struct rte_ring *from[DP_WORKERS]; // from other workers; writer: that worker
	struct rte_ring *from_control;
	struct rte_ring *punt[DP_CLASSES]; // reader: control core
	struct rte_ring *notes;		   // reader: control core
	bool woke;			   // something was queued for the control core in this turn
	struct {
		unsigned int n;
		struct hand hand[HAND_ROOM];
	} out[DP_WORKERS];

	struct bucket police[DP_CLASSES][DP_PORTS]; // a flood at one port leaves the others' share
	struct bucket icmp, ask, heard, unknown;

	struct rte_ring *trace; // reader: control core
	bool tracing;

	// Read relaxed by the control core.
	_Alignas(64) uint64_t count[VERDICTS];
	uint64_t turns, busy_turns, packets, handed, flow_hits, flow_misses, busy_cycles;
};

static inline void stat_add(uint64_t *word, uint64_t n)
{
	__atomic_store_n(word, *word + n, __ATOMIC_RELAXED);
}

// Make and free a worker's memory. Control core.
[[nodiscard]] int worker_new(struct dp *dp, unsigned int id, struct worker **worker);
void worker_free(struct worker *worker);
// One turn; now as given. returns how many packets came in.
unsigned int worker_turn(struct worker *w, mono_us_t now);
// The loop of an lcore, until dp->stop. arg: the worker.
int worker_loop(void *arg);
