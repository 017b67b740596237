// IKE_AUTH (RFC 7296 s1.2, s2.15) with pre-shared keys, and its first child.
#pragma once

#include "ike/v2/exchange.h"

int v2_auth_build(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
void v2_auth_respond(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
void v2_auth_accept(struct ike_sa *sa, const struct ike_msg *msg);
