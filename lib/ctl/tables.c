#include "ctl/tables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl/group.h"
#include "ctl/publish.h"

static struct dp_next next_of(struct ctl *ctl, const struct rib_hop *hop)
{
	const struct group *group;
	struct conn *conn;

	switch (hop->kind) {
	case RIB_PORT:
		return (struct dp_next){
			.type = DP_NEXT_PORT, .port = hop->id, .gateway = hop->gateway};
	case RIB_CONNECTION:
		conn = ctl_conn(ctl, hop->id);
		if (conn)
			return (struct dp_next){.type = DP_NEXT_CONN, .conn = conn->dp};
		break;
	case RIB_GROUP:
		group = group_find(ctl, hop->id);
		if (group)
			return (struct dp_next){.type = DP_NEXT_CONN, .conn = group_dp(group)};
		break;
	case RIB_DISCARD:
		break;
	}
	return (struct dp_next){.type = DP_NEXT_DROP};
}

static void on_best(void *ctx, const struct cidr *prefix, const struct rib_hop *hop)
{
	struct ctl *ctl = ctx;
	char text[CIDR_TEXT];
	struct dp_next next;

	if (!hop) {
		dp_route_del(ctl->dp, prefix);
		return;
	}
	next = next_of(ctl, hop);
	if (dp_route_set(ctl->dp, prefix, &next))
		log_error("cannot set the route to %s: out of memory", cidr_show(prefix, text));
}

int tables_start(struct ctl *ctl)
{
	return rib_new(on_best, ctl, &ctl->rib);
}

void tables_stop(struct ctl *ctl)
{
	rib_free(ctl->rib);
	ctl->rib = NULL;
}

int ctl_port(void *ctx, const char *name)
{
	const struct ctl *ctl = ctx;

	for (unsigned int i = 0; i < dp_ports(ctl->dp); i++) {
		if (!strcmp(dp_port_name(ctl->dp, i), name))
			return (int)i;
	}
	return -1;
}

// Routes that the configuration names one by one.
static int set_routes(struct ctl *ctl, const struct model *m)
{
	struct conn *conn, *next;
	int err = 0;

	rib_mark(ctl->rib, RIB_CONFIG);
	for (size_t i = 0; i < m->routes.n && !err; i++) {
		const struct model_route *r = &m->routes.v[i];
		struct rib_hop hop = {.kind = RIB_DISCARD};

		if (r->connection[0]) {
			hop.kind = RIB_CONNECTION;
			hop.id = idmap_find(ctl->conn_ids, r->connection);
		} else if (r->port[0]) {
			hop.kind = RIB_PORT;
			hop.id = (uint32_t)ctl_port(ctl, r->port);
			hop.gateway = r->next_hop;
		}
		err = rib_set(ctl->rib, RIB_CONFIG, &r->destination, 0, &hop);
	}
	rib_sweep(ctl->rib, RIB_CONFIG);
	HASH_ITER (hh, ctl->conns, conn, next) {
		if (conn->revoked)
			tables_follow(ctl, conn);
	}
	return err;
}

void tables_follow(struct ctl *ctl, const struct conn *conn)
{
	rib_withhold(ctl->rib, conn->id, conn->revoked);
}

// Destination routes of VPN gateways: one for each bundle.
static int set_gateway_routes(struct ctl *ctl, const struct gwroutes *routes)
{
	int err = 0;

	rib_mark(ctl->rib, RIB_GATEWAY);
	for (size_t i = 0, next; i < routes->n && !err; i = next) {
		const struct gwroute *r = &routes->v[i];
		struct rib_hop hop = {.kind = RIB_GROUP};
		struct group *group;

		next = gwroutes_next(routes, i);
		if (r->is_policy)
			continue;
		group = group_get(ctl, r, next - i);
		if (!group) {
			err = -ENOMEM;
			break;
		}
		hop.id = group_id(group);
		err = rib_set(ctl->rib, RIB_GATEWAY, &r->destination, 0, &hop);
	}
	rib_sweep(ctl->rib, RIB_GATEWAY);
	return err;
}

static struct selector side(
	const struct cidr *net, uint32_t protocol, const struct model_ports *ports)
{
	struct selector s = selector_of_cidr(net);

	s.proto = (uint8_t)protocol;
	s.port_first = ports->first;
	s.port_last = ports->last;
	return s;
}

static struct dp_policy policy_of(struct ctl *ctl, const struct model_policy *p)
{
	static const enum dp_action action[] = {
		[MODEL_PROTECT] = DP_PROTECT,
		[MODEL_BYPASS] = DP_BYPASS,
		[MODEL_DISCARD] = DP_DISCARD,
	};
	struct conn *conn = ctl_conn(ctl, idmap_find(ctl->conn_ids, p->connection));
	struct dp_policy policy = {
		.priority = p->priority,
		.local = side(&p->source, p->protocol, &p->source_ports),
		.remote = side(&p->destination, p->protocol, &p->destination_ports),
		.action = action[p->action],
		.conn = conn ? conn->dp : NULL,
	};

	snprintf(policy.name, sizeof(policy.name), "%s", p->name);
	return policy;
}

// Policies before policy routes: of equal priority the first in the list is asked first.
static int set_policies(struct ctl *ctl, const struct model *m, const struct gwroutes *routes)
{
	struct dp_policy *list = calloc(m->policies.n + routes->n + 1, sizeof(*list));
	unsigned int n = 0;
	int err = 0;

	if (!list)
		return -ENOMEM;
	while (n < m->policies.n) {
		list[n] = policy_of(ctl, &m->policies.v[n]);
		n++;
	}
	for (size_t i = 0, next; i < routes->n && routes->v[i].is_policy; i = next) {
		const struct gwroute *r = &routes->v[i];
		struct group *group;

		next = gwroutes_next(routes, i);
		group = group_get(ctl, r, next - i);
		if (!group) {
			err = -ENOMEM;
			break;
		}
		list[n++] = (struct dp_policy){
			.priority = r->priority,
			.local = selector_of_cidr(&r->source),
			.remote = selector_of_cidr(&r->destination),
			.action = DP_PROTECT,
			.conn = group_dp(group),
		};
	}
	if (!err)
		err = dp_policies_set(ctl->dp, list, n);
	free(list);
	return err;
}

int tables_set(struct ctl *ctl, const struct model *m)
{
	struct gwroutes routes;
	const int made = gwroutes_init(&routes, m);
	// Each whatever became of the others: what a table still names must not be removed.
	const int err[] = {made, set_routes(ctl, m), set_gateway_routes(ctl, &routes),
		set_policies(ctl, m, &routes), publish_set(ctl, &routes)};

	gwroutes_fini(&routes);
	for (size_t i = 0; i < sizeof(err) / sizeof(err[0]); i++) {
		if (err[i])
			return err[i];
	}
	return 0;
}
