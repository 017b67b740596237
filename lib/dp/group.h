// Which connection of a group a flow takes: the one for which a hash of both is highest, so that
// the choice among the others does not depend on it (Thaler and Ravishankar, 1998). Comes after the
// flow cache, hence once per flow.
#pragma once

#include "dp/core.h"
#include "net/flow.h"

// NULL: there is none to take. Any worker.
struct dp_conn *group_pick(const struct members *members, const struct flow *flow);
