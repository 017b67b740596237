// Two rekeys of one thing at the same time: of the four nonces, the lowest loses (RFC 7296 s2.8.1).
#pragma once

#include "ike/core.h"

// Remember the nonces of the peer's exchange. NULL: no memory.
struct ike_rival *v2_rival_new(struct rd nonce_i, struct rd nonce_r);

// Whether what the peer made stays, given the nonces of our exchange.
bool v2_rival_wins(const struct ike_rival *rival, struct rd nonce_i, struct rd nonce_r);
