// Quick modes that come to nothing, and why.
#pragma once

#include "base/err.h"
#include "ike/v1/msg.h"
#include "ike/v1/sa.h"

// The networks differ: ours and the peer's, as seen from us.
void v1_refuse_networks(const struct ike_child_conf *conf, const struct selector *local,
	const struct selector *remote, struct why *why);

// One of ours is over: tell, try again later. It is freed later.
void v1_quick_failed(struct ike_sa *sa, struct v1_quick *quick, const struct why *why);
// Nothing came, however often it was asked. The SA may die of it.
void v1_quick_silent(struct ike_sa *sa, struct v1_quick *quick);
