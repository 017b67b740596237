// The routes of VPN gateways as they come to be in force: those of the model, and the policy routes
// that connections make by themselves. Pure: derived from the model whenever it is asked
// for, and never stored.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

enum {
	GWROUTE_AUTO_PRIORITY = 10, // of what a connection makes by itself (D-5)
	GWROUTE_AUTO_WEIGHT = MODEL_WEIGHT_ACTIVE,
};

// Routes of one place (destination; or priority, source and destination) stand together, in the
// order of the list: a bundle, of whose connections some carry the traffic.
struct gwroute {
	bool first; // of its bundle
	bool is_policy;
	bool automatic;
	struct cidr source; // of a policy route
	struct cidr destination;
	uint32_t priority; // of a policy route
	uint32_t weight;
	bool published;
	uint64_t created_ms;
	// In the model
	const struct model_connection *connection;
	const char *gateway;
	const char *description;
	bool ecmp; // of the gateway
};

struct gwroutes {
	struct gwroute *v;
	size_t n;
};

// Policy routes first, by priority, then in the order of installation: what is configured before
// what is made by itself, each as listed. Then destination routes by prefix. A policy route of the
// configuration stands in the place of the one that its connection would make for the same source
// and destination.
//
// returns 0 or -ENOMEM (nothing to free)
[[nodiscard]] int gwroutes_init(struct gwroutes *routes, const struct model *m);
void gwroutes_fini(struct gwroutes *routes);
// Where the next bundle begins.
size_t gwroutes_next(const struct gwroutes *routes, size_t at);
// Whether all of a bundle's gateways spread flows over routes of weight 100.
bool gwroutes_ecmp(const struct gwroute *bundle, size_t n);

// One of a bundle's connections.
struct gwroute_standing {
	uint32_t weight;
	bool usable;  // a tunnel of it can carry traffic
	bool revoked; // its health check has failed, and its routes are withdrawn
};

// Who carries the traffic: those of weight 100 that are usable, else those of weight 0 that are,
// else those of weight 100; of these the first, or with ecmp all. Never one that is revoked.
//
// chosen  n places: indexes, ascending
// returns how many; 0: none may
size_t gwroute_choose(
	const struct gwroute_standing *standing, size_t n, bool ecmp, size_t chosen[]);
