// Reauthentication, make before break (RFC 7296 s2.8.3, RFC 4478): a new IKE SA with IKE_AUTH takes
// over the children, one by one; then the old one is emptied and closed. The side that began the
// IKE SA does it; the other one may say when it wants it (AUTH_LIFETIME).
//
//  old  up ──────────────────────────────► leaving: D(child) ... ► closing: D(IKE) ► gone
//  new       IKE_SA_INIT, IKE_AUTH + child, CREATE_CHILD_SA ... ┘
#pragma once

#include "ike/core.h"
#include "ike/payload.h"

// Begin one in place of sa; after a failure, or if something is in the way, again in a while.
void v2_reauth_begin(struct ike_sa *sa);

// The SA that this one is to replace; NULL: none, or it has gone meanwhile.
struct ike_sa *v2_reauth_old(const struct ike_sa *sa);

// Bits of the children that it has yet to take over.
uint32_t v2_reauth_missing(const struct ike_sa *sa);

// Something has changed: leave the old SAs of which nothing is missing any more.
void v2_reauth_look(struct ike_tunnel *tunnel);

// AUTH_LIFETIME, from the peer and to it.
void v2_reauth_heard(struct ike_sa *sa, const struct ike_msg *msg);
void v2_reauth_tell(const struct ike_sa *sa, struct ike_chain *chain);
