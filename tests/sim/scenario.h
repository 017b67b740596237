// What the scenarios share: two endpoints that face each other, and the number of seeds.
#pragma once

#include <errno.h>

#include "sim/conf.h"
#include "sim/net.h"
#include "unit/unit.h"

// How many seeds a scenario of chance runs: SIM_SEEDS in the environment, else 100.
uint64_t sim_seeds(void);
// Where it begins: SIM_FIRST, else 0. For looking into one that failed, with SIM_TRACE=1.
uint64_t sim_first(void);

struct pair {
	struct sim sim;
	struct sim_conf left, right;
	struct sim_node *a, *b;
	uint64_t seed;
};

// a (192.0.2.1, starts) and b (192.0.2.2, answers): configured, not yet given to the endpoints.
void pair_init(struct pair *p, uint64_t seed);
// Give both their configurations; b first.
void pair_start(struct pair *p);
void pair_fini(struct pair *p);

// pair_start, and the tunnel is up within ten seconds of a faultless network.
void pair_up(struct pair *p);

// Fail with the reason unless sim_agree finds count children.
void pair_agree(const struct pair *p, unsigned int count);
