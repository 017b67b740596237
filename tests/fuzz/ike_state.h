// Endpoints and IKE SAs in a chosen state, made by hand: fast, and the same for the same input.
// Shared by the IKE fuzz targets and by the generator of their corpora.
#pragma once

#include "ike/core.h"
#include "sim/conf.h"

// One endpoint, 192.0.2.1 or (right) 192.0.2.2, with tunnel 1 to the other one.
struct fuzz_end {
	struct ike *ike;
	struct ike_out out;
	struct sim_conf conf; // its pointers lead into a copy that all ends of this side share
	uint64_t rng;
	mono_us_t now;
};

// first: it begins by itself. careful: it demands cookies while one exchange is half-open.
void fuzz_end_init(struct fuzz_end *end, bool right, bool first, bool careful);
void fuzz_end_fini(struct fuzz_end *end);

// Every call of the negotiator from outside is framed by these.
void fuzz_begin(struct fuzz_end *end);
void fuzz_end_step(struct fuzz_end *end); // drops the actions

enum fuzz_state {
	FUZZ_UP,		// waits for requests
	FUZZ_PROVING_RESPONDER, // waits for IKE_AUTH
	FUZZ_PROVING_INITIATOR, // waits for the answer to its IKE_AUTH
	FUZZ_NEW_CHILD,		// waits for the answer to its CREATE_CHILD_SA
	FUZZ_REKEY_CHILD,
	FUZZ_REKEY_IKE,
	FUZZ_DELETE_CHILD,
	FUZZ_ALIVE,
	FUZZ_CLOSING,
	FUZZ_STATES,
};

// An SA in a state, with keys and (once up) an installed child. The two ends of one state mirror
// each other if one is right and the other is not.
struct ike_sa *fuzz_sa(struct fuzz_end *end, bool right, enum fuzz_state state);
