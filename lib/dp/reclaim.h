// Deferred freeing: what workers may still see is kept until each has passed a quiescent state.
//
// Build aside, publish with store-release, retire the old one, go on; dp_tick frees what no worker
// can see. The record stands first in the object itself, so that retiring cannot fail.
#pragma once

#include <stdint.h>

struct rte_rcu_qsbr;

struct retired {
	struct retired *next;
	uint64_t token;
	void (*free)(struct retired *retired);
};

struct reclaim {
	struct rte_rcu_qsbr *qsbr;
	struct retired *first, **last;
	unsigned int n;
};

[[nodiscard]] int reclaim_init(struct reclaim *reclaim, unsigned int workers); // 0 or -ENOMEM
// No worker runs any more: frees all that is left.
void reclaim_fini(struct reclaim *reclaim);

// Nothing that is published points at it any more. Control core.
void reclaim_retire(
	struct reclaim *reclaim, struct retired *retired, void (*free)(struct retired *retired));
// Free what can be freed; never waits. Control core.
void reclaim_run(struct reclaim *reclaim);

// A worker begins, passes, ends. That worker, or the control core when it does not run.
void reclaim_online(struct reclaim *reclaim, unsigned int worker);
void reclaim_pass(struct reclaim *reclaim, unsigned int worker);
void reclaim_offline(struct reclaim *reclaim, unsigned int worker);
