// What Cisco's two languages have in common.
#pragma once

#include "peerconf/vendor.h"

// "10.1.0.0 255.255.0.0"
enum { CISCO_NET = 2 * ADDR_TEXT + 1 };

char *cisco_net(const struct cidr *net, char dst[static CISCO_NET]);
// Entries of an access list, one per pair of networks. masks: vendor_mask or vendor_wildcard.
void cisco_pairs(struct pen *pen, const struct peerconf *p, const char *before,
	char *(*mask)(const struct cidr *net, char dst[static ADDR_TEXT]));
void cisco_bgp(struct pen *pen, const struct peerconf *p);
