// All routes that were ever told, by whom; and of each prefix the one that counts.
//
// The dataplane's table holds winners only. Here are the others too, so that a route withdrawn by
// one source gives way to the next best.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"

// Lower wins.
enum rib_source {
	RIB_CONFIG,    // a route of the configuration
	RIB_CONNECTED, // a port's own network
	RIB_GATEWAY,   // a destination route of a VPN gateway
	RIB_KERNEL,    // the kernel's main table
	RIB_SOURCES,
};

enum rib_kind {
	RIB_CONNECTION, // into a connection: id
	RIB_GROUP,	// into what a group says: id
	RIB_PORT,	// out of a port: id, gateway (family ADDR_NONE: on link)
	RIB_DISCARD,
};

struct rib_hop {
	enum rib_kind kind;
	uint32_t id;
	struct addr gateway;
};

struct rib_route {
	struct cidr prefix;
	enum rib_source source;
	uint32_t metric; // among routes of one source, lower wins
	struct rib_hop hop;
	bool best;
	bool withheld; // its connection is not to be used: it cannot be the best
};

struct rib;

// best is called whenever the winner of a prefix changes; hop NULL: there is none any more.
[[nodiscard]] int rib_new(
	void (*best)(void *ctx, const struct cidr *prefix, const struct rib_hop *hop), void *ctx,
	struct rib **rib);
void rib_free(struct rib *rib); // without calling best

// A route; replaces the one of the same source, prefix and metric. returns 0 or -ENOMEM.
[[nodiscard]] int rib_set(struct rib *rib, enum rib_source source, const struct cidr *prefix,
	uint32_t metric, const struct rib_hop *hop);
// returns 0 or -ENOENT
int rib_del(struct rib *rib, enum rib_source source, const struct cidr *prefix, uint32_t metric);

// A source tells everything again: between mark and sweep what it does not set is removed at sweep.
void rib_mark(struct rib *rib, enum rib_source source);
void rib_sweep(struct rib *rib, enum rib_source source);
// Remove the routes out of one port (its device has gone), of one source.
void rib_del_port(struct rib *rib, enum rib_source source, uint32_t port);

// The routes into a connection, of whatever source, cannot win until they are released; those set
// later can.
void rib_withhold(struct rib *rib, uint32_t connection, bool on);

// The winner for an address (longest prefix); NULL when there is none. For the control core's own
// questions: a linear search.
const struct rib_hop *rib_find(const struct rib *rib, const struct addr *addr);

void rib_each(
	const struct rib *rib, void (*each)(void *ctx, const struct rib_route *route), void *ctx);
const char *rib_source_name(enum rib_source source); // "config", "connected", ...
