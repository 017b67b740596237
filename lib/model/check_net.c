// Ports, addresses, routes and policies: what lies where.
#include <stdio.h>
#include <string.h>

#include "model/check_part.h"
#include "net/ip.h"

enum { SCTP = 132, IP6_MTU_MIN = 1280 };

struct cidr check_cidr(const struct model_ifaddr *ifaddr)
{
	struct cidr c = {.addr = ifaddr->addr, .bits = ifaddr->bits};

	for (size_t i = 0; i < addr_len(&c.addr); i++) {
		size_t kept = i * 8 >= c.bits ? 0 : c.bits - i * 8;

		if (kept < 8)
			c.addr.b[i] &= (uint8_t)(0xff00 >> kept);
	}
	return c;
}

const struct model_ifaddr *check_network(const struct model_port *port, const struct addr *addr)
{
	for (size_t i = 0; i < port->addresses.n; i++) {
		const struct cidr network = check_cidr(&port->addresses.v[i]);

		if (cidr_has(&network, addr))
			return &port->addresses.v[i];
	}
	return NULL;
}

// The all-zeros and all-ones addresses of an IPv4 network belong to nobody (except RFC 3021).
static bool is_host(const struct model_ifaddr *ifaddr)
{
	const struct cidr network = check_cidr(ifaddr);
	const struct addr last = cidr_last(&network);

	if (!addr_is_unicast(&ifaddr->addr))
		return false;
	if (ifaddr->addr.family == ADDR_V6 || ifaddr->bits >= 31)
		return true;
	return !addr_eq(&ifaddr->addr, &network.addr) && !addr_eq(&ifaddr->addr, &last);
}

static const char *mirror_of(const struct model_port *port)
{
	return *port->mirror ? port->mirror : port->name;
}

static void check_port_pair(
	struct check *c, const struct path *at, const struct model_port *port, size_t other)
{
	const struct model_port *before = &c->m->ports.v[other];

	if (*port->device && !strcmp(port->device, before->device)) {
		const struct path where = path_leaf(at, "device");

		report_add(c->report, "duplicate", &where, "another port has this device", NULL,
			before->name);
	}
	if (*mirror_of(port) && !strcmp(mirror_of(port), mirror_of(before)) &&
		strcmp(port->name, before->name)) {
		const struct path where = path_leaf(at, "mirror");

		report_add(c->report, "duplicate", &where, "another port has this mirror", NULL,
			before->name);
	}
	for (size_t i = 0; i < port->addresses.n; i++) {
		const struct path list = path_leaf(at, "addresses"), where = path_at(&list, i);
		const struct cidr network = check_cidr(&port->addresses.v[i]);

		for (size_t j = 0; j < before->addresses.n; j++) {
			const struct cidr theirs = check_cidr(&before->addresses.v[j]);

			if (cidr_overlaps(&network, &theirs))
				report_add(c->report, "overlap", &where,
					"the network overlaps one of another port", NULL,
					before->name);
		}
	}
}

static void check_port_addresses(
	struct check *c, const struct path *at, const struct model_port *port)
{
	const struct path list = path_leaf(at, "addresses");

	for (size_t i = 0; i < port->addresses.n; i++) {
		const struct model_ifaddr *ifaddr = &port->addresses.v[i];
		const struct path where = path_at(&list, i);
		char got[ADDR_TEXT];

		if (!is_host(ifaddr))
			report_add(c->report, "not-a-host", &where,
				"no address that a gateway could have", "a host of the network",
				addr_show(&ifaddr->addr, got));
		if (ifaddr->addr.family == ADDR_V6 && port->mtu < IP6_MTU_MIN)
			report_add(c->report, "mtu", &where,
				"IPv6 needs a larger mtu (RFC 8200 s5)", "1280 at least", NULL);
		for (size_t j = 0; j < i; j++) {
			if (addr_eq(&ifaddr->addr, &port->addresses.v[j].addr))
				report_add(c->report, "duplicate", &where,
					"this address is in the list twice", NULL,
					addr_show(&ifaddr->addr, got));
		}
	}
}

void check_ports(struct check *c)
{
	const struct path root = {"ports"};

	for (size_t i = 0; i < c->m->ports.n; i++) {
		const struct path at = path_at(&root, i);

		check_port_addresses(c, &at, &c->m->ports.v[i]);
		for (size_t j = 0; j < i; j++)
			check_port_pair(c, &at, &c->m->ports.v[i], j);
	}
}

// A router must be a neighbour on the port, and not be us.
static void check_next_hop(struct check *c, const struct path *parent,
	const struct model_port *port, const struct addr *next_hop)
{
	const struct path where = path_leaf(parent, "next_hop");
	char got[ADDR_TEXT];

	addr_show(next_hop, got);
	if (!check_network(port, next_hop)) {
		report_add(c->report, "not-on-link", &where,
			"the next hop is no neighbour on the port", "a host in a network of it",
			got);
		return;
	}
	for (size_t i = 0; i < port->addresses.n; i++) {
		if (addr_eq(&port->addresses.v[i].addr, next_hop))
			report_add(c->report, "own-address", &where,
				"the next hop is the port's own address", "another host's", got);
	}
}

static void check_gateway_address_one(
	struct check *c, const struct path *at, const struct model_gateway_address *gateway)
{
	const struct path address = path_leaf(at, "address"), where = path_leaf(at, "port");
	const struct model_port *port = check_port(c, at, "port", gateway->port);
	const struct model_ifaddr *network;
	char got[ADDR_TEXT];

