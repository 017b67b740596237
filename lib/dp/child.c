#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dp/children.h"
#include "dp/downlink.h"
#include "dp/tunnels.h"
#include "dp/uplink.h"

static struct esp_sa *in_of(const struct dp_child *child)
{
	return atomic_load_explicit(&child->in, memory_order_relaxed);
}

static struct esp_sa *out_of(const struct dp_child *child)
{
	return atomic_load_explicit(&child->out, memory_order_relaxed);
}

static void child_free(struct retired *retired)
{
	struct dp_child *child = (struct dp_child *)retired;

	esp_sa_free(in_of(child));
	esp_sa_free(out_of(child));
	free(child);
}

// An outer header that was replaced; its keys live on in the new one.
struct moved {
	struct retired retired;
	struct esp_sa *sa;
};

static void moved_free(struct retired *retired)
{
	struct moved *moved = (struct moved *)retired;

	esp_sa_free(moved->sa);
	free(moved);
}

static void mtu_set(struct dp_child *child)
{
	atomic_store_explicit(&child->inner_mtu,
		esp_inner_mtu(out_of(child), dp_tunnel_path_mtu(child->tunnel)),
		memory_order_relaxed);
}

void children_mtu(struct dp_tunnel *tunnel)
{
	struct dp_child *child;

	TAILQ_FOREACH (child, &tunnel->children, entry)
		mtu_set(child);
}

static struct esp_params params_of(
	const struct dp_child *child, const struct dp_child_conf *conf, enum crypto_dir dir)
{
	bool out = dir == CRYPTO_ENCRYPT;
	struct esp_params params = {
		.suite = conf->suite,
		.driver = conf->driver,
		.dir = dir,
		.encr = out ? conf->encr_out : conf->encr_in,
		.integ = out ? conf->integ_out : conf->integ_in,
		.spi = out ? conf->spi_out : conf->spi_in,
		.src = out ? conf->local : conf->remote,
		.dst = out ? conf->remote : conf->local,
		.udp = conf->udp,
		.df = conf->df,
		.dscp = conf->dscp,
		.window = conf->window,
		.packets_max = out ? conf->hard_packets : 0,
		.bytes_max = out ? conf->hard_bytes : 0,
		.src_ts = out ? conf->local_ts : conf->remote_ts,
		.n_src_ts = out ? conf->n_local_ts : conf->n_remote_ts,
		.dst_ts = out ? conf->remote_ts : conf->local_ts,
		.n_dst_ts = out ? conf->n_remote_ts : conf->n_local_ts,
		.tunnel = child->tunnel->id,
		.child = child->id,
		.owner = child->owner,
	};

	memcpy(params.iv_mask, conf->iv_mask, sizeof(params.iv_mask));
	return params;
}

static bool has_driver(const struct dp *dp, const struct crypto_driver *driver)
{
	for (unsigned int d = 0; d < dp->n_drivers; d++) {
		if (dp->driver[d] == driver)
			return true;
	}
	return false;
}

static int sas_new(struct dp_child *child, const struct dp_child_conf *conf, struct why *why)
{
	struct esp_params params = params_of(child, conf, CRYPTO_ENCRYPT);
	struct esp_sa *out, *in;
	int err = esp_sa_new(&params, &out, why);

	if (err)
		return err;
	params = params_of(child, conf, CRYPTO_DECRYPT);
	err = esp_sa_new(&params, &in, why);
	if (err) {
		esp_sa_free(out);
		return err;
	}
	atomic_store_explicit(&child->out, out, memory_order_relaxed);
	atomic_store_explicit(&child->in, in, memory_order_relaxed);
	return 0;
}

int dp_child_add(struct dp_tunnel *tunnel, const struct dp_child_conf *conf,
	struct dp_child **result, struct why *why)
{
	struct dp *dp = tunnel->dp;
	struct dp_child *child;
	int err;

