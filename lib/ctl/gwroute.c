#include "ctl/gwroute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/directory.h"

// A route with its place in the order of installation, and that of its bundle's first.
struct row {
	struct gwroute route;
	size_t at, bundle;
};

struct rows {
	struct row *v;
	size_t n;
	const struct model *m;
	struct directory names;
};

static size_t rows_most(const struct model *m)
{
	size_t n = m->destination_routes.n + m->policy_routes.n;

	for (size_t i = 0; i < m->connections.n; i++)
		n += m->connections.v[i].local_networks.n * m->connections.v[i].remote_networks.n;
	return n;
}

static void rows_fini(struct rows *rows)
{
	free(rows->v);
	directory_fini(&rows->names);
}

static int rows_init(struct rows *rows, const struct model *m)
{
	int err;

	*rows = (struct rows){.m = m, .v = calloc(rows_most(m) + 1, sizeof(struct row))};
	err = rows->v ? 0 : -ENOMEM;
	if (!err)
		err = directory_init(&rows->names, m);
	if (err)
		rows_fini(rows);
	return err;
}

// The rest of a route is its connection's. One without a connection is none.
static void add(struct rows *rows, const char *connection, struct gwroute route)
{
	const struct model_vpn_gateway *gateway;

	route.connection = directory_connection(&rows->names, connection);
	if (!route.connection)
		return;
	route.gateway = route.connection->vpn_gateway;
	gateway = directory_vpn_gateway(&rows->names, route.gateway);
	route.ecmp = gateway && gateway->ecmp;
	rows->v[rows->n] = (struct row){.route = route, .at = rows->n};
	rows->n++;
}

static void add_listed(struct rows *rows)
{
	const struct model *m = rows->m;

	for (size_t i = 0; i < m->policy_routes.n; i++) {
		const struct model_policy_route *r = &m->policy_routes.v[i];

		add(rows, r->connection,
			(struct gwroute){.is_policy = true,
				.source = r->source,
				.destination = r->destination,
				.priority = r->priority,
				.weight = r->weight,
				.published = r->published,
				.description = r->description,
				.created_ms = r->created_ms});
	}
	for (size_t i = 0; i < m->destination_routes.n; i++) {
		const struct model_destination_route *r = &m->destination_routes.v[i];

		add(rows, r->connection,
			(struct gwroute){.destination = r->destination,
				.weight = r->weight,
				.published = r->published,
				.description = r->description,
				.created_ms = r->created_ms});
	}
}

static void add_pair(struct rows *rows, const struct model_connection *conn,
	const struct cidr *local, const struct cidr *remote)
{
	if (local->addr.family != remote->addr.family)
		return;
	add(rows, conn->name,
		(struct gwroute){.is_policy = true,
			.automatic = true,
			.source = *local,
			.destination = *remote,
			.priority = GWROUTE_AUTO_PRIORITY,
			.weight = GWROUTE_AUTO_WEIGHT,
			.description = "",
			.created_ms = conn->about.created_ms});
}

// R-13, D-5
static void add_automatic(struct rows *rows)
{
	for (size_t c = 0; c < rows->m->connections.n; c++) {
		const struct model_connection *conn = &rows->m->connections.v[c];

		if (!*conn->vpn_gateway || !conn->auto_config_route ||
			model_is_destination_mode(conn))
			continue;
		for (size_t l = 0; l < conn->local_networks.n; l++) {
			for (size_t r = 0; r < conn->remote_networks.n; r++)
				add_pair(rows, conn, &conn->local_networks.v[l],
					&conn->remote_networks.v[r]);
		}
	}
}

static int cidr_order(const struct cidr *a, const struct cidr *b)
{
	int cmp = addr_cmp(&a->addr, &b->addr);

	return cmp ? cmp : a->bits - b->bits;
}

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

// By what is led where, whatever the priority; then as installed.
static int by_pair(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int cmp = y->route.is_policy - x->route.is_policy;

	cmp = cmp ? cmp : cidr_order(&x->route.destination, &y->route.destination);
	cmp = cmp ? cmp : cidr_order(&x->route.source, &y->route.source);
	cmp = cmp ? cmp : order((uintptr_t)x->route.connection, (uintptr_t)y->route.connection);
	return cmp ? cmp : order(x->at, y->at);
}

