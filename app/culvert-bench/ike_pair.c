#include "ike_pair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WAITING = 64 };

struct datagram {
	enum ike_role to;
	struct endpoint local, remote;
	uint8_t *data;
	size_t len;
};

struct ike_pair {
	const struct ike_plan *plan;
	struct ike *ike[IKE_ROLES];
	struct ike_out out;
	struct datagram waiting[WAITING];
	unsigned int first, count;
	unsigned int children[IKE_ROLES]; // that came up
	mono_us_t now;
};

struct ike_pair *ike_pair_new(const struct ike_plan *plan)
{
	struct ike_pair *pair = calloc(1, sizeof(*pair));

	if (!pair)
		return NULL;
	pair->plan = plan;
	pair->now = 1;
	for (unsigned int r = 0; r < IKE_ROLES; r++) {
		if (ike_plan_new(plan, r == IKE_RESPONDER, &pair->ike[r])) {
			ike_pair_free(pair);
			return NULL;
		}
	}
	return pair;
}

void ike_pair_free(struct ike_pair *pair)
{
	if (!pair)
		return;
	for (unsigned int r = 0; r < IKE_ROLES; r++)
		ike_free(pair->ike[r]);
	ike_out_free(&pair->out);
	free(pair);
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// The datagrams go over to the other side; of the rest, children are counted.
static void carry_out(struct ike_pair *pair, enum ike_role role)
{
	for (size_t i = 0; i < pair->out.count; i++) {
		struct ike_act *act = &pair->out.act[i];

		pair->children[role] += act->type == IKE_ACT_CHILD_ADD;
		if (act->type != IKE_ACT_SEND || pair->count == WAITING)
			continue;
		pair->waiting[(pair->first + pair->count++) % WAITING] = (struct datagram){
			.to = !role,
			.local = act->send.remote,
			.remote = act->send.local,
			.data = act->send.data,
			.len = act->send.len};
		act->send.data = NULL;
	}
}

static void step(
	struct ike_pair *pair, enum ike_role role, struct ike_in *in, struct ike_cost *cost)
{
	struct ike_share share = ike_share_now();
	double start = cpu_us();

	in->now = pair->now++;
	(void)ike_step(pair->ike[role], in, &pair->out);
	cost->cpu_us += cpu_us() - start;
	ike_share_add(&cost->share, &share);
	carry_out(pair, role);
	start = cpu_us();
	ike_out_clear(&pair->out);
	cost->cpu_us += cpu_us() - start;
}

static void deliver(struct ike_pair *pair, struct ike_cost cost[static IKE_ROLES])
{
	while (pair->count) {
		struct datagram d = pair->waiting[pair->first];
		struct ike_in in = {.type = IKE_IN_DATAGRAM,
			.local = d.local,
			.remote = d.remote,
			.data = d.data,
			.len = d.len};

		pair->first = (pair->first + 1) % WAITING;
		pair->count--;
		step(pair, d.to, &in, &cost[d.to]);
		free(d.data);
	}
}

int ike_pair_run(struct ike_pair *pair, unsigned int from, unsigned int n,
	struct ike_cost cost[static IKE_ROLES])
{
	unsigned int want[IKE_ROLES];

	for (unsigned int r = 0; r < IKE_ROLES; r++)
		want[r] = pair->children[r] + n * pair->plan->children;
	for (unsigned int tunnel = from; tunnel < from + n; tunnel++) {
		struct ike_in in = {.type = IKE_IN_INITIATE, .tunnel = tunnel};

		step(pair, IKE_INITIATOR, &in, &cost[IKE_INITIATOR]);
		deliver(pair, cost);
	}
	return memcmp(want, pair->children, sizeof(want)) ? -EPROTO : 0;
}