	if (!has_driver(dp, conf->driver))
		return why_set(why, -ENOTSUP, "no worker has this crypto back end", "dataplane",
			NULL, NULL);
	if (dp->n_children == dp->sas)
		return why_set(why, -ENOSPC, "too many SAs", "dataplane", NULL, NULL);
	child = aligned_alloc(64, (sizeof(*child) + 63) / 64 * 64);
	if (!child)
		return -ENOMEM;
	memset(child, 0, sizeof(*child));
	child->tunnel = tunnel;
	child->spi_in = conf->spi_in;
	child->id = ++dp->next_id;
	child->owner = tunnel->owner;
	child->user = conf->user;
	child->soft_packets = conf->soft_packets;
	child->soft_bytes = conf->soft_bytes;
	child->hard_packets = conf->hard_packets;
	child->hard_bytes = conf->hard_bytes;
	err = sas_new(child, conf, why);
	if (!err) {
		mtu_set(child);
		err = sad_add(&dp->sad, conf->spi_in, child);
		if (err)
			why_set(why, err, "inbound SPI is in use", "dataplane", NULL, NULL);
	}
	if (err) {
		child_free(&child->retired);
		return err;
	}
	TAILQ_INSERT_TAIL(&tunnel->children, child, entry);
	dp->n_children++;
	*result = child;
	return 0;
}

static void outset_free(struct retired *retired)
{
	free(retired);
}

// Publish a tunnel's children in use and retire the list before; set NULL: none.
static void outset_publish(struct dp_tunnel *tunnel, struct outset *set)
{
	struct outset *old = atomic_exchange_explicit(&tunnel->out, set, memory_order_acq_rel);

	dp_changed(tunnel->dp);
	if (old)
		reclaim_retire(&tunnel->dp->reclaim, &old->retired, outset_free);
}

static struct outset *outset_new(unsigned int n)
{
	return calloc(1, sizeof(struct outset) + n * sizeof(struct dp_child *));
}

bool children_take_held(const struct dp_tunnel *tunnel)
{
	const struct outset *set = atomic_load_explicit(&tunnel->out, memory_order_relaxed);
	const struct held *held = &tunnel->held;
	struct ip_info ip;
	struct flow flow;

	if (!set || !held->b || flow_read(held->b, held->len, &flow, &ip))
		return false;
	for (unsigned int i = 0; i < set->n; i++) {
		if (esp_sa_passes(out_of(set->child[i]), &flow))
			return true;
	}
	return false;
}

int dp_child_use(struct dp_child *child, struct dp_child *old)
{
	struct dp_tunnel *tunnel = child->tunnel;
	const struct outset *now = atomic_load_explicit(&tunnel->out, memory_order_relaxed);
	unsigned int n = now ? now->n : 0;
	struct outset *set;
	bool placed = false;

	if (child->used)
		return 0;
	if (!atomic_load_explicit(&tunnel->hop, memory_order_relaxed))
		return -EINVAL;
	set = outset_new(n + 1);
	if (!set)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++) {
		bool here = now->child[i] == old;

		set->child[set->n++] = here ? child : now->child[i];
		placed |= here;
	}
	if (!placed)
		set->child[set->n++] = child;
	else
		old->used = false;
	child->used = true;
	outset_publish(tunnel, set);
	if (children_take_held(tunnel))
		downlink_held(tunnel);
	return 0;
}

// Without memory for a shorter list the tunnel has none: rather nothing leaves than through a dead
// SA.
static void outset_remove(struct dp_tunnel *tunnel, const struct dp_child *child)
{
	struct outset *now = atomic_load_explicit(&tunnel->out, memory_order_relaxed);
	struct outset *set = now->n > 1 ? outset_new(now->n - 1) : NULL;

	for (unsigned int i = 0; set && i < now->n; i++) {
		if (now->child[i] != child)
			set->child[set->n++] = now->child[i];
	}
	outset_publish(tunnel, set);
}

void dp_child_del(struct dp_child *child)
{
	struct dp_tunnel *tunnel = child->tunnel;
	struct dp *dp = tunnel->dp;

	uplink_forget(dp, child);
	sad_del(&dp->sad, child->spi_in);
	if (child->used)
		outset_remove(tunnel, child);
	TAILQ_REMOVE(&tunnel->children, child, entry);
	dp->n_children--;
	dp_changed(dp);
	reclaim_retire(&dp->reclaim, &child->retired, child_free);
}

