// What strongSwan's two languages and libreswan's have in common.
#pragma once

#include "peerconf/vendor.h"

enum {
	SWAN_PROPOSAL = 128,
	SWAN_ID = 2 * IKE_ID_TEXT,
};

// How packets find their tunnel on Linux.
enum swan_way {
	SWAN_POLICY, // by the selectors alone
	SWAN_XFRM,   // by a route to an interface that the operator makes
	SWAN_ROUTES, // by a route to one that is there already
};

extern vendor_names swan_names;

// Two tunnels with the same selectors, or selectors of everything, need an interface each.
static inline bool swan_has_interfaces(const struct peerconf *p)
{
	return p->tunnels > 1 || p->any;
}

// Tunnels of the same identities: each is then taken for the other's successor, unless that is off.
static inline bool swan_has_twins(const struct peerconf *p)
{
	return p->tunnels > 1 && ike_id_eq(&p->tunnel[0].local_id, &p->tunnel[1].local_id) &&
	       ike_id_eq(&p->tunnel[0].remote_id, &p->tunnel[1].remote_id);
}

static inline uint32_t swan_part(uint32_t whole, uint32_t percent)
{
	return (uint32_t)((uint64_t)whole * percent / 100);
}

char *swan_ike(
	const struct pen *pen, const struct peerconf_tunnel *t, char dst[static SWAN_PROPOSAL]);
char *swan_esp(
	const struct pen *pen, const struct peerconf_tunnel *t, char dst[static SWAN_PROPOSAL]);
// With its type, so that nothing is guessed.
char *swan_id(const struct ike_id *id, char dst[static SWAN_ID]);
// What the gateway's settings must be for this daemon to tell its tunnels apart.
void swan_say_twins(struct pen *pen, const struct peerconf *p);
// What else is to be done on the machine, as comments: interfaces, routes, segment size, BGP.
void swan_interfaces(struct pen *pen, const struct peerconf *p, enum swan_way way);
