// Pings through tunnels: probes and health checks.
#include "model/check_part.h"

static bool is_ours(const struct check *c, const struct addr *addr)
{
	for (size_t i = 0; i < c->m->ports.n; i++) {
		for (size_t j = 0; j < c->m->ports.v[i].addresses.n; j++) {
			if (addr_eq(&c->m->ports.v[i].addresses.v[j].addr, addr))
				return true;
		}
	}
	for (size_t i = 0; i < c->m->gateway_addresses.n; i++) {
		if (addr_eq(&c->m->gateway_addresses.v[i].address, addr))
			return true;
	}
	return false;
}

static bool lies_in(const struct addr *addr, const struct cidr *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (cidr_has(&v[i], addr))
			return true;
	}
	return !n;
}

// What the selectors do not hold would be dropped by us, or its answer by the peer.
static void check_side(struct check *c, const struct path *where, const struct addr *addr,
	const struct cidr *v, size_t n, const char *expected)
{
	char got[ADDR_TEXT];

	if (!lies_in(addr, v, n))
		report_add(c->report, "outside-networks", where,
			"the address is in none of the networks of the connection", expected,
			addr_show(addr, got));
}

static bool check_missing(struct check *c, const struct path *where, const struct addr *addr)
{
	if (addr->family == ADDR_NONE)
		report_add(c->report, "missing", where, "must be given",
			"an address, for there is to be pinging", NULL);
	return addr->family == ADDR_NONE;
}

static void check_ping(struct check *c, const struct path *at, const char *leaf,
	const struct model_connection *connection, const struct addr *to, const struct addr *from)
{
	const struct path far = path_leaf(at, leaf), near = path_leaf(at, "source");
	bool none = check_missing(c, &far, to);
	char got[ADDR_TEXT];

	if (check_missing(c, &near, from) || none)
		return;
	if (from->family != to->family) {
		report_add(c->report, "family", &near,
			"the two addresses of a ping differ in address family", NULL,
			addr_show(from, got));
		return;
	}
	if (!is_ours(c, from))
		report_add(c->report, "not-own-address", &near,
			"answers to the address would not come to this gateway",
			"an address of one of the ports", addr_show(from, got));
	if (is_ours(c, to))
		report_add(c->report, "own-address", &far,
			"the address is the gateway's own: it is not behind a tunnel", NULL,
			addr_show(to, got));
	check_side(c, &far, to, connection->remote_networks.v, connection->remote_networks.n,
		"one of remote_networks");
	check_side(c, &near, from, connection->local_networks.v, connection->local_networks.n,
		"one of local_networks");
}

void check_health(struct check *c, const struct path *connection_at,
	const struct model_connection *connection)
{
	const struct model_health *health = &connection->health_check;
	const struct path at = path_leaf(connection_at, "health_check");

	if (health->enabled)
		check_ping(
			c, &at, "destination", connection, &health->destination, &health->source);
}

void check_probe(struct check *c, const struct path *tunnel_at,
	const struct model_connection *connection, const struct model_tunnel *tunnel)
{
	const struct path at = path_leaf(tunnel_at, "probe");

	if (tunnel->probe.address.family != ADDR_NONE)
		check_ping(c, &at, "address", connection, &tunnel->probe.address,
			&tunnel->probe.source);
}
