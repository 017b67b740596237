// The control core's end of the rings from workers: what dp_poll delivers.
#pragma once

#include "dp/core.h"

// Queue an event for the next dp_poll. returns false when too many wait.
bool uplink_event(struct dp *dp, const struct dp_event *event);
// Drop queued events about something that is going.
void uplink_forget(struct dp *dp, const struct dp_child *child);
void uplink_forget_tunnel(struct dp *dp, const struct dp_tunnel *tunnel);
