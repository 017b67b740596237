// New objects of shell and API: appended to a candidate with an id and the defaults of who asks.
#pragma once

#include "base/rng.h"
#include "model/model.h"

enum make_for { MAKE_FOR_SHELL, MAKE_FOR_API };

struct make {
	const struct rng *ids;	// may be public
	const struct rng *keys; // must not
	uint64_t now_ms;	// since 1970
	enum make_for who;	// the API's IKE version is ikev1 when it says none (D-3)
};

// name: NULL: a random id. return the new element, good until the list grows again; NULL: no memory
// (m as before).
struct model_vpn_gateway *make_vpn_gateway(
	struct model *m, const struct make *make, const char *name);
struct model_customer_gateway *make_customer_gateway(
	struct model *m, const struct make *make, const char *name);

// With as many tunnels as connections of that gateway have; the gateway may be another model's.
struct model_connection *make_connection(struct model *m, const struct make *make, const char *name,
	const struct model_vpn_gateway *gateway);

// Add tunnels until there are n. They negotiate when traffic wants to pass (EffectImmediately is
// false), and have no keys yet.
//
// returns 0 or -ENOMEM
[[nodiscard]] int make_tunnels(
	struct model_connection *connection, const struct make *make, size_t n);

// Give each tunnel that has no pre-shared key a random one of MAKE_KEY characters.
//
// returns 0 or -ENOMEM
enum { MAKE_KEY = 16 };
[[nodiscard]] int make_keys(struct model_connection *connection, const struct rng *keys);
