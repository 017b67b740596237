// Are you there (RFC 3706), HASH before NOTIFY.
#pragma once

#include "ike/v1/msg.h"
#include "ike/v1/sa.h"

// Whether the peer can be asked now.
bool v1_may_ask(const struct ike_sa *sa);

void v1_dpd_ask(struct ike_sa *sa);
// R-U-THERE or its answer; it came authentic.
void v1_dpd_take(struct ike_sa *sa, const struct v1_notify *notify);

// When to ask again or give up (0: never); do it. The SA may die of it.
mono_us_t v1_dpd_at(const struct ike_sa *sa);
void v1_dpd_due(struct ike_sa *sa);
