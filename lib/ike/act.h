// Appending to a step's actions; for files within lib/ike alone.
#pragma once

#include "ike/core.h"

// A datagram, with the marker of RFC 3948 in front when it leaves from port 4500.
void ike_act_send(struct ike *ike, const struct endpoint *local, const struct endpoint *remote,
	const uint8_t *data, size_t len);
void ike_act_keepalive(struct ike_sa *sa);

// An action about a child with its ids, addresses and SPIs; the caller adds the rest.
struct ike_act_child *ike_act_child(enum ike_act_type type, const struct ike_child *child);

// Hand out a job for sa. returns 0 or -ENOMEM.
[[nodiscard]] int ike_act_job(struct ike_sa *sa, struct ike_job *job);

// why: NULL: nothing to tell.
void ike_act_event(enum ike_event event, const struct ike_sa *sa, const struct ike_child *child,
	const struct why *why);

// Report that a negotiation failed, and remember it as the tunnel's last failure.
//
// tunnel  NULL: not known
// sa      NULL: none was made; such events are raised once a second at most
// child   the IKE SA stands, a child was refused
// why     its code is an enum ike_reason; none is IKE_REASON_NEGOTIATION_FAILED
void ike_act_refused(struct ike *ike, struct ike_tunnel *tunnel, const struct ike_sa *sa,
	const struct endpoint *local, const struct endpoint *remote, bool child,
	const struct why *why);

// Report what does not fail a negotiation, but is worth knowing; remembered in the same way.
//
// tunnel  whose it is; NULL: not known
// proven  only who knows the keys can have caused it; else it is reported once a second at most
void ike_act_noted(
	const struct ike_sa *sa, struct ike_tunnel *tunnel, bool proven, const struct why *why);

// Report that the peer deleted what nothing replaces: an IKE SA, or (child) one of its children.
void ike_act_closed(const struct ike_sa *sa, struct ike_tunnel *tunnel, bool child);

// A line for the logbook, to be filled.
struct ike_act_step *ike_act_step(struct ike *ike);

// Forget what an action holds.
void ike_act_fini(struct ike_act *act);
