// Longest-prefix match of either family: the address space cut into ranges, found by bisection.
//
// Built once from the whole route list, never changed. The flow cache stands before it, so that
// what counts is a small table that any number of workers shares, not the last nanosecond.
#pragma once

#include "dp/table.h"

struct neigh;

// A route's end as workers see it.
struct dest {
	uint8_t type; // enum dp_next_type
	uint8_t port;
	struct neigh *gateway; // NULL: on link
	struct dp_conn *conn;
	struct dp_tunnel *tunnel;
};

struct fib_route {
	struct cidr dst;
	struct dest dest;
};

struct fib;

// Routes of different prefixes, sorted in place. returns NULL without memory. Control core.
struct fib *fib_new(struct fib_route *route, unsigned int n);
// Views share a table that has not changed: each has a reference, fib_new gives the first.
struct fib *fib_get(struct fib *fib);
void fib_put(struct fib *fib); // NULL is fine

// The longest match; NULL: none. Any worker.
const struct dest *fib_find(const struct fib *fib, const struct addr *addr);