	if (!port)
		return;
	if (port->role != MODEL_OUTSIDE)
		report_add(c->report, "not-outside", &where, "tunnels end on an outside port",
			"a port with role = \"outside\"", port->name);
	if (gateway->address.family == ADDR_NONE)
		return;
	addr_show(&gateway->address, got);
	network = check_network(port, &gateway->address);
	if (!network) {
		report_add(c->report, "not-on-link", &address,
			"the address lies in no network of its port", "one of its addresses", got);
	} else {
		const struct model_ifaddr host = {gateway->address, network->bits};

		if (!is_host(&host))
			report_add(c->report, "not-a-host", &address,
				"no address that a gateway could have", "a host of the network",
				got);
	}
	if (gateway->next_hop.family == ADDR_NONE)
		return;
	check_next_hop(c, at, port, &gateway->next_hop);
	if (addr_eq(&gateway->next_hop, &gateway->address)) {
		const struct path hop = path_leaf(at, "next_hop");

		report_add(c->report, "own-address", &hop, "the next hop is the address itself",
			"another host's", got);
	}
}

void check_gateway_addresses(struct check *c)
{
	const struct path root = {"gateway_addresses"};

	for (size_t i = 0; i < c->m->gateway_addresses.n; i++) {
		const struct model_gateway_address *gateway = &c->m->gateway_addresses.v[i];
		const struct path at = path_at(&root, i), where = path_leaf(&at, "address");

		check_gateway_address_one(c, &at, gateway);
		for (size_t j = 0; j < i; j++) {
			const struct model_gateway_address *before = &c->m->gateway_addresses.v[j];

			if (gateway->address.family != ADDR_NONE &&
				addr_eq(&gateway->address, &before->address))
				report_add(c->report, "duplicate", &where,
					"another gateway address is the same", NULL, before->name);
		}
	}
}

void check_carried(struct check *c, const struct path *where, const struct cidr *network,
	const struct cidr *list, size_t n, bool must)
{
	char got[CIDR_TEXT];

	for (size_t i = 0; i < n; i++) {
		if (cidr_has(&list[i], &network->addr) && network->bits >= list[i].bits)
			return;
	}
	(must ? report_add : report_warn)(c->report, "outside-networks", where,
		"the tunnels will not carry all of it", "a prefix within the connection's networks",
		cidr_show(network, got));
}

static void check_route(struct check *c, const struct path *at, const struct model_route *route)
{
	const struct model_connection *connection = check_connection(
		c, at, "connection", route->connection);
	const struct model_port *port = check_port(c, at, "port", route->port);
	const int ways = !!*route->connection + !!*route->port + route->discard;
	const struct path hop = path_leaf(at, "next_hop");
	const struct path destination = path_leaf(at, "destination");

	if (ways != 1)
		report_add(c->report, "one-way", at, "a route leads exactly one way",
			"one of connection, port, discard", ways ? "several" : "none");
	if (route->next_hop.family != ADDR_NONE && !*route->port)
		report_add(c->report, "needs-port", &hop, "a next hop belongs to a port",
			"port beside it", NULL);
	else if (route->next_hop.family != ADDR_NONE && port) {
		check_next_hop(c, at, port, &route->next_hop);
		if (route->next_hop.family != route->destination.addr.family)
			report_add(c->report, "family", &hop,
				"next hop and destination differ in address family", NULL, NULL);
	}
	if (connection && route->destination.addr.family != ADDR_NONE)
		check_carried(c, &destination, &route->destination, connection->remote_networks.v,
			connection->remote_networks.n, false);
}

void check_routes(struct check *c)
{
	const struct path root = {"routes"};

	for (size_t i = 0; i < c->m->routes.n; i++) {
		const struct path at = path_at(&root, i);

		check_route(c, &at, &c->m->routes.v[i]);
	}
}

static bool any_ports(const struct model_ports *ports)
{
	return ports->first == 0 && ports->last == UINT16_MAX;
}

static void check_policy_ports(
	struct check *c, const struct path *at, const struct model_policy *policy)
{
	const struct {
		const char *leaf;
		const struct model_ports *ports;
	} sides[] = {
		{"source_ports", &policy->source_ports},
		{"destination_ports", &policy->destination_ports},
	};

	if (policy->protocol == IP_TCP || policy->protocol == IP_UDP || policy->protocol == SCTP)
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct path where = path_leaf(at, sides[i].leaf);

		if (!any_ports(sides[i].ports))
			report_add(c->report, "needs-protocol", &where,
				"only some protocols have ports", "protocol = tcp, udp or sctp",
				NULL);
	}
}

static void check_policy(struct check *c, const struct path *at, const struct model_policy *policy)
{
	const struct path where = path_leaf(at, "connection");
	const struct path source = path_leaf(at, "source");
	const struct path destination = path_leaf(at, "destination");
	const struct model_connection *connection = check_connection(
		c, at, "connection", policy->connection);

	check_policy_ports(c, at, policy);
	if (policy->source.addr.family != policy->destination.addr.family)
		report_add(c->report, "family", &destination,
			"source and destination differ in address family", NULL, NULL);
	if (policy->action == MODEL_PROTECT && !*policy->connection)
		report_add(c->report, "needs-connection", &where,
			"action protect needs a connection", "its name", NULL);
	if (policy->action != MODEL_PROTECT && *policy->connection)
		report_add(c->report, "needs-protect", &where,
			"only action protect has a connection", NULL, policy->connection);
	if (!connection || policy->action != MODEL_PROTECT)
		return;
	check_carried(c, &source, &policy->source, connection->local_networks.v,
		connection->local_networks.n, false);
	check_carried(c, &destination, &policy->destination, connection->remote_networks.v,
		connection->remote_networks.n, false);
}

void check_policies(struct check *c)
{
	const struct path root = {"policies"};

	for (size_t i = 0; i < c->m->policies.n; i++) {
		const struct path at = path_at(&root, i);

		check_policy(c, &at, &c->m->policies.v[i]);
	}
}
