#include "dp/reclaim.h"

#include <errno.h>
#include <stdlib.h>
#include <rte_rcu_qsbr.h>

int reclaim_init(struct reclaim *reclaim, unsigned int workers)
{
	size_t size = rte_rcu_qsbr_get_memsize(workers);

	*reclaim = (struct reclaim){.last = &reclaim->first};
	reclaim->qsbr = aligned_alloc(64, (size + 63) / 64 * 64);
	if (!reclaim->qsbr)
		return -ENOMEM;
	return rte_rcu_qsbr_init(reclaim->qsbr, workers) ? -ENOMEM : 0;
}

static struct retired *take(struct reclaim *reclaim)
{
	struct retired *r = reclaim->first;

	reclaim->first = r->next;
	if (!reclaim->first)
		reclaim->last = &reclaim->first;
	reclaim->n--;
	return r;
}

void reclaim_fini(struct reclaim *reclaim)
{
	while (reclaim->first) {
		struct retired *r = take(reclaim);

		r->free(r);
	}
	free(reclaim->qsbr);
	reclaim->qsbr = NULL;
}

void reclaim_retire(
	struct reclaim *reclaim, struct retired *retired, void (*free)(struct retired *retired))
{
	*retired = (struct retired){.token = rte_rcu_qsbr_start(reclaim->qsbr), .free = free};
	*reclaim->last = retired;
	reclaim->last = &retired->next;
	reclaim->n++;
}

void reclaim_run(struct reclaim *reclaim)
{
	// Tokens grow: the first that is still seen ends the search.
	while (reclaim->first &&
		rte_rcu_qsbr_check(reclaim->qsbr, reclaim->first->token, false) == 1) {
		struct retired *r = take(reclaim);

		r->free(r);
	}
}

void reclaim_online(struct reclaim *reclaim, unsigned int worker)
{
	rte_rcu_qsbr_thread_register(reclaim->qsbr, worker);
	rte_rcu_qsbr_thread_online(reclaim->qsbr, worker);
}

void reclaim_pass(struct reclaim *reclaim, unsigned int worker)
{
	rte_rcu_qsbr_quiescent(reclaim->qsbr, worker);
}

void reclaim_offline(struct reclaim *reclaim, unsigned int worker)
{
	rte_rcu_qsbr_thread_offline(reclaim->qsbr, worker);
	rte_rcu_qsbr_thread_unregister(reclaim->qsbr, worker);
}
