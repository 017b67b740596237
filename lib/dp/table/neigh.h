// Neighbours: the MAC address of a next hop on a port.
//
// A neighbour stays the same object while anything points at it, so that routes and tunnels keep a
// pointer and a changed MAC is one store. The set is a hash made anew by dp_commit, for on-link
// destinations.
#pragma once

#include <sys/queue.h>

#include "dp/reclaim.h"
#include "dp/table.h"

enum { NEIGH_KNOWN_BYTE = 6 }; // of the word below

struct neigh {
	struct retired retired;
	// Bytes 0..5 the MAC, byte NEIGH_KNOWN_BYTE 1; 0: not known. writer: control core
	_Alignas(8) uint64_t mac;
	uint8_t port;
	// A worker has asked for it. writer: workers set, control core clears (a hint)
	uint8_t asked;
	struct addr addr;

	unsigned int refs; // control core's: routes, tunnels, and 1 while the MAC is known
	TAILQ_ENTRY(neigh) entry;
	uint8_t *held; // an IP packet of our own that waits for the MAC, with a reference
	size_t held_len;
};

TAILQ_HEAD(neigh_list, neigh);

struct neigh_set {
	uint32_t mask;
	struct neigh *slot[];
};

// The neighbour of a port, made when it is not there, with one reference more. NULL without memory.
struct neigh *neigh_get(struct neigh_list *list, unsigned int port, const struct addr *addr);
// One reference less; returns true when it was the last: taken off the list, to be retired.
[[nodiscard]] bool neigh_put(struct neigh_list *list, struct neigh *neigh);
struct neigh *neigh_lookup(
	const struct neigh_list *list, unsigned int port, const struct addr *addr);
void neigh_mac_set(struct neigh *neigh, const uint8_t *mac); // NULL: not known
void neigh_free(struct retired *retired);

struct neigh_set *neigh_set_new(const struct neigh_list *list);
void neigh_set_free(struct neigh_set *set);

// Any worker.
struct neigh *neigh_find(const struct neigh_set *set, unsigned int port, const struct addr *addr);
static inline uint64_t neigh_mac(const struct neigh *neigh)
{
	return __atomic_load_n(&neigh->mac, __ATOMIC_RELAXED);
}
