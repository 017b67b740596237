// Neighbours: the kernel finds their MACs, the dataplane uses them, this is in between.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mono.h"
#include "net/addr.h"

struct neighs;

struct neigh_ops {
	// Ask the kernel to find (or check) a neighbour.
	void (*resolve)(void *ctx, unsigned int port, const struct addr *addr);
	// The MAC has changed; NULL: gone.
	void (*set)(void *ctx, unsigned int port, const struct addr *addr, const uint8_t *mac);
	void *ctx;
};

[[nodiscard]] int neighs_new(const struct neigh_ops *ops, struct neighs **neighs); // -ENOMEM
void neighs_free(struct neighs *neighs);

// The dataplane needs it now: asks the kernel, once a second at most.
void neigh_want(struct neighs *neighs, unsigned int port, const struct addr *addr, mono_us_t now);
// The kernel says so; mac NULL: it is unreachable or forgotten.
void neigh_heard(struct neighs *neighs, unsigned int port, const struct addr *addr,
	const uint8_t *mac, mono_us_t now);
// Every second: have wanted neighbours checked now and then. The kernel sees none of the
// dataplane's traffic, so it would never notice by itself that one has another MAC.
void neigh_tick(struct neighs *neighs, mono_us_t now);
// The port's link is back: ask at once for those that are wanted.
void neigh_again(struct neighs *neighs, unsigned int port, mono_us_t now);
// The port's device has gone, and what the kernel knew with it.
void neigh_forget(struct neighs *neighs, unsigned int port);

// "reachable", "unresolved": for display.
struct neigh_view {
	unsigned int port;
	struct addr addr;
	bool known, wanted;
	uint8_t mac[6];
	mono_us_t since; // of known or not
};
void neigh_each(const struct neighs *neighs, void (*each)(void *ctx, const struct neigh_view *view),
	void *ctx);
