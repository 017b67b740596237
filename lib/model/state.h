// What shell and API have made, as it is kept on disk: a model without the machine (system, ports),
// in the form of the operator's file, with a few words about itself.
#pragma once

#include "model/model.h"

enum { STATE_VERSION = 1, STATE_WINDOW_S = 86400 };

struct state_head {
	uint32_t version; // STATE_VERSION; another form of the file has another one
	uint64_t serial;  // counts the accepted changes
	uint64_t saved_ms;
	uint64_t revert_at_ms; // 0: nothing waits to be committed
	uint32_t window_s;
};

struct state {
	struct model model; // system and ports mean nothing
	struct state_head head;
};

// Nothing has been made yet. returns 0 or -ENOMEM (s can be freed).
[[nodiscard]] int state_init(struct state *s);
void state_fini(struct state *s); // s is then zero and may be freed again
// A deep copy. returns 0 or -ENOMEM (dst can be freed).
[[nodiscard]] int state_copy(struct state *dst, const struct state *src);
