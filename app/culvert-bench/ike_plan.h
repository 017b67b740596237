// The tunnels of culvert-bench ike, as each side is told of them.
#pragma once

#include <stdbool.h>

#include "ike/ike.h"

enum {
	IKE_PLAN_TUNNELS_MAX = 1 << 16,
	IKE_PLAN_CHILDREN = 4,
	IKE_PLAN_PORT_INITIATOR = 15500, // on the loopback
	IKE_PLAN_PORT_RESPONDER,
};

// What an IKE SA is made by: one row per version and mode.
struct ike_plan_mode {
	const char *name; // "v2"
	enum ike_version version;
	bool aggressive;
};

extern const struct ike_plan_mode ike_plan_modes[];
extern const unsigned int ike_plan_mode_count;

struct ike_plan {
	const struct ike_plan_mode *mode;
	struct proposal ike, esp;
	unsigned int tunnels, children; // children of each tunnel, at most IKE_PLAN_CHILDREN
	bool loopback;			// addresses of 127.0.0.0/8, and ports that need no root
	bool steps;			// the logbook's lines are made, too
};

// ike, esp: proposals as in the configuration. returns 0, or -EINVAL with why
[[nodiscard]] int ike_plan_init(
	struct ike_plan *plan, const char *ike, const char *esp, struct why *why);

// A negotiator that knows all tunnels (1 .. plan->tunnels) from one side. The initiator has an
// address for each tunnel, the responder one for all.
//
// returns 0 or -errno
[[nodiscard]] int ike_plan_new(const struct ike_plan *plan, bool responder, struct ike **ike);

// Where the responder listens.
struct endpoint ike_plan_responder(const struct ike_plan *plan);
