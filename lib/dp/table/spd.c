#include "dp/table/spd.h"

#include <errno.h>
#include <stdlib.h>

// Rules by the addresses behind the tunnels: from start up to the next cut's start a packet's
// remote address can match only n rules, list[first ..], in order of priority.
struct cut {
	struct addr start;
	uint32_t first, n;
};

// Rules that overlap each other in all sorts of ways could need n^2 entries: then no index.
enum { LIST_MAX = 1 << 22 };

// Equal priorities stay in the order of the one array that they all stand in.
static int by_priority(const void *a, const void *b)
{
	const struct dp_policy *x = *(const struct dp_policy *const *)a;
	const struct dp_policy *y = *(const struct dp_policy *const *)b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int rules_sort(struct spd *spd, const struct dp_policy *policy, unsigned int n)
{
	const struct dp_policy **order = calloc(n + 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++)
		order[i] = &policy[i];
	qsort(order, n, sizeof(*order), by_priority);
	for (unsigned int i = 0; i < n; i++) {
		spd->rule[spd->n++] = (struct spd_rule){
			.local = order[i]->local,
			.remote = order[i]->remote,
			.priority = order[i]->priority,
			.action = (uint8_t)order[i]->action,
			.conn = order[i]->conn,
		};
		spd->bypasses |= order[i]->action == DP_BYPASS;
	}
	free(order);
	return 0;
}

// The address behind another one, in addr_cmp's order: IPv6 follows IPv4. returns false behind all.
static bool next(const struct addr *addr, struct addr *after)
{
	*after = *addr;
	for (size_t i = addr_len(addr); i-- > 0;) {
		if (++after->b[i])
			return true;
	}
	*after = (struct addr){.family = ADDR_V6};
	return addr->family == ADDR_V4;
}

static int by_start(const void *a, const void *b)
{
	return addr_cmp(&((const struct cut *)a)->start, &((const struct cut *)b)->start);
}

// Where rules begin and end.
static void cuts_make(struct spd *spd)
{
	unsigned int n = 0, kept = 0;

	for (unsigned int i = 0; i < spd->n; i++) {
		spd->cut[n++] = (struct cut){.start = spd->rule[i].remote.first};
		if (next(&spd->rule[i].remote.last, &spd->cut[n].start))
			n++;
	}
	qsort(spd->cut, n, sizeof(spd->cut[0]), by_start);
	for (unsigned int i = 0; i < n; i++) {
		if (!kept || by_start(&spd->cut[kept - 1], &spd->cut[i]))
			spd->cut[kept++] = spd->cut[i];
	}
	spd->n_cuts = kept;
}

// The last cut that starts at or before an address; NULL: none.
static struct cut *cut_find(const struct spd *spd, const struct addr *addr)
{
	unsigned int low = 0, high = spd->n_cuts;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (addr_cmp(&spd->cut[mid].start, addr) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &spd->cut[low - 1] : NULL;
}

// Visit the cuts of each rule, in order of priority: first to count, then to fill.
static uint64_t rules_spread(struct spd *spd, bool fill)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < spd->n; i++) {
		const struct selector *remote = &spd->rule[i].remote;
		struct cut *end = cut_find(spd, &remote->last) + 1;

		for (struct cut *c = cut_find(spd, &remote->first); c < end; c++, sum++) {
			if (fill)
				spd->list[c->first + c->n] = i;
			c->n++;
		}
		if (sum > LIST_MAX)
			break;
	}
	return sum;
}

static void index_make(struct spd *spd)
{
	uint64_t entries;
	uint32_t at = 0;

	cuts_make(spd);
	entries = rules_spread(spd, false);
	if (entries <= LIST_MAX)
		spd->list = calloc(entries + 1, sizeof(spd->list[0]));
	if (!spd->list)
		return;
	for (unsigned int i = 0; i < spd->n_cuts; i++) {
		spd->cut[i].first = at;
		at += spd->cut[i].n;
		spd->cut[i].n = 0;
	}
	rules_spread(spd, true);
}

struct spd *spd_new(const struct dp_policy *policy, unsigned int n)
{
	struct spd *spd = calloc(1, sizeof(*spd) + n * sizeof(spd->rule[0]));

	if (!spd)
		return NULL;
	spd->refs = 1;
	spd->cut = calloc(2 * (size_t)n + 1, sizeof(spd->cut[0]));
	if (!spd->cut || rules_sort(spd, policy, n)) {
		spd_put(spd);
		return NULL;
	}
	index_make(spd);
	return spd;
}

struct spd *spd_get(struct spd *spd)
{
	spd->refs++;
	return spd;
}

void spd_put(struct spd *spd)
{
	if (!spd || --spd->refs)
		return;
	free(spd->list);
	free(spd->cut);
	free(spd);
}

static const struct spd_rule *leaving(const struct spd_rule *rule, const struct flow *flow)
{
	return flow_within(flow, &rule->local, &rule->remote) ? rule : NULL;
}

static const struct spd_rule *arriving(const struct spd_rule *rule, const struct flow *flow)
{
	return flow_within(flow, &rule->remote, &rule->local) ? rule : NULL;
}

static const struct spd_rule *find(const struct spd *spd, const struct flow *flow,
	const uint8_t *remote,
	const struct spd_rule *(*match)(const struct spd_rule *, const struct flow *))
{
	struct addr addr = addr_from_wire(remote, flow->family);
	const struct cut *c = cut_find(spd, &addr);
	const struct spd_rule *rule = NULL;

	if (!spd->list) {
		for (unsigned int i = 0; i < spd->n && !rule; i++)
			rule = match(&spd->rule[i], flow);
		return rule;
	}
	for (unsigned int i = 0; c && i < c->n && !rule; i++)
		rule = match(&spd->rule[spd->list[c->first + i]], flow);
	return rule;
}

const struct spd_rule *spd_leaving(const struct spd *spd, const struct flow *flow)
{
	return find(spd, flow, flow->dst, leaving);
}

const struct spd_rule *spd_arriving(const struct spd *spd, const struct flow *flow)
{
	return find(spd, flow, flow->src, arriving);
}
