#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/act_core.h"

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

void act_show_routes(struct ctl *ctl, struct act_call *call)
{
	struct route_list l = {};
	json_t *list = json_array();

	rib_each(ctl->rib, route_note, &l);
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), route_order);
	for (size_t i = 0; i < l.n; i++)
		json_array_append_new(list, route_json(ctl, l.v[i]));
	free(l.v);
	act_answer(call, list);
}

static void policy_note(void *ctx, const struct dp_policy *p)
{
	static const char *const action[] = {
		[DP_PROTECT] = "protect", [DP_BYPASS] = "bypass", [DP_DISCARD] = "discard"};
	char local[SELECTOR_TEXT], remote[SELECTOR_TEXT];

	json_array_append_new(ctx,
		json_pack("{s:I, s:s, s:s, s:s, s:s, s:s?}", "priority", (json_int_t)p->priority,
			"policy", p->name, "source", selector_show(&p->local, local), "destination",
			selector_show(&p->remote, remote), "action", action[p->action],
			"connection", p->conn ? dp_conn_name(p->conn) : NULL));
}

void act_show_policies(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();

	dp_policies(ctl->dp, policy_note, list);
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
