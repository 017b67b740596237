// What decides where a packet goes: own addresses, neighbours, routes, policies, known IKE SPIs.
// Included by dp/dp.h, whose rules of threads and commit hold here.
//
// All calls are absolute ("this is so"), hence may be repeated. They return 0 or -ENOMEM, and
// -EINVAL for a port that does not exist or addresses of different families.
#pragma once

#include "dp/dp.h"

// An address of ours on a port: outside, IKE and ESP are taken there; what else is addressed to it
// goes to the kernel's mirror of the port where it arrived. It makes no route.
[[nodiscard]] int dp_addr_set(struct dp *dp, unsigned int port, const struct addr *addr, bool on);

// A neighbour's MAC; mac NULL: it is gone. Takes effect at once when the neighbour is in use.
[[nodiscard]] int dp_neigh_set(
	struct dp *dp, unsigned int port, const struct addr *addr, const uint8_t *mac);

enum dp_next_type {
	DP_NEXT_PORT,	// in clear through a port; outside only with a bypass policy
	DP_NEXT_CONN,	// through whichever tunnel of the connection is active
	DP_NEXT_TUNNEL, // through this tunnel (its own 169.254.x.y/30)
	DP_NEXT_HOST,	// to the TUN device of this tunnel: its inside address
	DP_NEXT_DROP,	// nowhere: verdict blackhole
};

struct dp_next {
	enum dp_next_type type;
	unsigned int port;
	struct addr gateway; // ADDR_NONE: on link
	struct dp_conn *conn;
	struct dp_tunnel *tunnel;
};

// The route of a prefix; longest match wins. dp_route_del of what is not there is fine.
[[nodiscard]] int dp_route_set(struct dp *dp, const struct cidr *dst, const struct dp_next *next);
void dp_route_del(struct dp *dp, const struct cidr *dst);

enum dp_action { DP_PROTECT, DP_BYPASS, DP_DISCARD };

// RFC 4301 s4.4.1: the first that matches in order of priority (low first) decides, before routes.
// local and remote by the packet that leaves; a bypass also admits clear packets from outside with
// the two sides swapped.
struct dp_policy {
	char name[DP_NAME];
	uint32_t priority;
	struct selector local, remote;
	enum dp_action action;
	struct dp_conn *conn; // DP_PROTECT
};

// The whole set; replaces the one before.
[[nodiscard]] int dp_policies_set(struct dp *dp, const struct dp_policy *policy, unsigned int n);

// The SPI that is ours of an IKE SA (initiator's or responder's): its messages are punted before
// those of strangers. Takes effect at once. -ENOSPC: more than conf.ike_sas.
[[nodiscard]] int dp_ike_spi_set(struct dp *dp, uint64_t spi, bool on);

// Publish all changes of tables since the last commit. Nothing changed: costs nothing.
// returns 0 or -ENOMEM (workers keep the old picture, changes stay collected)
[[nodiscard]] int dp_commit(struct dp *dp);

// For display: each policy as set, committed or not, in the order given.
void dp_policies(struct dp *dp, void (*fn)(void *ctx, const struct dp_policy *policy), void *ctx);
