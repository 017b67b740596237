// One side's share of a key exchange by bare OpenSSL: a key pair and a shared secret, by the
// fastest calls that it has for the group. What a handshake costs cannot be less.
#pragma once

#include "alg/alg.h"

struct ike_bare;

// Fetches and prepares what can be kept. NULL: OpenSSL does not have the group.
struct ike_bare *ike_bare_new(const struct alg *group);
void ike_bare_free(struct ike_bare *bare); // NULL is fine

// One key pair, and one secret with a peer's value. returns whether it worked.
bool ike_bare_run(struct ike_bare *bare);
