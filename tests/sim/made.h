// Endpoints and IKE SAs in a chosen state, made by hand: fast, and the same for the same input.
// Shared by the exchange tests, the IKE fuzz targets and the generator of their corpora.
#pragma once

#include "ike/core.h"
#include "sim/conf.h"

// One endpoint, 192.0.2.1 or (right) 192.0.2.2, with tunnel 1 to the other one.
struct made {
	struct ike *ike;
	struct ike_out out;
	struct sim_conf conf; // its pointers lead into a copy that all ends of this side share
	uint64_t rng;
	mono_us_t now;
};

// first: it begins by itself. careful: it demands cookies while one exchange is half-open.
void made_init(struct made *end, bool right, bool first, bool careful);
void made_fini(struct made *end);

// Every call of the negotiator from outside is framed by these.
void made_begin(struct made *end);
void made_finish(struct made *end); // drops the actions

enum made_state {
	MADE_UP,		// waits for requests
	MADE_PROVING_RESPONDER, // waits for IKE_AUTH
	MADE_PROVING_INITIATOR, // waits for the answer to its IKE_AUTH
	MADE_NEW_CHILD,		// waits for the answer to its CREATE_CHILD_SA
	MADE_REKEY_CHILD,
	MADE_REKEY_IKE,
	MADE_DELETE_CHILD,
	MADE_ALIVE,
	MADE_CLOSING,
	MADE_STATES,
};

// An SA in a state, with keys and (once up) an installed child. The two ends of one state mirror
// each other if one is right and the other is not.
struct ike_sa *made_sa(struct made *end, bool right, enum made_state state);
