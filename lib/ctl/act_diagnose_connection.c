// Why nothing passes though the tunnels stand, or why they do not: everything that can
// be seen from here, computed when it is asked for. The names are those of the HTTP API's
// GetVpnGatewayDiagnoseResult.
#include <stdio.h>
#include <string.h>

#include "ctl/act_core.h"
#include "ctl/failover.h"
#include "ctl/gwroute.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"
#include "ctl/reach.h"
#include "ctl/recent.h"

enum level { NORMAL, WARNING, ERROR };

struct review {
	struct ctl *ctl;
	struct conn *conn;
	const struct model_connection *conf;
	struct gwroutes routes;
	enum level worst;
	json_t *results;
	json_t *found; // those that are not normal, for people
};

static const char *const level_names[] = {"normal", "warning", "error"};

// what: a sentence without its full stop; remedy: whole sentences, "" when all is well.
static void result(
	struct review *r, enum level level, const char *name, const char *what, const char *remedy)
{
	char sentence[1000];

	snprintf(sentence, sizeof(sentence), "%s: %s. %s", level_names[level], what, remedy);
	json_array_append_new(r->results,
		json_pack("{s:s, s:s, s:s, s:s}", "DiagnoseName", name, "DiagnoseResultLevel",
			level_names[level], "DiagnoseResultDescription", what, "remedy", remedy));
	if (level != NORMAL)
		json_array_append_new(r->found, json_string(sentence));
	if (level > r->worst)
		r->worst = level;
}

static void review_tunnel(struct review *r, const struct tunnel *t)
{
	enum level level = failover_usable(r->conn) ? WARNING : ERROR;
	struct ike_tunnel_view view = {};
	const char *status;
	char what[400], why[256] = "";

	(void)ike_tunnel_view(ikerun_ike(r->ctl), t->id, &view);
	status = logbook_status(t, &view);
	if (view.why && view.state != IKE_TUNNEL_UP)
		why_show(view.why, why, sizeof(why));
	snprintf(what, sizeof(what), "tunnel %s is %s (%s)%s%s", t->name,
		ike_tunnel_state_name(view.state), status, *why ? ": " : "", why);
	if (view.state == IKE_TUNNEL_UP && choice_usable(&t->standing))
		result(r, NORMAL, "VcoUserInternetIpConnectivity", what, "");
	else if (view.state == IKE_TUNNEL_UP)
		result(r, level, "VcoUserInternetIpConnectivity", what,
			"It stands but is not used: see \"show connections json\" for the reason.");
	else
		result(r, level, "VcoUserInternetIpConnectivity", what,
			view.why ? ike_reason(view.why->code)->remedy
				 : "Nothing was negotiated yet: see \"diagnose tunnel\".");
}

static void review_tunnels(struct review *r)
{
	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (r->conn->tunnel[i])
			review_tunnel(r, r->conn->tunnel[i]);
	}
}

static bool is_carried(const struct model_connection *conf, const struct cidr *prefix)
{
	for (size_t i = 0; i < conf->remote_networks.n; i++) {
		const struct cidr *net = &conf->remote_networks.v[i];

		if (net->addr.family == prefix->addr.family && net->bits <= prefix->bits &&
			cidr_has(net, &prefix->addr))
			return true;
	}
	return false;
}

struct into {
	struct review *r;
	unsigned int n;
};

// A route into the connection whose packets no SA will take.
static void look_at_route(void *ctx, const struct rib_route *route)
{
	struct into *into = ctx;
	char what[200], prefix[CIDR_TEXT];

	if (!route->best || !reach_by_hop(into->r->ctl, &route->hop, into->r->conn))
		return;
	into->n++;
	if (is_carried(into->r->conf, &route->prefix))
		return;
	snprintf(what, sizeof(what),
		"the route to %s leads into the connection, whose remote networks do not hold it",
		cidr_show(&route->prefix, prefix));
	result(into->r, WARNING, "VcoConfigConsistency", what,
		"Its packets are dropped (ts_out): add the network to the connection and to the "
		"peer, or take the route away.");
}

static const char *leads_to(const struct review *r, const struct rib_hop *hop)
{
	if (hop->kind == RIB_PORT)
		return dp_port_name(r->ctl->dp, hop->id);
	if (hop->kind == RIB_DISCARD)
		return "nowhere";
	return hop->kind == RIB_CONNECTION ? idmap_name(r->ctl->conn_ids, hop->id)
					   : "other connections";
}

static void review_remote(struct review *r, const struct cidr *net)
{
	const struct rib_hop *hop = rib_find(r->ctl->rib, &net->addr);
	char what[200], text[CIDR_TEXT];

	cidr_show(net, text);
	if (reach_by_hop(r->ctl, hop, r->conn)) {
		snprintf(what, sizeof(what), "remote network %s is routed into the connection",
			text);
		result(r, NORMAL, "RouteEntryConflict", what, "");
	} else if (hop) {
		snprintf(what, sizeof(what),
			"remote network %s is routed to %s, not into the connection", text,
			leads_to(r, hop));
		result(r, ERROR, "RouteEntryConflict", what,
			"Take the other route away, or make one into the connection that is as "
			"long.");
	} else {
		snprintf(what, sizeof(what), "remote network %s has no route into the connection",
			text);
		result(r, ERROR, "RouteEntryConflict", what,
			"Nothing is sent through the tunnels, and what comes out of them is "
			"dropped "
			"(no_route): add a route or a policy.");
	}
}

