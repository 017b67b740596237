// One consistent picture of all tables, published by a pointer swap. Immutable.
#pragma once

#include "dp/reclaim.h"
#include "dp/table/fib.h"
#include "dp/table/neigh.h"
#include "dp/table/spd.h"

struct view {
	struct retired retired;
	struct fib *own; // addresses of ours; dest.port is the one that has it
	struct fib *routes;
	struct spd *spd;
	struct neigh_set *neighs;
	struct addr source[DP_PORTS][2]; // an address of each port, IPv4 and IPv6, or ADDR_NONE
};

void view_free(struct retired *retired);
