// One tunnel's configuration with every name resolved: what the negotiator and the dataplane are
// told. Pure: from models to plain structs.
#pragma once

#include "ctl/core.h"
#include "model/directory.h"
#include "model/model.h"

struct setting {
	struct gateway gateway;
	struct ike_conf ike;
	// Those of ike: one of all networks of the connection, or one of each pair of them.
	struct ike_child_conf child[IKE_CHILDREN];
	struct child_rules rules;
	bool trap, clamp_mss;
	struct model_probe probe;
	const char *peer_name;
	struct addr peer; // family ADDR_NONE: any
	struct selector local[MODEL_NETWORKS], remote[MODEL_NETWORKS];
};

// Resolve one tunnel of a checked model. s points into the model and into itself: it must not move,
// nor outlive the model.
//
// dir   of the model
// id    of the tunnel in the negotiator
// port  the dataplane's number of a port name; returns -1 when there is no such port
// returns 0 or -EINVAL with why
[[nodiscard]] int setting_make(const struct directory *dir, const struct model_connection *conn,
	const struct model_tunnel *tunnel, uint32_t id, int (*port)(void *ctx, const char *name),
	void *ctx, struct setting *s, struct why *why);

// Whether two settings of one tunnel mean the same.
bool setting_eq(const struct setting *a, const struct setting *b);
bool setting_rules_eq(const struct child_rules *a, const struct child_rules *b);

// A gateway address resolved. returns 0 or -EINVAL with why
[[nodiscard]] int setting_gateway(const struct model_gateway_address *address,
	int (*port)(void *ctx, const char *name), void *ctx, struct gateway *g, struct why *why);
