// The parts of check_model; each looks at one list. Not for others.
#pragma once

#include "model/model.h"
#include "model/names.h"
#include "model/report.h"

struct check {
	const struct model *m;
	struct report *report;
	struct names ports, gateway_addresses, vpn_gateways, customer_gateways, connections;
};

void check_ports(struct check *c);
void check_gateway_addresses(struct check *c);
void check_customer_gateways(struct check *c);
void check_vpn_gateways(struct check *c);
void check_gateway_routes(struct check *c); // of VPN gateways: by destination, by policy
void check_routes(struct check *c);
void check_policies(struct check *c);
[[nodiscard]] int check_connections(struct check *c);
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

// The network of a port that an address lies in; NULL when there is none.
const struct model_ifaddr *check_network(const struct model_port *port, const struct addr *addr);
struct cidr check_cidr(const struct model_ifaddr *ifaddr);
