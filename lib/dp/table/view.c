#include "dp/table/view.h"

#include <errno.h>
#include <stdlib.h>

#include "dp/core.h"
#include "dp/told.h"

void view_free(struct retired *retired)
{
	struct view *view = (struct view *)retired;

	fib_put(view->own);
	fib_put(view->routes);
	spd_put(view->spd);
	neigh_set_free(view->neighs);
	free(view);
}

static struct fib *own_new(const struct told *told)
{
	struct fib_route *route = calloc(told->n_own + 1, sizeof(*route));
	struct fib *fib = NULL;
	unsigned int n = 0;

	if (!route)
		return NULL;
	for (unsigned int i = 0; i < told->n_own; i++) {
		route[n].dst = (struct cidr){
			told->own[i].addr, (uint8_t)(8 * addr_len(&told->own[i].addr))};
		route[n++].dest = (struct dest){.port = (uint8_t)told->own[i].port};
	}
	fib = fib_new(route, n);
	free(route);
	return fib;
}

static struct fib *routes_new(const struct told *told)
{
	struct fib_route *route = calloc(told->n_route + 1, sizeof(*route));
	struct fib *fib = NULL;

	if (!route)
		return NULL;
	for (unsigned int i = 0; i < told->n_route; i++) {
		const struct dp_next *next = &told->route[i].next;

		route[i] = (struct fib_route){
			.dst = told->route[i].dst,
			.dest = {.type = (uint8_t)next->type,
				.port = (uint8_t)next->port,
				.gateway = told->route[i].gateway,
				.conn = next->conn,
				.tunnel = next->tunnel},
		};
	}
	fib = fib_new(route, told->n_route);
	free(route);
	return fib;
}

// The first of all has nothing to share: dp_new says that everything has changed.
static struct view *view_new(struct dp *dp, const struct view *old)
{
	struct told *told = &dp->told;
	struct view *view = calloc(1, sizeof(*view));

	if (!view)
		return NULL;
	view->own = own_new(told);
	view->routes = told->routes_changed ? routes_new(told) : fib_get(old->routes);
	view->spd = told->policies_changed ? spd_new(told->policy, told->n_policy)
					   : spd_get(old->spd);
	view->neighs = neigh_set_new(&dp->neighs);
	for (unsigned int i = told->n_own; i-- > 0;) {
		const struct addr *addr = &told->own[i].addr;

		view->source[told->own[i].port][addr->family == ADDR_V6] = *addr;
	}
	if (view->own && view->routes && view->spd && view->neighs)
		return view;
	view_free(&view->retired);
	return NULL;
}

int dp_commit(struct dp *dp)
{
	struct told *told = &dp->told;
	struct view *old = atomic_load_explicit(&dp->view, memory_order_relaxed), *view;

	if (!told->changed)
		return 0;
	view = view_new(dp, old);
	if (!view)
		return -ENOMEM;
	atomic_store_explicit(&dp->view, view, memory_order_release);
	dp_changed(dp);
	if (old)
		reclaim_retire(&dp->reclaim, &old->retired, view_free);
	told_committed(dp);
	return 0;
}