static void review_routes(struct review *r)
{
	struct into into = {.r = r};

	rib_each(r->ctl->rib, look_at_route, &into);
	if (reach_by_policy(r->ctl, r->conn))
		result(r, NORMAL, "RouteEntryConflict", "a policy leads into the connection", "");
	else if (model_is_destination_mode(r->conf) && into.n)
		result(r, NORMAL, "RouteEntryConflict", "routes lead into the connection", "");
	else if (model_is_destination_mode(r->conf))
		result(r, ERROR, "RouteEntryConflict", "no route leads into the connection",
			"Nothing is sent through the tunnels: add a destination route.");
	else
		for (size_t i = 0; i < r->conf->remote_networks.n; i++)
			review_remote(r, &r->conf->remote_networks.v[i]);
}

struct inside {
	const struct ctl *ctl;
	const struct cidr *net;
	bool found;
};

static void look_inside(void *ctx, const struct rib_route *route)
{
	struct inside *inside = ctx;

	inside->found |= route->best && route->hop.kind == RIB_PORT &&
			 dp_port_role(inside->ctl->dp, route->hop.id) == DP_INSIDE &&
			 cidr_overlaps(&route->prefix, inside->net);
}

// The way back: what the peer sends must find its host, and the host's packets must be believed.
static void review_local(struct review *r)
{
	for (size_t i = 0; i < r->conf->local_networks.n; i++) {
		struct inside inside = {.ctl = r->ctl, .net = &r->conf->local_networks.v[i]};
		char what[200], text[CIDR_TEXT];

		rib_each(r->ctl->rib, look_inside, &inside);
		snprintf(what, sizeof(what), "local network %s is %s by an inside port",
			cidr_show(inside.net, text), inside.found ? "reached" : "not reached");
		result(r, inside.found ? NORMAL : ERROR, "VcoPrivateConnectivity", what,
			inside.found
				? ""
				: "What comes out of the tunnels for it is dropped, and what its "
				  "hosts send fails the reverse-path check (rpf): give an inside "
				  "port an address in it, or route it there.");
	}
}

static bool selected(const struct selector *list, size_t n, const struct cidr *net)
{
	const struct selector want = selector_of_cidr(net);

	for (size_t i = 0; i < n; i++) {
		if (list[i].first.family == want.first.family &&
			addr_cmp(&list[i].first, &want.first) <= 0 &&
			addr_cmp(&list[i].last, &want.last) >= 0)
			return true;
	}
	return false;
}

// The selectors of all children of one tunnel.
struct agreed {
	uint32_t tunnel;
	unsigned int n;
	bool local[MODEL_NETWORKS], remote[MODEL_NETWORKS];
	const struct model_connection *conf;
};

static void look_at_child(void *ctx, const struct ike_child_view *view)
{
	struct agreed *a = ctx;

	if (view->tunnel != a->tunnel)
		return;
	a->n++;
	for (size_t i = 0; i < a->conf->local_networks.n; i++)
		a->local[i] |= selected(
			view->local, view->local_count, &a->conf->local_networks.v[i]);
	for (size_t i = 0; i < a->conf->remote_networks.n; i++)
		a->remote[i] |= selected(
			view->remote, view->remote_count, &a->conf->remote_networks.v[i]);
}

static void not_agreed(
	struct review *r, const struct tunnel *t, const char *side, const struct cidr *net)
{
	char what[200], text[CIDR_TEXT];

	snprintf(what, sizeof(what), "the peer of tunnel %s has not agreed to all of %s network %s",
		t->name, side, cidr_show(net, text));
	result(r, WARNING, "VcoConfigConsistency", what,
		"Packets outside of what was agreed are dropped (ts_in, ts_out): configure the "
		"same "
		"networks, swapped, at the peer.");
}

static void review_selectors(struct review *r)
{
	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		const struct tunnel *t = r->conn->tunnel[i];
		struct agreed a = {.conf = r->conf};

		if (!t)
			continue;
		a.tunnel = t->id;
		ike_each_child(ikerun_ike(r->ctl), look_at_child, &a);
		for (size_t n = 0; a.n && n < r->conf->local_networks.n; n++) {
			if (!a.local[n])
				not_agreed(r, t, "local", &r->conf->local_networks.v[n]);
		}
		for (size_t n = 0; a.n && n < r->conf->remote_networks.n; n++) {
			if (!a.remote[n])
				not_agreed(r, t, "remote", &r->conf->remote_networks.v[n]);
		}
	}
}

