#include "dp/table/spd.h"

#include <stdlib.h>

struct spd *spd_new(const struct dp_policy *policy, unsigned int n)
{
	struct spd *spd = calloc(1, sizeof(*spd) + n * sizeof(spd->rule[0]));

	if (!spd)
		return NULL;
	// Insertion keeps equal priorities in order; lists are short and mostly sorted.
	for (unsigned int i = 0; i < n; i++) {
		unsigned int at = spd->n++;

		for (; at && spd->rule[at - 1].priority > policy[i].priority; at--)
			spd->rule[at] = spd->rule[at - 1];
		spd->rule[at] = (struct spd_rule){
			.local = policy[i].local,
			.remote = policy[i].remote,
			.priority = policy[i].priority,
			.action = (uint8_t)policy[i].action,
			.conn = policy[i].conn,
		};
		spd->bypasses |= policy[i].action == DP_BYPASS;
	}
	return spd;
}

void spd_free(struct spd *spd)
{
	free(spd);
}

const struct spd_rule *spd_leaving(const struct spd *spd, const struct flow *flow)
{
	for (unsigned int i = 0; i < spd->n; i++) {
		if (flow_within(flow, &spd->rule[i].local, &spd->rule[i].remote))
			return &spd->rule[i];
	}
	return NULL;
}

const struct spd_rule *spd_arriving(const struct spd *spd, const struct flow *flow)
{
	for (unsigned int i = 0; i < spd->n; i++) {
		if (flow_within(flow, &spd->rule[i].remote, &spd->rule[i].local))
			return &spd->rule[i];
	}
	return NULL;
}
