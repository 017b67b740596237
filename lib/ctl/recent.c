#include "ctl/recent.h"

#include <assert.h>

#include "ctl/child.h"

#define PERIOD MONO_S(60)

static const char *const names[] = {
	[RECENT_TS_IN] = "ts_in",
	[RECENT_TS_OUT] = "ts_out",
	[RECENT_RPF] = "rpf",
	[RECENT_NO_ROUTE] = "no_route",
};
static_assert(sizeof(names) / sizeof(names[0]) == RECENT_DROPS);
static_assert((int)RECENT_ROWS == (int)RECENT_DROPS);

const char *recent_drop_name(enum recent_drop drop)
{
	return names[drop];
}

void recent_tick(struct ctl *ctl, mono_us_t now)
{
	struct recent *r = &ctl->recent;
	struct tunnel *t, *next;

	if (!r->at)
		r->at = now;
	if (now < r->at + PERIOD)
		return;
	r->at = now;
	for (unsigned int i = 0; i < RECENT_DROPS; i++) {
		r->drop[0][i] = r->drop[1][i];
		r->drop[1][i] = dp_verdict_of(ctl->dp, names[i]);
	}
	HASH_ITER (hh, ctl->tunnels, t, next) {
		t->recent[0] = t->recent[1];
		t->recent[1] = child_traffic(t);
	}
}

struct child_traffic recent_traffic(const struct tunnel *tunnel)
{
	struct child_traffic sum = child_traffic(tunnel);

	sum.in_packets -= tunnel->recent[0].in_packets;
	sum.in_bytes -= tunnel->recent[0].in_bytes;
	sum.out_packets -= tunnel->recent[0].out_packets;
	sum.out_bytes -= tunnel->recent[0].out_bytes;
	return sum;
}

uint64_t recent_drops(const struct ctl *ctl, enum recent_drop drop)
{
	uint64_t now = dp_verdict_of(ctl->dp, names[drop]), then = ctl->recent.drop[0][drop];

	return now >= then ? now - then : now; // cleared in between
}
