// The configuration of the device at the other end, as text for it: what a connection says,
// seen from there, in the words of a vendor.
//
// Pure: from a checked model to text. The text holds the pre-shared keys.
#pragma once

#include <stdio.h>
#include <jansson.h>

#include "alg/proposal.h"
#include "model/model.h"
#include "net/ike_id.h"

enum { PEERCONF_NAME = 12 }; // bytes of the name that the device's objects begin with

// One tunnel as the device sees it: local is the device, remote is the gateway.
struct peerconf_tunnel {
	const char *id;		   // its name at the gateway
	struct addr local, remote; // local of family ADDR_NONE: the gateway does not know it
	struct ike_id local_id;	   // IKE_ID_ANY: the gateway takes any, and knows no address
	struct ike_id remote_id;
	const struct secret *psk;
	bool v1, aggressive;
	// What the gateway takes, most wanted first. A device is given one suite of each.
	const struct proposal *ike_list, *esp_list;
	size_t ike_count, esp_count;
	struct suite ike, esp;
	uint32_t ike_life_s, esp_life_s; // never 0
	bool dpd;
	uint32_t dpd_delay_s, dpd_timeout_s;
	bool nat_traversal, child_per_pair;
	bool begins;	   // the device does: the gateway will not, or cannot
	uint32_t mtu, mss; // of packets inside
	// With peerconf.bgp.
	uint32_t local_asn, remote_asn;
	struct addr local_bgp, remote_bgp;
	struct cidr bgp_net;
	const struct secret *bgp_secret; // may be empty
};

// What must be said, resolved and mirrored. Points into the model, and must not outlive it.
struct peerconf {
	const char *connection;
	char name[PEERCONF_NAME]; // letters, digits and '-', for objects of the device
	unsigned int number;	  // of its tunnel interfaces: one or two more than this
	struct peerconf_tunnel tunnel[MODEL_TUNNELS];
	size_t tunnels;
	const struct cidr *local, *remote; // what the selectors protect
	size_t local_count, remote_count;
	bool any;			    // they are everything, and routes decide
	struct cidr routes[MODEL_NETWORKS]; // what the device reaches through the tunnels
	size_t route_count;
	bool bgp;
};

// Resolve one connection of a checked model. returns 0 or -EINVAL with why
[[nodiscard]] int peerconf_make(const struct model *m, const struct model_connection *conn,
	struct peerconf *p, struct why *why);

// The vendors' words; ends with NULL.
extern const char *const peerconf_vendors[];

// The text for one of them. returns 0 or -EINVAL with why: the device's language cannot say it
[[nodiscard]] int peerconf_write(
	const struct peerconf *p, const char *vendor, FILE *out, struct why *why);

// The same facts in the shape of DownloadVpnConnectionConfig's VpnConnectionConfig. NULL: no memory
json_t *peerconf_tree(const struct peerconf *p);
