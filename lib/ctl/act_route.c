#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/act_core.h"
#include "ctl/group.h"

struct route_list {
	const struct rib_route **v;
	size_t n, room;
};

static void route_note(void *ctx, const struct rib_route *route)
{
	struct route_list *l = ctx;

	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		const struct rib_route **v = reallocarray(l->v, room, sizeof(*v));

		if (!v)
			return;
		l->v = v;
		l->room = room;
	}
	l->v[l->n++] = route;
}

static int route_order(const void *a, const void *b)
{
	const struct rib_route *x = *(const struct rib_route *const *)a;
	const struct rib_route *y = *(const struct rib_route *const *)b;
	int by_addr = addr_cmp(&x->prefix.addr, &y->prefix.addr);

	if (by_addr)
		return by_addr;
	if (x->prefix.bits != y->prefix.bits)
		return x->prefix.bits - y->prefix.bits;
	return y->best - x->best;
}

static json_t *route_json(struct ctl *ctl, const struct rib_route *r)
{
	static const char *const kind[] = {
		[RIB_CONNECTION] = "connection", [RIB_PORT] = "port", [RIB_DISCARD] = "discard"};
	char prefix[CIDR_TEXT], gateway[ADDR_TEXT] = "";
	const char *name = NULL;

	if (r->hop.kind == RIB_CONNECTION)
		name = idmap_name(ctl->conn_ids, r->hop.id);
	else if (r->hop.kind == RIB_PORT)
		name = dp_port_name(ctl->dp, r->hop.id);
	if (r->hop.gateway.family)
		addr_show(&r->hop.gateway, gateway);
	return json_pack("{s:s, s:s, s:s?, s:s, s:s, s:I, s:b}", "destination",
		cidr_show(&r->prefix, prefix), "to", kind[r->hop.kind], "name", name, "next_hop",
		gateway, "source", rib_source_name(r->source), "metric", (json_int_t)r->metric,
		"active", r->best);
}

// What routes of VPN gateways have beside the rest, by the API's words.
static void add_gateway(json_t *o, const struct gwroute *r, const struct conn *conn)
{
	const struct dp_tunnel *tunnel = conn ? dp_conn_active(conn->dp) : NULL;
	bool published = r->published && conn && !conn->revoked;

	json_object_set_new(o, "gateway", json_string(r->gateway));
	json_object_set_new(o, "weight", json_integer(r->weight));
	json_object_set_new(o, "state", json_string(published ? "published" : "normal"));
	json_object_set_new(
		o, "next_hop_tunnel", json_string(tunnel ? dp_tunnel_name(tunnel) : ""));
	json_object_set_new(o, "route_entry_type", json_string("Custom"));
	json_object_set_new(o, "description", json_string(r->description));
	json_object_set_new(o, "created_ms", json_integer((json_int_t)r->created_ms));
}

// The first of the bundle to a prefix; routes->n: none. They stand behind the policy routes.
static size_t bundle_to(const struct gwroutes *routes, const struct cidr *prefix)
{
	size_t low = 0, high = routes->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct gwroute *r = &routes->v[mid];
		int cmp = addr_cmp(&r->destination.addr, &prefix->addr);

		if (r->is_policy || cmp < 0 || (!cmp && r->destination.bits < prefix->bits))
			low = mid + 1;
		else
			high = mid;
	}
	return low < routes->n && cidr_eq(&routes->v[low].destination, prefix) ? low : routes->n;
}

static void gateway_routes_json(
	struct ctl *ctl, const struct gwroutes *routes, const struct rib_route *r, json_t *list)
{
	const struct group *group = group_find(ctl, r->hop.id);
	size_t at = bundle_to(routes, &r->prefix);
	size_t end = at < routes->n ? gwroutes_next(routes, at) : at;
	char prefix[CIDR_TEXT];

	for (; at < end; at++) {
		const char *name = routes->v[at].connection->name;
		const struct conn *conn = ctl_conn_named(ctl, name);
		bool active = r->best && group && conn && group_takes(group, conn);
		json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "destination",
			cidr_show(&r->prefix, prefix), "to", "connection", "name", name, "next_hop",
			"", "source", rib_source_name(r->source), "metric", (json_int_t)r->metric,
			"active", active);

		add_gateway(o, &routes->v[at], conn);
		json_array_append_new(list, o);
	}
}

