// The contract of a route source: what the kernel knows of addresses, neighbours and routes, as
// events.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/addr.h"

enum route_event_type {
	ROUTE_ADDR,  // an address of a device of ours
	ROUTE_NEIGH, // address -> MAC on a device
	ROUTE_ROUTE, // a route of the main table
	ROUTE_OWN,   // the same with our own protocol number: of route_set, or a leftover
	// A device came, went or changed: gone means that it is not there or set down. The kernel
	// forgets the routes of a device that is gone without a word, and so must the reader. A
	// lost carrier is an event, but not gone.
	ROUTE_LINK,
	ROUTE_SYNCED, // the dump is complete: what it has not named does not exist any more
};

// A route is known by prefix and metric: a later event of the same two replaces it.
struct route_event {
	enum route_event_type type;
	bool gone; // deleted, failed or down
	unsigned int ifindex;
	struct cidr
		prefix; // ROUTE_ADDR: address with its prefix length (host bits kept); ROUTE_ROUTE
	struct addr gateway; // ROUTE_ROUTE: ADDR_NONE when on link
	struct addr neigh;   // ROUTE_NEIGH
	uint8_t mac[6];	     // ROUTE_NEIGH
	uint32_t metric;     // ROUTE_ROUTE
	uint8_t protocol;    // ROUTE_ROUTE: who installed it (rtm_protocol)
};

struct route_source; // the driver's own

// All on the control core.
struct route_driver {
	const char *name;

	int (*open)(struct route_source **source, struct why *why);
	void (*close)(struct route_source *source);
	int (*fd)(struct route_source *source);
	// Ask for everything; the answers come as events like later changes, then ROUTE_SYNCED.
	// After an overrun (read gives -ENOBUFS) ask again; and after ROUTE_ADDR gone, because the
	// kernel drops routes that had it as source without a word.
	int (*dump)(struct route_source *source);
	// Read what is there and call back for each event. returns 0, -ENOBUFS (events lost) or
	// -errno
	int (*read)(struct route_source *source,
		void (*event)(void *ctx, const struct route_event *event), void *ctx);
	// Make the kernel resolve a neighbour (RFC 826, 4861); the answer comes as ROUTE_NEIGH.
	int (*resolve)(struct route_source *source, unsigned int ifindex, const struct addr *addr);
	// Give a device an address (host bits kept), or take it; and routes with our own protocol
	// number. What is already so is no failure.
	int (*addr_set)(struct route_source *source, unsigned int ifindex, const struct cidr *addr,
		bool on);
	int (*route_set)(struct route_source *source, const struct cidr *dst, unsigned int ifindex,
		const struct addr *gateway, bool on);
};
