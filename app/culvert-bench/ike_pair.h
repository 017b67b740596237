// Two negotiators that face each other in memory: nothing but their own steps costs anything.
#pragma once

#include "ike_plan.h"
#include "ike_share.h"

enum ike_role { IKE_INITIATOR, IKE_RESPONDER, IKE_ROLES };

struct ike_cost {
	double cpu_us; // of its steps
	struct ike_share share;
};

struct ike_pair;

// returns NULL without memory
struct ike_pair *ike_pair_new(const struct ike_plan *plan);
void ike_pair_free(struct ike_pair *pair); // NULL is fine

// Bring up tunnels from .. from + n - 1, one after the other. Adds to cost.
//
// returns 0 or -EPROTO (a tunnel did not come up on both sides)
[[nodiscard]] int ike_pair_run(struct ike_pair *pair, unsigned int from, unsigned int n,
	struct ike_cost cost[static IKE_ROLES]);
