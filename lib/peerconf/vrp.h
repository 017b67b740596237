// What Huawei's and H3C's languages have in common.
#pragma once

#include "peerconf/vendor.h"

// Rules of an access list, one per pair of networks.
void vrp_pairs(struct pen *pen, const struct peerconf *p);
// What a policy on the outside interface cannot do.
void vrp_say_policy(struct pen *pen, const struct peerconf *p);
// Static routes by tunnel i, whose interface is before and its number; none with BGP.
void vrp_routes(struct pen *pen, const struct peerconf *p, size_t i, const char *before);
void vrp_bgp(struct pen *pen, const struct peerconf *p);