int dp_child_move(struct dp_child *child, const struct endpoint *local,
	const struct endpoint *remote, bool udp)
{
	struct dp *dp = child->tunnel->dp;
	struct moved *gone_out = calloc(1, sizeof(*gone_out));
	struct moved *gone_in = calloc(1, sizeof(*gone_in));
	struct esp_sa *out, *in;
	int err = -ENOMEM;

	if (!gone_out || !gone_in)
		goto free_records;
	err = esp_sa_move(out_of(child), local, remote, udp, &out);
	if (err)
		goto free_records;
	gone_out->sa = atomic_exchange_explicit(&child->out, out, memory_order_acq_rel);
	mtu_set(child);
	reclaim_retire(&dp->reclaim, &gone_out->retired, moved_free);
	err = esp_sa_move(in_of(child), remote, local, udp, &in);
	if (err) {
		free(gone_in);
		return err;
	}
	gone_in->sa = atomic_exchange_explicit(&child->in, in, memory_order_acq_rel);
	reclaim_retire(&dp->reclaim, &gone_in->retired, moved_free);
	atomic_store_explicit(&child->moved, false, memory_order_relaxed);
	return 0;

free_records:
	free(gone_out);
	free(gone_in);
	return err;
}

struct dp_child *tunnels_child(struct dp *dp, uint32_t id)
{
	struct dp_tunnel *tunnel;
	struct dp_child *child;

	TAILQ_FOREACH (tunnel, &dp->tunnels, entry) {
		TAILQ_FOREACH (child, &tunnel->children, entry) {
			if (child->id == id)
				return child;
		}
	}
	return NULL;
}

struct dp_child *tunnels_quoted(struct dp *dp, uint32_t spi, const struct addr *dst)
{
	struct dp_tunnel *tunnel;
	struct dp_child *child;

	TAILQ_FOREACH (tunnel, &dp->tunnels, entry) {
		TAILQ_FOREACH (child, &tunnel->children, entry) {
			const struct esp_sa *out = out_of(child);

			if (out->spi == spi && addr_eq(&out->outer_dst.addr, dst))
				return child;
		}
	}
	return NULL;
}

static bool over(uint64_t limit, uint64_t value)
{
	return limit && value >= limit;
}

static void tell(struct dp_child *child, enum dp_event_type type, bool reached)
{
	struct dp_event event = {.type = type, .tunnel = child->tunnel, .child = child};

	if (!reached || (child->told & 1u << type))
		return;
	if (uplink_event(child->tunnel->dp, &event))
		child->told |= (uint8_t)(1u << type);
}

void children_tick(struct dp_tunnel *tunnel)
{
	struct dp_child *child;

	TAILQ_FOREACH (child, &tunnel->children, entry) {
		const struct esp_live *in = in_of(child)->live, *out = out_of(child)->live;
		uint64_t packets = esp_live_get(&in->packets), bytes = esp_live_get(&in->bytes);
		uint64_t seq = esp_live_get(&out->seq);

		if (esp_live_get(&out->packets) > packets)
			packets = esp_live_get(&out->packets);
		if (esp_live_get(&out->bytes) > bytes)
			bytes = esp_live_get(&out->bytes);
		tell(child, DP_SOFT_LIMIT,
			over(child->soft_packets, packets) || over(child->soft_bytes, bytes));
		tell(child, DP_HARD_LIMIT,
			over(child->hard_packets, packets) || over(child->hard_bytes, bytes));
		tell(child, DP_SEQ_LOW,
			seq >= (out_of(child)->esn ? UINT64_MAX : UINT32_MAX) / 8 * 7);
		// A NAT move that the control core has not acted upon is told again.
		atomic_store_explicit(&child->moved, false, memory_order_relaxed);
	}
}

void *dp_child_user(const struct dp_child *child)
{
	return child->user;
}

const struct esp_sa *dp_child_in(const struct dp_child *child)
{
	return in_of(child);
}

const struct esp_sa *dp_child_out(const struct dp_child *child)
{
	return out_of(child);
}

bool dp_child_used(const struct dp_child *child)
{
	return child->used;
}

bool dp_spi_free(const struct dp *dp, uint32_t spi)
{
	return !sad_find(&dp->sad, spi);
}
