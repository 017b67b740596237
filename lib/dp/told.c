#include "dp/told.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dp/downlink.h"

void told_retire(struct dp *dp, struct retired *retired, void (*free)(struct retired *retired))
{
	if (!dp->told.changed) {
		reclaim_retire(&dp->reclaim, retired, free);
		return;
	}
	*retired = (struct retired){.next = dp->orphans, .free = free};
	dp->orphans = retired;
}

void told_committed(struct dp *dp)
{
	struct retired *next;

	for (struct retired *r = dp->orphans; r; r = next) {
		next = r->next;
		reclaim_retire(&dp->reclaim, r, r->free);
	}
	dp->orphans = NULL;
	dp->told.changed = dp->told.routes_changed = dp->told.policies_changed = false;
}

struct neigh *told_neigh_get(struct dp *dp, unsigned int port, const struct addr *addr)
{
	struct neigh *neigh = neigh_get(&dp->neighs, port, addr);

	if (neigh && neigh->refs == 1)
		dp->told.changed = true;
	return neigh;
}

void told_neigh_put(struct dp *dp, struct neigh *neigh)
{
	if (!neigh || !neigh_put(&dp->neighs, neigh))
		return;
	dp->told.changed = true;
	told_retire(dp, &neigh->retired, neigh_free);
}

int dp_addr_set(struct dp *dp, unsigned int port, const struct addr *addr, bool on)
{
	struct told *told = &dp->told;
	unsigned int i = 0;
	void *more;

	if (port >= dp->n_ports || !addr->family)
		return -EINVAL;
	while (i < told->n_own && (told->own[i].port != port || !addr_eq(&told->own[i].addr, addr)))
		i++;
	if (on == (i < told->n_own))
		return 0;
	if (on) {
		more = realloc(told->own, (told->n_own + 1) * sizeof(told->own[0]));
		if (!more)
			return -ENOMEM;
		told->own = more;
		told->own[told->n_own].addr = *addr;
		told->own[told->n_own++].port = port;
	} else {
		told->own[i] = told->own[--told->n_own];
	}
	told->changed = true;
	return 0;
}

int dp_neigh_set(struct dp *dp, unsigned int port, const struct addr *addr, const uint8_t *mac)
{
	struct neigh *neigh;
	bool known;

	if (port >= dp->n_ports || !addr->family)
		return -EINVAL;
	neigh = neigh_lookup(&dp->neighs, port, addr);
	known = neigh && neigh_mac(neigh);
	if (!mac) {
		if (neigh)
			downlink_drop(dp, neigh);
		if (known) {
			neigh_mac_set(neigh, NULL);
			told_neigh_put(dp, neigh);
		}
		return 0;
	}
	if (!known) {
		neigh = told_neigh_get(dp, port, addr);
		if (!neigh)
			return -ENOMEM;
	}
	neigh_mac_set(neigh, mac);
	downlink_release(dp, neigh);
	return 0;
}

// Where a prefix stands, or would stand, in the sorted list.
static unsigned int route_at(const struct told *told, const struct cidr *dst)
{
	unsigned int low = 0, high = told->n_route;

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		const struct cidr *c = &told->route[mid].dst;
		int cmp = addr_cmp(&c->addr, &dst->addr);

		if (cmp < 0 || (!cmp && c->bits < dst->bits))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool route_is(const struct told *told, unsigned int i, const struct cidr *dst)
{
	return i < told->n_route && cidr_eq(&told->route[i].dst, dst);
}

static int route_room(struct told *told)
{
	unsigned int room = told->route_room ? 2 * told->route_room : 16;
	void *more;

	if (told->n_route < told->route_room)
		return 0;
	more = realloc(told->route, room * sizeof(told->route[0]));
	if (!more)
		return -ENOMEM;
	told->route = more;
	told->route_room = room;
	return 0;
}

static bool next_is_valid(const struct dp *dp, const struct cidr *dst, const struct dp_next *next)
{
	switch (next->type) {
	case DP_NEXT_PORT:
		return next->port < dp->n_ports &&
		       (!next->gateway.family || next->gateway.family == dst->addr.family);
	case DP_NEXT_CONN:
		return next->conn;
	case DP_NEXT_TUNNEL:
	case DP_NEXT_HOST:
		return next->tunnel;
	case DP_NEXT_DROP:
		return true;
	}
	return false;
}

int dp_route_set(struct dp *dp, const struct cidr *dst, const struct dp_next *next)
{
	struct told *told = &dp->told;
	unsigned int i = route_at(told, dst);
	struct neigh *gateway = NULL;

	if (!dst->addr.family || !next_is_valid(dp, dst, next))
		return -EINVAL;
	if (!route_is(told, i, dst) && route_room(told))
		return -ENOMEM;
	if (next->type == DP_NEXT_PORT && next->gateway.family) {
		gateway = told_neigh_get(dp, next->port, &next->gateway);
		if (!gateway)
			return -ENOMEM;
	}
	if (route_is(told, i, dst)) {
		told_neigh_put(dp, told->route[i].gateway);
	} else {
		memmove(&told->route[i + 1], &told->route[i],
			(told->n_route++ - i) * sizeof(told->route[0]));
		told->route[i].dst = *dst;
	}
	told->route[i].next = *next;
	told->route[i].gateway = gateway;
	told->changed = told->routes_changed = true;
	return 0;
}

void dp_route_del(struct dp *dp, const struct cidr *dst)
{
	struct told *told = &dp->told;
	unsigned int i = route_at(told, dst);

	if (!route_is(told, i, dst))
		return;
	told_neigh_put(dp, told->route[i].gateway);
	memmove(&told->route[i], &told->route[i + 1],
		(--told->n_route - i) * sizeof(told->route[0]));
	told->changed = told->routes_changed = true;
}

int dp_policies_set(struct dp *dp, const struct dp_policy *policy, unsigned int n)
{
	struct dp_policy *copy = calloc(n + 1, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++) {
		if (policy[i].action == DP_PROTECT && !policy[i].conn) {
			free(copy);
			return -EINVAL;
		}
		copy[i] = policy[i];
	}
	free(dp->told.policy);
	dp->told.policy = copy;
	dp->told.n_policy = n;
	dp->told.changed = dp->told.policies_changed = true;
	return 0;
}

int dp_ike_spi_set(struct dp *dp, uint64_t spi, bool on)
{
	return ikespi_set(&dp->ikespi, spi, on);
}

void dp_policies(struct dp *dp, void (*fn)(void *ctx, const struct dp_policy *policy), void *ctx)
{
	for (unsigned int i = 0; i < dp->told.n_policy; i++)
		fn(ctx, &dp->told.policy[i]);
}

void told_fini(struct dp *dp)
{
	struct view *view = atomic_load_explicit(&dp->view, memory_order_relaxed);
	struct neigh *neigh;

	free(dp->told.own);
	free(dp->told.policy);
	free(dp->told.route);
	while ((neigh = TAILQ_FIRST(&dp->neighs))) {
		TAILQ_REMOVE(&dp->neighs, neigh, entry);
		neigh_free(&neigh->retired);
	}
	if (dp->reclaim.qsbr)
		told_committed(dp);
	if (view)
		view_free(&view->retired);
}
