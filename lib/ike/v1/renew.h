// Several IKE SAs with one peer: after a renewal, or when both sides began (RFC 2408 s5, nothing
// says how). The children belong to the tunnel: whichever SA is the youngest holds them.
#pragma once

#include "ike/v1/sa.h"

// One has just come up. contact: the peer says that it knows no other.
void v1_renew_settle(struct ike_sa *sa, bool contact);

// The peer ended it, or its time is over: another one that is up takes its children, or they wait.
void v1_renew_ended(struct ike_sa *sa);