// Counters that move, or do not.
static void review_traffic(struct review *r)
{
	struct child_traffic sum = {};
	unsigned long long in, out;
	char what[200];

	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		struct child_traffic one = {};

		if (r->conn->tunnel[i])
			one = recent_traffic(r->conn->tunnel[i]);
		sum.in_packets += one.in_packets;
		sum.out_packets += one.out_packets;
	}
	in = sum.in_packets;
	out = sum.out_packets;
	snprintf(what, sizeof(what),
		"in the last minutes %llu packets were encrypted and %llu decrypted", out, in);
	if (out && !in)
		result(r, ERROR, "VcoPrivateConnectivity", what,
			"Nothing comes back: see the peer's routes to the local networks, its "
			"firewall "
			"and security groups (ICMP, too), and whether ESP or UDP 4500 passes.");
	else if (in && !out)
		result(r, ERROR, "VcoPrivateConnectivity", what,
			"Nothing is sent back: see the routes of the hosts here towards this "
			"gateway, "
			"and their firewalls.");
	else
		result(r, NORMAL, "VcoPrivateConnectivity", what, "");
}

// The dataplane counts them for all connections together.
static void review_drops(struct review *r)
{
	static const char *const remedy[RECENT_DROPS] = {
		[RECENT_TS_IN] =
			"The peer sends what was not agreed: compare its networks with the "
			"connection's.",
		[RECENT_TS_OUT] =
			"Routes or policies lead packets into a connection whose networks do "
			"not hold them: add the networks on both sides.",
		[RECENT_RPF] =
			"Hosts send from networks that are routed elsewhere: route these networks "
			"to the inside port they are at.",
		[RECENT_NO_ROUTE] =
			"Packets find no route: add one for where they go; \"trace\" shows "
			"them.",
	};
	char what[200];

	for (unsigned int i = 0; i < RECENT_DROPS; i++) {
		unsigned long long n = recent_drops(r->ctl, (enum recent_drop)i);

		if (!n)
			continue;
		snprintf(what, sizeof(what),
			"in the last minutes %llu packets, of all connections, were dropped as %s",
			n, recent_drop_name((enum recent_drop)i));
		result(r, WARNING, "VcoPrivateConnectivity", what, remedy[i]);
	}
}

static void quota(struct review *r, const char *name, const char *of, size_t n, uint32_t max)
{
	enum level level = n * 10 >= (size_t)max * 9 ? WARNING : NORMAL;
	char what[200];

	snprintf(what, sizeof(what), "%zu of %u %s of VPN gateway %s are used", n, max, of,
		r->conf->vpn_gateway);
	result(r, level, name, what,
		level == NORMAL
			? ""
			: "Raise the limit of the VPN gateway, or remove what is not needed.");
}

static void review_quotas(struct review *r)
{
	const struct model *m = r->ctl->model;
	const struct model_vpn_gateway *g = model_find_vpn_gateway(m, r->conf->vpn_gateway);
	size_t connections = 0, routes = 0, policies = 0;

	if (!g)
		return;
	for (size_t i = 0; i < m->connections.n; i++)
		connections += !strcmp(m->connections.v[i].vpn_gateway, g->name);
	for (size_t i = 0; i < r->routes.n; i++) {
		bool ours = !strcmp(r->routes.v[i].gateway, g->name);

		routes += ours && !r->routes.v[i].is_policy;
		policies += ours && r->routes.v[i].is_policy;
	}
	quota(r, "VpnIPsecQuota", "connections", connections, g->max_connections);
	quota(r, "VpnRouteQuota", "destination routes", routes, g->max_routes);
	quota(r, "VpnPbrRouteQuota", "policy routes", policies, g->max_policy_routes);
}

void act_diagnose_connection(struct ctl *ctl, struct act_call *call)
{
	static void (*const reviews[])(struct review *) = {review_tunnels, review_routes,
		review_local, review_selectors, review_traffic, review_drops, review_quotas};
	struct review r = {.ctl = ctl,
		.conn = ctl_conn_named(ctl, call->arg[0]),
		.conf = model_find_connection(ctl->model, call->arg[0])};
	struct why why = {};

	if (!r.conn || !r.conf) {
		why_set(&why, -ENOENT, "no such connection", NULL, NULL, call->arg[0]);
		act_done(call, -ENOENT, NULL, &why);
		return;
	}
	if (gwroutes_init(&r.routes, ctl->model)) {
		act_done(call, -ENOMEM, NULL, &why);
		return;
	}
	r.results = json_array();
	r.found = json_array();
	for (size_t i = 0; i < sizeof(reviews) / sizeof(reviews[0]); i++)
		reviews[i](&r);
	gwroutes_fini(&r.routes);
	act_answer(call, json_pack("{s:s, s:s, s:s, s:o, s:o}", "connection", r.conn->name,
				 "status", act_connection_status(ctl, r.conn), "level",
				 level_names[r.worst], "found", r.found, "results", r.results));
}
