// What moved lately: traffic of each tunnel and drops of the whole gateway since one or two minutes
// ago, for who asks why nothing passes.
#pragma once

#include "ctl/core.h"

// Of the drops that tell where packets of a tunnel end.
enum recent_drop { RECENT_TS_IN, RECENT_TS_OUT, RECENT_RPF, RECENT_NO_ROUTE, RECENT_DROPS };

// Once a second, or so.
void recent_tick(struct ctl *ctl, mono_us_t now);

struct child_traffic recent_traffic(const struct tunnel *tunnel);
uint64_t recent_drops(const struct ctl *ctl, enum recent_drop drop);
const char *recent_drop_name(enum recent_drop drop); // that of its verdict
