#include "model/check_change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "model/schema.h"

// Lists that others refer to.
enum { GATEWAY_ADDRESSES, VPN_GATEWAYS, CUSTOMER_GATEWAYS, CONNECTIONS, LISTS };

static const char *const list_names[LISTS] = {
	[GATEWAY_ADDRESSES] = "gateway_addresses",
	[VPN_GATEWAYS] = "vpn_gateways",
	[CUSTOMER_GATEWAYS] = "customer_gateways",
	[CONNECTIONS] = "connections",
};

struct change {
	const struct model *before, *after;
	struct report *report;
	struct names was[LISTS], is[LISTS];
	bool *told[LISTS]; // by place in before: that it is still in use
};

static int index_lists(struct change *c)
{
	for (size_t i = 0; i < LISTS; i++) {
		const struct schema_leaf *leaf = schema_find(&schema_model, list_names[i]);
		int err = names_init(&c->was[i], leaf->sub, schema_at(leaf, c->before));

		if (!err)
			err = names_init(&c->is[i], leaf->sub, schema_at(leaf, c->after));
		c->told[i] = calloc(c->was[i].n + 1, sizeof(*c->told[i]));
		if (err || !c->told[i])
			return -ENOMEM;
	}
	return 0;
}

static void forget_lists(struct change *c)
{
	for (size_t i = 0; i < LISTS; i++) {
		names_fini(&c->was[i]);
		names_fini(&c->is[i]);
		free(c->told[i]);
	}
}

// One reference. by: what kind of thing refers, and its name or key.
static void check_reference(
	struct change *c, unsigned int list, const char *name, const char *by, const char *by_name)
{
	const struct names_row *was = *name ? names_find(&c->was[list], name) : NULL;
	const struct path where = {}, at = path_leaf(&where, list_names[list]);
	struct complaint *complaint;

	if (!was || names_find(&c->is[list], name) || c->told[list][was->at])
		return;
	c->told[list][was->at] = true;
	complaint = report_add(
		c->report, "in-use", &at, "cannot be deleted: others refer to it", NULL, name);
	if (complaint)
		why_fmt(&complaint->why, expected, "%s %.80s to be deleted first", by, by_name);
}

static void check_references(struct change *c)
{
	const struct model *m = c->after;

	for (size_t i = 0; i < m->vpn_gateways.n; i++) {
		const struct model_vpn_gateway *gateway = &m->vpn_gateways.v[i];

		for (size_t j = 0; j < gateway->addresses.n; j++)
			check_reference(c, GATEWAY_ADDRESSES, gateway->addresses.v[j],
				"VPN gateway", gateway->name);
	}
	for (size_t i = 0; i < m->connections.n; i++) {
		const struct model_connection *connection = &m->connections.v[i];

		check_reference(
			c, VPN_GATEWAYS, connection->vpn_gateway, "connection", connection->name);
		for (size_t j = 0; j < connection->tunnels.n; j++) {
			const struct model_tunnel *tunnel = &connection->tunnels.v[j];

			check_reference(c, CUSTOMER_GATEWAYS, tunnel->customer_gateway,
				"connection", connection->name);
			check_reference(c, GATEWAY_ADDRESSES, tunnel->gateway_address, "connection",
				connection->name);
		}
	}
	for (size_t i = 0; i < m->destination_routes.n; i++)
		check_reference(c, CONNECTIONS, m->destination_routes.v[i].connection,
			"the destination routes of", m->destination_routes.v[i].connection);
	for (size_t i = 0; i < m->policy_routes.n; i++)
		check_reference(c, CONNECTIONS, m->policy_routes.v[i].connection,
			"the policy routes of", m->policy_routes.v[i].connection);
	for (size_t i = 0; i < m->routes.n; i++)
		check_reference(c, CONNECTIONS, m->routes.v[i].connection, "the routes of",
			m->routes.v[i].connection);
	for (size_t i = 0; i < m->policies.n; i++)
		check_reference(c, CONNECTIONS, m->policies.v[i].connection, "policy",
			m->policies.v[i].name);
}

static void immutable(
	struct change *c, const struct path *at, const char *leaf, const char *was, const char *is)
{
	const struct path where = path_leaf(at, leaf);

	report_add(c->report, "immutable", &where, "cannot change: delete it and make another one",
		was, is);
}

