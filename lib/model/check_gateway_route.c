// Routes of VPN gateways: by destination and by policy.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check_part.h"

// A destination route that is to carry traffic.
struct active_row {
	const struct model_destination_route *route;
	const struct model_vpn_gateway *gateway;
	size_t at;
};

// The connection must be there, and belong to a VPN gateway: others have routes and policies.
static const struct model_connection *check_next_hop(
	struct check *c, const struct path *at, const char *name)
{
	const struct model_connection *connection = check_connection(c, at, "connection", name);
	const struct path where = path_leaf(at, "connection");

	if (!connection || *connection->vpn_gateway)
		return connection;
	report_add(c->report, "needs-vpn-gateway", &where,
		"the connection belongs to no VPN gateway", "one with vpn_gateway, or routes",
		name);
	return NULL;
}

static void check_weight(struct check *c, const struct path *at, uint32_t weight)
{
	const struct path where = path_leaf(at, "weight");
	char got[16];

	if (weight == MODEL_WEIGHT_ACTIVE || weight == MODEL_WEIGHT_STANDBY)
		return;
	snprintf(got, sizeof(got), "%u", weight);
	report_add(
		c->report, "out-of-range", &where, "a route is active or waits", "100 or 0", got);
}

static void check_destination(
	struct check *c, const struct path *at, const struct model_destination_route *route)
{
	const struct path where = path_leaf(at, "destination");
	const struct model_connection *connection = check_next_hop(c, at, route->connection);
	const struct cidr shared = {.addr = addr_v4(0x64400000), .bits = 10};
	const struct cidr *destination = &route->destination;
	char got[CIDR_TEXT];

	check_weight(c, at, route->weight);
	if (destination->addr.family == ADDR_NONE)
		return;
	cidr_show(destination, got);
	if (!destination->bits)
		report_add(c->report, "default-route", &where,
			"a destination route does not lead everything away",
			"a longer prefix, or a policy route", got);
	else if (cidr_overlaps(destination, &shared))
		report_add(c->report, "reserved-destination", &where,
			"the prefix overlaps 100.64.0.0/10", "another one", got);
	if (connection)
		check_carried(c, &where, destination, connection->remote_networks.v,
			connection->remote_networks.n, false);
}

static void check_policy_route(
	struct check *c, const struct path *at, const struct model_policy_route *route)
{
	const struct path source = path_leaf(at, "source");
	const struct path destination = path_leaf(at, "destination");
	const struct model_connection *connection = check_next_hop(c, at, route->connection);

	check_weight(c, at, route->weight);
	if (route->source.addr.family == ADDR_NONE || route->destination.addr.family == ADDR_NONE)
		return;
	if (route->source.addr.family != route->destination.addr.family) {
		report_add(c->report, "family", &destination,
			"source and destination differ in address family", NULL, NULL);
		return;
	}
	if (!connection)
		return;
	check_carried(c, &source, &route->source, connection->local_networks.v,
		connection->local_networks.n, true);
	check_carried(c, &destination, &route->destination, connection->remote_networks.v,
		connection->remote_networks.n, true);
}

static int active_cmp(const struct active_row *x, const struct active_row *y)
{
	int order = addr_cmp(&x->route->destination.addr, &y->route->destination.addr);

	return order ? order : x->route->destination.bits - y->route->destination.bits;
}

static int active_order(const void *a, const void *b)
{
	const struct active_row *x = a, *y = b;
	int order = active_cmp(x, y);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

// D-14. One table of routes is behind all VPN gateways, so that both must want to share.
static void check_conflicts(struct check *c, struct active_row *row, size_t n)
{
	const struct path root = {"destination_routes"};
	const struct active_row *first = row;

	qsort(row, n, sizeof(*row), active_order);
	for (size_t i = 1; i < n; i++) {
		struct path at, where, other;

		if (active_cmp(&row[i], first)) {
			first = &row[i];
			continue;
		}
		if (!strcmp(row[i].route->connection, first->route->connection) ||
			(row[i].gateway->ecmp && first->gateway->ecmp))
			continue;
		at = path_at(&root, row[i].at);
		where = path_leaf(&at, "destination");
		other = path_at(&root, first->at);
		report_add(c->report, "route-conflict", &where,
			"another route to this destination has weight 100, too",
			"weight 0, or ecmp = true at the VPN gateway", other.text);
	}
}

static int check_actives(struct check *c)
{
	struct active_row *row = calloc(c->m->destination_routes.n + 1, sizeof(*row));
	size_t n = 0;

	if (!row)
		return -ENOMEM;
	for (size_t i = 0; i < c->m->destination_routes.n; i++) {
		const struct model_destination_route *route = &c->m->destination_routes.v[i];
		const struct model_connection *connection = directory_connection(
			&c->names, route->connection);
		const struct model_vpn_gateway *gateway =
			connection ? directory_vpn_gateway(&c->names, connection->vpn_gateway)
				   : NULL;

		if (gateway && route->weight == MODEL_WEIGHT_ACTIVE &&
			route->destination.addr.family != ADDR_NONE)
			row[n++] = (struct active_row){route, gateway, i};
	}
	check_conflicts(c, row, n);
	free(row);
	return 0;
}

int check_gateway_routes(struct check *c)
{
	const struct path destinations = {"destination_routes"}, policies = {"policy_routes"};

	for (size_t i = 0; i < c->m->destination_routes.n; i++) {
		const struct path at = path_at(&destinations, i);

		check_destination(c, &at, &c->m->destination_routes.v[i]);
	}
	for (size_t i = 0; i < c->m->policy_routes.n; i++) {
		const struct path at = path_at(&policies, i);

		check_policy_route(c, &at, &c->m->policy_routes.v[i]);
	}
	return check_actives(c);
}
