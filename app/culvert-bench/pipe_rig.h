// A dataplane with one worker between two ports, for the pipe benchmark.
//
// Inward, the source sends the same sealed packets again and again. Anti-replay is on and every
// packet must pass check and commit: at the end of a lap the worker that receives rewinds the
// windows of all SAs, once per some thousand packets, before it takes the next lap's first packet.
#pragma once

#include "dp/dp.h"
#include "plan.h"

struct pipe_conf {
	struct plan plan;
	const struct crypto_driver *driver;
	const char *pcap;   // NULL: frames made in memory
	unsigned int lap;   // frames in the pcap
	unsigned int burst; // 0: the dataplane's
	unsigned int window;
};

struct pipe_rig {
	struct dp *dp;
	struct dp_child **child;
	struct frames frames;
	unsigned int tunnels;
	unsigned int source; // port
};

// Policies, tunnels and windows for the plan, and traffic on its way. After bench_eal.
//
// returns 0 or -errno with why; pipe_rig_fini either way
[[nodiscard]] int pipe_rig_init(
	struct pipe_rig *rig, const struct pipe_conf *conf, struct why *why);
void pipe_rig_fini(struct pipe_rig *rig);

// Packets that have left by the other port.
uint64_t pipe_rig_sent(const struct pipe_rig *rig);
// Packets that met any end but that: there must be none.
uint64_t pipe_rig_dropped(const struct pipe_rig *rig);