static int by_place(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int cmp = y->route.is_policy - x->route.is_policy;

	cmp = cmp ? cmp : order(x->route.priority, y->route.priority);
	cmp = cmp ? cmp : cidr_order(&x->route.destination, &y->route.destination);
	cmp = cmp ? cmp : cidr_order(&x->route.source, &y->route.source);
	return cmp ? cmp : order(x->at, y->at);
}

static int by_installation(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int cmp = y->route.is_policy - x->route.is_policy;

	cmp = cmp ? cmp : order(x->route.priority, y->route.priority);
	if (!cmp && !x->route.is_policy)
		cmp = cidr_order(&x->route.destination, &y->route.destination);
	cmp = cmp ? cmp : order(x->bundle, y->bundle);
	return cmp ? cmp : order(x->at, y->at);
}

static bool replaces(const struct gwroute *listed, const struct gwroute *automatic)
{
	return automatic->automatic && listed->is_policy &&
	       listed->connection == automatic->connection &&
	       cidr_eq(&listed->source, &automatic->source) &&
	       cidr_eq(&listed->destination, &automatic->destination);
}

// What is configured stands in the place of what would be made by itself.
static void drop_replaced(struct rows *rows)
{
	size_t kept = 0;

	qsort(rows->v, rows->n, sizeof(rows->v[0]), by_pair);
	for (size_t i = 0; i < rows->n; i++) {
		if (!kept || !replaces(&rows->v[kept - 1].route, &rows->v[i].route))
			rows->v[kept++] = rows->v[i];
	}
	rows->n = kept;
}

static bool same_place(const struct gwroute *a, const struct gwroute *b)
{
	return a->is_policy == b->is_policy && a->priority == b->priority &&
	       cidr_eq(&a->destination, &b->destination) && cidr_eq(&a->source, &b->source);
}

static void bundle(struct rows *rows)
{
	qsort(rows->v, rows->n, sizeof(rows->v[0]), by_place);
	for (size_t i = 0; i < rows->n; i++) {
		struct row *row = &rows->v[i];

		row->route.first = !i || !same_place(&row->route, &row[-1].route);
		row->bundle = row->route.first ? row->at : row[-1].bundle;
	}
	qsort(rows->v, rows->n, sizeof(rows->v[0]), by_installation);
}

int gwroutes_init(struct gwroutes *routes, const struct model *m)
{
	struct rows rows;
	int err = rows_init(&rows, m);

	*routes = (struct gwroutes){};
	if (err)
		return err;
	add_listed(&rows);
	add_automatic(&rows);
	drop_replaced(&rows);
	bundle(&rows);
	routes->v = calloc(rows.n + 1, sizeof(routes->v[0]));
	if (routes->v) {
		routes->n = rows.n;
		for (size_t i = 0; i < rows.n; i++)
			routes->v[i] = rows.v[i].route;
	}
	rows_fini(&rows);
	return routes->v ? 0 : -ENOMEM;
}

void gwroutes_fini(struct gwroutes *routes)
{
	free(routes->v);
	*routes = (struct gwroutes){};
}

size_t gwroutes_next(const struct gwroutes *routes, size_t at)
{
	do
		at++;
	while (at < routes->n && !routes->v[at].first);
	return at;
}

bool gwroutes_ecmp(const struct gwroute *v, size_t n)
{
	bool ecmp = true;

	for (size_t i = 0; i < n; i++)
		ecmp &= v[i].ecmp;
	return ecmp;
}

static bool is_active(const struct gwroute_standing *s)
{
	return s->weight != MODEL_WEIGHT_STANDBY;
}

static bool active_and_usable(const struct gwroute_standing *s)
{
	return is_active(s) && s->usable;
}

static bool is_usable(const struct gwroute_standing *s)
{
	return s->usable;
}

static bool any(const struct gwroute_standing *)
{
	return true;
}

size_t gwroute_choose(const struct gwroute_standing *standing, size_t n, bool ecmp, size_t chosen[])
{
	// With none usable the active one stays: a packet may be what brings it up.
	static bool (*const may[])(const struct gwroute_standing *) = {
		active_and_usable, is_usable, is_active, any};
	size_t taken = 0;

	for (size_t round = 0; round < sizeof(may) / sizeof(may[0]) && !taken; round++) {
		for (size_t i = 0; i < n; i++) {
			if (!standing[i].revoked && may[round](&standing[i]) && (ecmp || !taken))
				chosen[taken++] = i;
		}
	}
	return taken;
}
