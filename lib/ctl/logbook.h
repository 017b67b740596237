// What happened, in the log and for those who wait: every event of the negotiator, once, in words.
#pragma once

#include "ctl/core.h"

// Where the logbooks' files are. Before root is given up: only then a directory can be made
// anywhere.
void logbook_set(struct ctl *ctl, const struct model *model);

// One more line of a tunnel's logbook, in memory and in its file. No secrets.
void logbook_add(struct ctl *ctl, struct tunnel *tunnel, const char *text);

// Whether one more line of such a kind may be written: ten a minute. What was left out is told when
// the next minute begins with another line, about: "ike stranger"
bool logbook_may(struct line_limit *limit, const char *about);

// An event of the negotiator: logged, and told to the tunnel's waiters.
void logbook_ike(struct ctl *ctl, const struct ike_act_event *event);

// How far the tunnel is, in the words of the HTTP API: ike_sa_not_established (phase 1 failed or
// was not begun), ike_sa_established, ipsec_sa_not_established (phase 2 failed),
// ipsec_sa_established.
const char *logbook_status(const struct tunnel *tunnel, const struct ike_tunnel_view *view);

// Milliseconds since 1970.
int64_t logbook_wall_ms(void);

// Wait for a tunnel's events, until logbook_unwait.
void logbook_wait(struct tunnel *tunnel, struct waiter *waiter);
void logbook_unwait(struct tunnel *tunnel, struct waiter *waiter);
// The tunnel is being removed: tell those who wait.
void logbook_gone(struct tunnel *tunnel);
