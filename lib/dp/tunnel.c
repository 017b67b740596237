#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "dp/children.h"
#include "dp/told.h"
#include "dp/tunnels.h"
#include "dp/uplink.h"

// RFC 1191 s6.3: a lowered path MTU is tried larger again after ten minutes.
#define MTU_AGE MONO_S(600)

static void tunnel_free(struct retired *retired)
{
	struct dp_tunnel *tunnel = (struct dp_tunnel *)retired;

	free(tunnel->held.b);
	free(tunnel);
}

// The search begins where the last one ended. returns -ENOSPC: all are taken
static int slot_take(struct dp *dp, struct dp_tunnel *tunnel)
{
	for (uint32_t i = 0; i < dp->sas; i++) {
		uint32_t slot = dp->next_slot;

		dp->next_slot = slot + 1 < dp->sas ? slot + 1 : 0;
		if (atomic_load_explicit(&dp->tunnel[slot], memory_order_relaxed))
			continue;
		tunnel->id = ++dp->next_id << 16 | slot;
		atomic_store_explicit(&dp->tunnel[slot], tunnel, memory_order_release);
		return 0;
	}
	return -ENOSPC;
}

// The worker with the fewest tunnels: it will own their SAs.
static uint16_t owner_pick(const struct dp *dp)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < dp->n_workers; i++) {
		if (dp->owned[i] < dp->owned[best])
			best = i;
	}
	return (uint16_t)best;
}

int dp_tunnel_set(struct dp_tunnel *tunnel, const struct dp_tunnel_conf *conf)
{
	struct dp *dp = tunnel->dp;
	struct neigh *hop = NULL;

	if (conf->port >= dp->n_ports)
		return -EINVAL;
	if (conf->next_hop.family) {
		hop = told_neigh_get(dp, conf->port, &conf->next_hop);
		if (!hop)
			return -ENOMEM;
	}
	snprintf(tunnel->name, sizeof(tunnel->name), "%s", conf->name);
	tunnel->user = conf->user;
	atomic_store_explicit(&tunnel->port, (uint8_t)conf->port, memory_order_relaxed);
	atomic_store_explicit(&tunnel->trap, conf->trap, memory_order_relaxed);
	atomic_store_explicit(&tunnel->children_due, conf->children, memory_order_relaxed);
	atomic_store_explicit(&tunnel->clamp_mss, conf->clamp_mss, memory_order_relaxed);
	if (hop)
		told_neigh_put(
			dp, atomic_exchange_explicit(&tunnel->hop, hop, memory_order_acq_rel));
	tunnel->mtu_learned = 0;
	atomic_store_explicit(&tunnel->path_mtu, dp->port[conf->port].mtu, memory_order_relaxed);
	children_mtu(tunnel);
	dp_changed(dp);
	return 0;
}

int dp_tunnel_new(struct dp *dp, const struct dp_tunnel_conf *conf, struct dp_tunnel **result)
{
	struct dp_tunnel *tunnel = calloc(1, sizeof(*tunnel));
	int err;

	if (!tunnel)
		return -ENOMEM;
	tunnel->dp = dp;
	tunnel->conn = conf->conn;
	tunnel->owner = owner_pick(dp);
	TAILQ_INIT(&tunnel->children);
	err = dp_tunnel_set(tunnel, conf);
	if (!err)
		err = slot_take(dp, tunnel);
	if (err) {
		told_neigh_put(dp, atomic_load(&tunnel->hop));
		free(tunnel);
		return err;
	}
	dp->owned[tunnel->owner]++;
	TAILQ_INSERT_TAIL(&dp->tunnels, tunnel, entry);
	*result = tunnel;
	return 0;
}

void dp_tunnel_free(struct dp_tunnel *tunnel)
{
	struct dp *dp;

	if (!tunnel)
		return;
	dp = tunnel->dp;
	while (!TAILQ_EMPTY(&tunnel->children))
		dp_child_del(TAILQ_FIRST(&tunnel->children));
	if (tunnel->conn && dp_conn_active(tunnel->conn) == tunnel)
		dp_conn_switch(tunnel->conn, NULL);
	atomic_store_explicit(&dp->tunnel[tunnel->id & 0xffff], NULL, memory_order_release);
	TAILQ_REMOVE(&dp->tunnels, tunnel, entry);
	dp->owned[tunnel->owner]--;
	uplink_forget_tunnel(dp, tunnel);
	told_neigh_put(dp, atomic_load(&tunnel->hop));
	dp_changed(dp);
	told_retire(dp, &tunnel->retired, tunnel_free);
}

void tunnels_fini(struct dp *dp)
{
	struct dp_conn *conn;

	while (!TAILQ_EMPTY(&dp->tunnels))
		dp_tunnel_free(TAILQ_FIRST(&dp->tunnels));
	while ((conn = TAILQ_FIRST(&dp->conns)))
		dp_conn_free(conn);
}

bool tunnels_path_mtu(struct dp_tunnel *tunnel, uint32_t mtu, mono_us_t now)
{
	uint16_t old = dp_tunnel_path_mtu(tunnel);

	// RFC 1191 s3: never below what every path carries; RFC 1191 s4's "0" needs a guess.
	if (!mtu)
		mtu = old > 1280 ? 1280 : PMTU_MIN;
	if (mtu < PMTU_MIN)
		mtu = PMTU_MIN;
	if (mtu >= old)
		return false;
	tunnel->mtu_learned = now;
	atomic_store_explicit(&tunnel->path_mtu, (uint16_t)mtu, memory_order_relaxed);
	children_mtu(tunnel);
	return true;
}

void tunnels_tick(struct dp *dp, mono_us_t now)
{
	struct dp_tunnel *tunnel;
	struct neigh *neigh;

	TAILQ_FOREACH (tunnel, &dp->tunnels, entry) {
		if (tunnel->mtu_learned && now - tunnel->mtu_learned > MTU_AGE) {
			tunnel->mtu_learned = 0;
			atomic_store_explicit(&tunnel->path_mtu,
				dp->port[atomic_load(&tunnel->port)].mtu, memory_order_relaxed);
			children_mtu(tunnel);
		}
		children_tick(tunnel);
	}
	TAILQ_FOREACH (neigh, &dp->neighs, entry)
		__atomic_store_n(&neigh->asked, 0, __ATOMIC_RELAXED);
}

const char *dp_tunnel_name(const struct dp_tunnel *tunnel)
{
	return tunnel->name;
}

void *dp_tunnel_user(const struct dp_tunnel *tunnel)
{
	return tunnel->user;
}

uint16_t dp_tunnel_path_mtu(const struct dp_tunnel *tunnel)
{
	return atomic_load_explicit(&tunnel->path_mtu, memory_order_relaxed);
}

unsigned int dp_tunnel_owner(const struct dp_tunnel *tunnel)
{
	return tunnel->owner;
}
