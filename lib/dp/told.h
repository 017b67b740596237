// What the control core has told of tables, and the view made of it.
#pragma once

#include "dp/core.h"

// Everything told and the last view. No worker runs.
void told_fini(struct dp *dp);

// Retire what routes, policies or the set of neighbours may have pointed at: when changes wait for
// a commit, not before that view has been replaced.
void told_retire(struct dp *dp, struct retired *retired, void (*free)(struct retired *retired));
// The view has been replaced.
void told_committed(struct dp *dp);

// A neighbour that something points at, and no more. get: NULL without memory.
struct neigh *told_neigh_get(struct dp *dp, unsigned int port, const struct addr *addr);
void told_neigh_put(struct dp *dp, struct neigh *neigh);
