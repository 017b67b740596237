// Negotiations that we begin follow each other: thousands of tunnels that are to come up at once
// neither flood the way out nor keep what others say from being heard.
#pragma once

#include "ike/core.h"

// Whether a tunnel may begin now; what the operator or a packet asked for does not wait. Else its
// turn is at tunnel->turn_at.
bool ike_pace_may(struct ike_tunnel *tunnel);

// It no longer waits for its turn.
void ike_pace_leave(struct ike_tunnel *tunnel);
