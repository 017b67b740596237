// The frame of every call that changes the negotiator; for files within lib/ike alone.
#pragma once

#include "ike/core.h"

void ike_step_begin(struct ike *ike, mono_us_t now, struct ike_out *out);
// Run what is due, free what died, set the deadline. returns 0 or -ENOMEM.
[[nodiscard]] int ike_step_end(struct ike *ike);

// Forget a tunnel; its SAs say goodbye on their own (conf.c).
void ike_tunnel_free(struct ike_tunnel *tunnel);
