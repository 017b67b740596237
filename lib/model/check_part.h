// The parts of check_model; each looks at one list. Not for others.
#pragma once

#include "model/directory.h"
#include "model/report.h"

struct check {
	const struct model *m;
	struct report *report;
	struct directory names; // of m
};

void check_ports(struct check *c);
void check_gateway_addresses(struct check *c);
void check_customer_gateways(struct check *c);
[[nodiscard]] int check_vpn_gateways(struct check *c);
[[nodiscard]] int check_gateway_routes(struct check *c); // of VPN gateways
void check_routes(struct check *c);
void check_policies(struct check *c);
[[nodiscard]] int check_connections(struct check *c);
[[nodiscard]] int check_bgp(struct check *c);
void check_member(struct check *c, size_t connection); // of a VPN gateway, if it is
void check_tags(struct check *c, const struct path *at, const struct model_about *about);
void check_health(struct check *c, const struct path *connection_at,
	const struct model_connection *connection);
void check_probe(struct check *c, const struct path *tunnel_at,
	const struct model_connection *connection, const struct model_tunnel *tunnel);

// The object that a leaf names; NULL with a complaint when there is none, without one when the
// leaf is empty.
const struct model_port *check_port(
	struct check *c, const struct path *parent, const char *leaf, const char *name);
const struct model_gateway_address *check_gateway_address(
	struct check *c, const struct path *parent, const char *leaf, const char *name);
const struct model_customer_gateway *check_customer_gateway(
	struct check *c, const struct path *parent, const char *leaf, const char *name);
const struct model_vpn_gateway *check_vpn_gateway(
	struct check *c, const struct path *parent, const char *leaf, const char *name);
const struct model_connection *check_connection(
	struct check *c, const struct path *parent, const char *leaf, const char *name);

// The same for an element of a list of names.
const struct model_gateway_address *check_gateway_address_at(
	struct check *c, const struct path *where, const char *name);

// What leads into a connection should lie within what its tunnels carry: a complaint or a warning.
void check_carried(struct check *c, const struct path *where, const struct cidr *network,
	const struct cidr *list, size_t n, bool must);

// The network of a port that an address lies in; NULL when there is none.
const struct model_ifaddr *check_network(const struct model_port *port, const struct addr *addr);
struct cidr check_cidr(const struct model_ifaddr *ifaddr);
