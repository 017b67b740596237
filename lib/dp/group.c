#include "dp/group.h"

#include <errno.h>
#include <stdlib.h>

int dp_group_new(struct dp *dp, const char *name, void *user, struct dp_conn **group)
{
	int err = dp_conn_new(dp, name, user, group);

	if (err)
		return err;
	err = dp_group_set(*group, NULL, 0);
	if (err)
		dp_conn_free(*group);
	return err;
}

static void members_free(struct retired *retired)
{
	free(retired);
}

int dp_group_set(struct dp_conn *group, struct dp_conn *const member[], unsigned int n)
{
	struct members *set = calloc(1, sizeof(*set) + n * sizeof(set->conn[0])), *old;

	if (!set)
		return -ENOMEM;
	set->n = n;
	for (unsigned int i = 0; i < n; i++)
		set->conn[i] = member[i];
	old = atomic_exchange_explicit(&group->members, set, memory_order_acq_rel);
	dp_changed(group->dp);
	if (old)
		reclaim_retire(&group->dp->reclaim, &old->retired, members_free);
	return 0;
}

// One flow in one connection: every bit of both counts, and multiplication mixes them.
static uint64_t score(uint64_t flow, uint32_t id)
{
	uint64_t h = (flow ^ id) * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static uint64_t flow_hash(const struct flow *flow)
{
	const size_t len = flow->family == ADDR_V6 ? 16 : 4;
	uint64_t h = (uint64_t)flow->proto << 32 | (uint32_t)flow->src_port << 16 | flow->dst_port;

	for (size_t i = 0; i < len; i += 4) {
		h = score(h, be32_get(flow->src + i));
		h = score(h, be32_get(flow->dst + i));
	}
	return h;
}

struct dp_conn *group_pick(const struct members *members, const struct flow *flow)
{
	struct dp_conn *best = members->n ? members->conn[0] : NULL;
	uint64_t hash, most = 0;

	if (members->n < 2)
		return best;
	hash = flow_hash(flow);
	for (unsigned int i = 0; i < members->n; i++) {
		uint64_t s = score(hash, members->conn[i]->id);

		if (s >= most) {
			most = s;
			best = members->conn[i];
		}
	}
	return best;
}
