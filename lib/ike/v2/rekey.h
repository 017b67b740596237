// CREATE_CHILD_SA that renews the IKE SA itself (RFC 7296 s1.3.2, s2.8, s2.18).
#pragma once

#include "ike/v2/exchange.h"

bool v2_rekey_is(const struct ike_msg *msg);
int v2_rekey_build(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
void v2_rekey_respond(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_rekey_accept(struct ike_sa *sa, const struct ike_msg *msg);

// The peer goes on with the SA that it made while our own rekey of sa is under way: ours is over.
void v2_rekey_yield(struct ike_sa *sa);
