// What can be counted. Included by dp/dp.h. Counters have one writer each, a worker, and are read
// relaxed: each is right for some recent moment, two of them need not belong together.
#pragma once

#include "dp/dp.h"

// What happens to packets of a verdict. NONE: the row stands for "no verdict" and never counts.
enum dp_fate { DP_FATE_DROP, DP_FATE_PASS, DP_FATE_PUNT, DP_FATE_NONE };

struct dp_verdict {
	const char *name; // "clear_from_outside"
	const char *help; // one sentence
	enum dp_fate fate;
};

extern const struct dp_verdict dp_verdict_table[];
extern const unsigned int dp_verdict_count;

enum { DP_ALL_WORKERS = -1 };

// Packets per verdict since the last dp_counters_clear; worker or DP_ALL_WORKERS, which counts
// what the control core had to drop, too.
void dp_verdicts(const struct dp *dp, int worker, uint64_t count[/* dp_verdict_count */]);
// By name. For tests and scripts; 0 when there is no such verdict.
uint64_t dp_verdict_of(const struct dp *dp, const char *name);

struct dp_worker_stats {
	unsigned int lcore; // UINT_MAX: none
	uint64_t turns, busy_turns;
	uint64_t packets; // taken from ports and rings
	uint64_t handed;  // received from other workers
	uint64_t flow_hits, flow_misses;
	uint64_t busy_cycles; // TSC, of busy turns
};
void dp_worker_stats(const struct dp *dp, unsigned int worker, struct dp_worker_stats *stats);

// As the driver counts, less the baseline of dp_counters_clear.
void dp_port_stats(const struct dp *dp, unsigned int port, struct port_stats *stats);

// Counters start from here: keeps a baseline on this side, workers are not disturbed. SAs keep
// theirs: their limits depend on them.
void dp_counters_clear(struct dp *dp);
