// Runs the negotiator: hands it datagrams, commands and time, carries out what it answers.
#pragma once

#include "ctl/core.h"

// helpers: threads for slow arithmetic; 0: it is done within the step. returns 0 or -ENOMEM
[[nodiscard]] int ikerun_start(struct ctl *ctl, unsigned int helpers);
void ikerun_stop(struct ctl *ctl);

// A command or hint; in->now is set here. Its actions are carried out before returning, but for
// calls from within an action and between hold and release: then afterwards, in order.
// returns 0 or as ike_step
int ikerun_input(struct ctl *ctl, struct ike_in *in);
void ikerun_hold(struct ctl *ctl);
void ikerun_release(struct ctl *ctl);

// A message that came in on a port; as struct dp_sink's ike.
void ikerun_datagram(struct ctl *ctl, unsigned int port, const struct endpoint *local,
	const struct endpoint *remote, bool marker, const uint8_t *msg, size_t len);

// Configure or forget a tunnel. returns as ike_conf_set and ike_conf_del
[[nodiscard]] int ikerun_conf_set(struct ctl *ctl, const struct ike_conf *conf, struct why *why);
[[nodiscard]] int ikerun_conf_del(struct ctl *ctl, uint32_t tunnel);

// Whether it is closed because somebody asked for that (IKE_IN_TERMINATE).
bool ikerun_closed(const struct ctl *ctl, const struct tunnel *tunnel);

// Every few seconds: let the dataplane know the IKE SPIs that are really there.
void ikerun_sync(struct ctl *ctl);

const struct ike *ikerun_ike(const struct ctl *ctl); // for views