void act_show_routes(struct ctl *ctl, struct act_call *call)
{
	struct gwroutes routes = {};
	struct route_list l = {};
	json_t *list = json_array();

	if (gwroutes_init(&routes, ctl->model))
		routes.n = 0;
	rib_each(ctl->rib, route_note, &l);
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), route_order);
	for (size_t i = 0; i < l.n; i++) {
		if (l.v[i]->hop.kind == RIB_GROUP)
			gateway_routes_json(ctl, &routes, l.v[i], list);
		else
			json_array_append_new(list, route_json(ctl, l.v[i]));
	}
	free(l.v);
	gwroutes_fini(&routes);
	act_answer(call, list);
}

// Policies and policy routes in the making.
struct policy_list {
	struct policy_row {
		uint32_t priority;
		size_t at;
		json_t *o;
	} * v;
	size_t n, room;
};

static void policy_add(struct policy_list *l, uint32_t priority, json_t *o)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct policy_row *v = reallocarray(l->v, room, sizeof(*v));

		if (!v) {
			json_decref(o);
			return;
		}
		l->v = v;
		l->room = room;
	}
	l->v[l->n] = (struct policy_row){.priority = priority, .at = l->n, .o = o};
	l->n++;
}

static int policy_order(const void *a, const void *b)
{
	const struct policy_row *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static void policy_note(void *ctx, const struct dp_policy *p)
{
	static const char *const action[] = {
		[DP_PROTECT] = "protect", [DP_BYPASS] = "bypass", [DP_DISCARD] = "discard"};
	char local[SELECTOR_TEXT], remote[SELECTOR_TEXT];

	// Policy routes have no name, and more to be shown.
	if (!p->name[0])
		return;
	policy_add(ctx, p->priority,
		json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s?}", "priority",
			(json_int_t)p->priority, "kind", "policy", "policy", p->name, "source",
			selector_show(&p->local, local), "destination",
			selector_show(&p->remote, remote), "action", action[p->action],
			"connection", p->conn ? dp_conn_name(p->conn) : NULL));
}

static void policy_route_add(
	struct ctl *ctl, struct policy_list *l, const struct gwroute *r, const struct group *group)
{
	const struct conn *conn = ctl_conn_named(ctl, r->connection->name);
	char source[CIDR_TEXT], destination[CIDR_TEXT];
	json_t *o = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "priority",
		(json_int_t)r->priority, "kind", r->automatic ? "automatic route" : "route",
		"policy", "", "source", cidr_show(&r->source, source), "destination",
		cidr_show(&r->destination, destination), "action", "protect", "connection",
		r->connection->name, "active", group && conn && group_takes(group, conn));

	add_gateway(o, r, conn);
	policy_add(l, r->priority, o);
}

static void policy_routes_add(struct ctl *ctl, struct policy_list *l)
{
	struct gwroutes routes;

	if (gwroutes_init(&routes, ctl->model))
		return;
	for (size_t i = 0, next; i < routes.n && routes.v[i].is_policy; i = next) {
		const struct group *group;

		next = gwroutes_next(&routes, i);
		group = group_of(ctl, &routes.v[i], next - i);
		for (size_t k = i; k < next; k++)
			policy_route_add(ctl, l, &routes.v[k], group);
	}
	gwroutes_fini(&routes);
}

void act_show_policies(struct ctl *ctl, struct act_call *call)
{
	struct policy_list l = {};
	json_t *list = json_array();

	dp_policies(ctl->dp, policy_note, &l);
	policy_routes_add(ctl, &l);
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), policy_order);
	for (size_t i = 0; i < l.n; i++)
		json_array_append_new(list, l.v[i].o);
	free(l.v);
	act_answer(call, list);
}

struct neigh_list {
	struct ctl *ctl;
	json_t *list;
};

static void neigh_note(void *ctx, const struct neigh_view *view)
{
	struct neigh_list *l = ctx;
	char addr[ADDR_TEXT], mac[18] = "";
	const uint8_t *b = view->mac;

	if (view->known)
		snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3],
			b[4], b[5]);
	json_array_append_new(l->list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:I}", "port",
					       dp_port_name(l->ctl->dp, view->port), "address",
					       addr_show(&view->addr, addr), "mac", mac, "state",
					       view->known ? "known" : "unresolved", "wanted",
					       view->wanted, "since_s", act_age_s(view->since)));
}

void act_show_neighbours(struct ctl *ctl, struct act_call *call)
{
	struct neigh_list l = {.ctl = ctl, .list = json_array()};

	neigh_each(ctl->neighs, neigh_note, &l);
	act_answer(call, l.list);
}
