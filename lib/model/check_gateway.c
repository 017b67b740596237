// VPN gateways and their routes.
#include <stdio.h>
#include <string.h>

#include "model/check_part.h"

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

		if (!names_find(&c->gateway_addresses, gateway->addresses.v[i]))
			report_add(c->report, "unknown-name", &where,
				"no gateway address has this name", NULL, gateway->addresses.v[i]);
		if (i && !strcmp(gateway->addresses.v[i], gateway->addresses.v[0]))
			report_add(c->report, "same-gateway-address", &where,
				"both tunnels would have the same gateway address",
				"two different ones", gateway->addresses.v[i]);
	}
}

void check_vpn_gateways(struct check *c)
{
	const struct path root = {"vpn_gateways"};

	for (size_t i = 0; i < c->m->vpn_gateways.n; i++) {
		const struct path at = path_at(&root, i);

		check_addresses(c, &at, &c->m->vpn_gateways.v[i]);
	}
	for (size_t i = 0; i < c->m->connections.n; i++) {
		const struct path list = {"connections"}, at = path_at(&list, i);

		(void)check_vpn_gateway(c, &at, "vpn_gateway", c->m->connections.v[i].vpn_gateway);
	}
}

void check_gateway_routes(struct check *c)
{
	for (size_t i = 0; i < c->m->destination_routes.n; i++) {
		const struct path list = {"destination_routes"}, at = path_at(&list, i);

		(void)check_connection(
			c, &at, "connection", c->m->destination_routes.v[i].connection);
	}
	for (size_t i = 0; i < c->m->policy_routes.n; i++) {
		const struct path list = {"policy_routes"}, at = path_at(&list, i);

		(void)check_connection(c, &at, "connection", c->m->policy_routes.v[i].connection);
	}
}
