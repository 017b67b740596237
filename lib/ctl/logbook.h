// What happened, in the log and for those who wait: every event of the negotiator, once, in words.
#pragma once

#include "ctl/core.h"

// An event of the negotiator: logged, and told to the tunnel's waiters.
void logbook_ike(struct ctl *ctl, const struct ike_act_event *event);

// Wait for a tunnel's events, until logbook_unwait.
void logbook_wait(struct tunnel *tunnel, struct waiter *waiter);
void logbook_unwait(struct tunnel *tunnel, struct waiter *waiter);
// The tunnel is being removed: tell those who wait.
void logbook_gone(struct tunnel *tunnel);