static void check_customer_gateway(struct change *c, const struct path *at,
	const struct model_customer_gateway *was, const struct model_customer_gateway *is)
{
	char before[ADDR_TEXT] = "%any", after[ADDR_TEXT] = "%any";

	if (!addr_eq(&was->address, &is->address)) {
		if (was->address.family != ADDR_NONE)
			addr_show(&was->address, before);
		if (is->address.family != ADDR_NONE)
			addr_show(&is->address, after);
		immutable(c, at, "address", before, after);
	}
	if (was->asn != is->asn) {
		snprintf(before, sizeof(before), "%u", was->asn);
		snprintf(after, sizeof(after), "%u", is->asn);
		immutable(c, at, "asn", was->asn ? before : "none", is->asn ? after : "none");
	}
}

// The first connection of a VPN gateway that speaks BGP; NULL when there is none.
static const char *speaks_bgp(const struct model *m, const char *vpn_gateway)
{
	for (size_t i = 0; i < m->connections.n; i++) {
		if (m->connections.v[i].bgp &&
			!strcmp(m->connections.v[i].vpn_gateway, vpn_gateway))
			return m->connections.v[i].name;
	}
	return NULL;
}

static void check_vpn_gateway(struct change *c, const struct path *at,
	const struct model_vpn_gateway *was, const struct model_vpn_gateway *is)
{
	const struct path redundancy = path_leaf(at, "redundancy");
	const struct path propagate = path_leaf(at, "auto_propagate");
	const char *bgp =
		was->auto_propagate && !is->auto_propagate ? speaks_bgp(c->after, is->name) : NULL;

	if (was->redundancy == MODEL_DUAL && is->redundancy == MODEL_SINGLE)
		report_add(c->report, "no-downgrade", &redundancy,
			"a VPN gateway with two tunnels does not go back to one", "dual", "single");
	if (bgp)
		report_add(c->report, "bgp-in-use", &propagate,
			"connections of the VPN gateway speak BGP", "no connection with bgp", bgp);
}

// who is tunnel 1 stays it, also when a second one comes.
static void check_roles(struct change *c, const struct path *at, const struct model_connection *was,
	const struct model_connection *is)
{
	const struct path where = path_leaf(at, "tunnels");

	for (size_t i = 0; i < was->tunnels.n; i++) {
		for (size_t j = 0; j < is->tunnels.n; j++) {
			if (i == j || strcmp(was->tunnels.v[i].name, is->tunnels.v[j].name) != 0)
				continue;
			report_add(c->report, "role-fixed", &where,
				"tunnel 1 carries the traffic, tunnel 2 stands by: this is fixed",
				"the same order as before", is->tunnels.v[j].name);
			return;
		}
	}
}

static void check_connection(struct change *c, const struct path *at,
	const struct model_connection *was, const struct model_connection *is)
{
	if (strcmp(was->vpn_gateway, is->vpn_gateway) != 0)
		immutable(c, at, "vpn_gateway", *was->vpn_gateway ? was->vpn_gateway : "none",
			*is->vpn_gateway ? is->vpn_gateway : "none");
	check_roles(c, at, was, is);
}

// Compare each element of after with that of before of the same name.
#define CHECK_EACH(list, index, check)                                                          \
	for (size_t i = 0; i < after->list.n; i++) {                                            \
		const struct names_row *was = names_find(&c.was[index], after->list.v[i].name); \
		const struct path root = {#list}, at = path_at(&root, i);                       \
                                                                                                \
		if (was)                                                                        \
			check(&c, &at, &before->list.v[was->at], &after->list.v[i]);            \
	}

int check_change(const struct model *before, const struct model *after, struct report *report)
{
	struct change c = {.before = before, .after = after, .report = report};
	size_t errors = report->errors;
	int err = index_lists(&c);

	if (!err) {
		CHECK_EACH(vpn_gateways, VPN_GATEWAYS, check_vpn_gateway);
		CHECK_EACH(customer_gateways, CUSTOMER_GATEWAYS, check_customer_gateway);
		CHECK_EACH(connections, CONNECTIONS, check_connection);
		check_references(&c);
	}
	forget_lists(&c);
	if (err)
		return err;
	return report->errors > errors ? -EINVAL : 0;
}
