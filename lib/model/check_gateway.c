// VPN gateways: their addresses, and how much belongs to them.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check_part.h"

// What belongs to one VPN gateway.
struct load {
	size_t connections, routes, policy_routes;
};

static void check_addresses(
	struct check *c, const struct path *at, const struct model_vpn_gateway *gateway)
{
	const struct path list = path_leaf(at, "addresses");
	const size_t want = gateway->redundancy == MODEL_DUAL ? 2 : 1;
	char got[24];

	if (gateway->addresses.n && gateway->addresses.n != want) {
		snprintf(got, sizeof(got), "%zu", gateway->addresses.n);
		report_add(c->report, "wrong-number", &list,
			"each tunnel has an address of its own",
			want == 2 ? "two addresses, or redundancy = \"single\"" : "one address",
			got);
	}
	for (size_t i = 0; i < gateway->addresses.n; i++) {
		const struct path where = path_at(&list, i);

		(void)check_gateway_address_at(c, &where, gateway->addresses.v[i]);
		if (i && !strcmp(gateway->addresses.v[i], gateway->addresses.v[0]))
			report_add(c->report, "same-gateway-address", &where,
				"both tunnels would have the same gateway address",
				"two different ones", gateway->addresses.v[i]);
	}
}

// Policy routes that are made automatically: one for each pair of networks (R-13, D-5).
static size_t auto_routes(const struct model_connection *connection)
{
	if (!connection->auto_config_route || model_is_destination_mode(connection))
		return 0;
	return model_pairs(connection);
}

static bool is_one_of(const struct cidr *cidr, const struct cidr *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (cidr_eq(cidr, &v[i]))
			return true;
	}
	return false;
}

// Whether a policy route takes the place of an automatic one.
static bool replaces_auto(
	const struct model_policy_route *route, const struct model_connection *connection)
{
	return auto_routes(connection) &&
	       is_one_of(&route->source, connection->local_networks.v,
		       connection->local_networks.n) &&
	       is_one_of(&route->destination, connection->remote_networks.v,
		       connection->remote_networks.n);
}

static struct load *load_of(
	const struct check *c, struct load *load, const struct model_connection *connection)
{
	const struct model_vpn_gateway *gateway =
		connection ? directory_vpn_gateway(&c->names, connection->vpn_gateway) : NULL;

	return gateway ? &load[gateway - c->m->vpn_gateways.v] : NULL;
}

static void count(const struct check *c, struct load *load)
{
	struct load *of;

	for (size_t i = 0; i < c->m->connections.n; i++) {
		of = load_of(c, load, &c->m->connections.v[i]);
		if (!of)
			continue;
		of->connections++;
		of->policy_routes += auto_routes(&c->m->connections.v[i]);
	}
	for (size_t i = 0; i < c->m->destination_routes.n; i++) {
		of = load_of(c, load,
			directory_connection(&c->names, c->m->destination_routes.v[i].connection));
		if (of)
			of->routes++;
	}
	for (size_t i = 0; i < c->m->policy_routes.n; i++) {
		const struct model_policy_route *route = &c->m->policy_routes.v[i];
		const struct model_connection *connection = directory_connection(
			&c->names, route->connection);

		of = load_of(c, load, connection);
		if (of && !replaces_auto(route, connection))
			of->policy_routes++;
	}
}

static void check_quotas(struct check *c, const struct path *at,
	const struct model_vpn_gateway *gateway, const struct load *load)
{
	const struct {
		const char *leaf, *what;
		size_t is, max;
	} rows[] = {
		{"max_connections", "more connections than the VPN gateway may have",
			load->connections, gateway->max_connections},
		{"max_routes", "more destination routes than the VPN gateway may have",
			load->routes, gateway->max_routes},
		{"max_policy_routes", "more policy routes than the VPN gateway may have",
			load->policy_routes, gateway->max_policy_routes},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct path where = path_leaf(at, rows[i].leaf);
		char expected[32], got[24];

		if (rows[i].is <= rows[i].max)
			continue;
		snprintf(expected, sizeof(expected), "%zu at most", rows[i].max);
		snprintf(got, sizeof(got), "%zu", rows[i].is);
		report_add(c->report, "quota-full", &where, rows[i].what, expected, got);
	}
}

int check_vpn_gateways(struct check *c)
{
	const struct path root = {"vpn_gateways"}, list = {"connections"};
	struct load *load = calloc(c->m->vpn_gateways.n + 1, sizeof(*load));

	if (!load)
		return -ENOMEM;
	for (size_t i = 0; i < c->m->connections.n; i++) {
		const struct path at = path_at(&list, i);

		(void)check_vpn_gateway(c, &at, "vpn_gateway", c->m->connections.v[i].vpn_gateway);
	}
	count(c, load);
	for (size_t i = 0; i < c->m->vpn_gateways.n; i++) {
		const struct path at = path_at(&root, i);

		check_addresses(c, &at, &c->m->vpn_gateways.v[i]);
		check_quotas(c, &at, &c->m->vpn_gateways.v[i], &load[i]);
		check_tags(c, &at, &c->m->vpn_gateways.v[i].about);
	}
	free(load);
	return 0;
}
