#include "ctl/choice.h"

#include <assert.h>

// How far from usable a tunnel is.
static const unsigned int distance[] = {
	[FAILOVER_PROBE] = 1,
	[FAILOVER_HEALTH] = 1,
	[FAILOVER_SILENT] = 1,
	[FAILOVER_NO_SA] = 2,
	[FAILOVER_OPERATOR] = 3,
	[FAILOVER_LINK] = 3,
};
static_assert(sizeof(distance) / sizeof(distance[0]) == FAILOVER_REASONS);

static unsigned int distance_of(const struct standing *s)
{
	unsigned int far = 0;

	for (unsigned int r = 0; r < FAILOVER_REASONS; r++) {
		if (s->down[r] && distance[r] > far)
			far = distance[r];
	}
	return far;
}

bool choice_say(struct standing *s, enum failover_reason reason, bool down, mono_us_t now)
{
	bool was = choice_usable(s);

	if (down == (s->down[reason] != 0))
		return false;
	s->down[reason] = down ? now : 0;
	if (choice_usable(s)) {
		s->usable_since = now;
	} else if (was && s->usable_since) {
		s->usable_since = 0;
		s->relapsed = true;
	}
	return true;
}

bool choice_usable(const struct standing *s)
{
	return !distance_of(s);
}

enum failover_reason choice_newest(const struct standing *s)
{
	enum failover_reason newest = FAILOVER_REASONS;

	for (unsigned int r = 0; r < FAILOVER_REASONS; r++) {
		if (s->down[r] && (newest == FAILOVER_REASONS || s->down[r] > s->down[newest]))
			newest = r;
	}
	return newest;
}

unsigned int choice_make(const struct standing *first, const struct standing *second,
	unsigned int active, mono_us_t hold_down, mono_us_t now, mono_us_t *again)
{
	*again = 0;
	if (!first || !second)
		return first ? 0 : 1;
	if (distance_of(second) < distance_of(first))
		return 1;
	// At the first choice after a start there is nothing to wait for.
	if (!active || !first->relapsed || !choice_usable(first) || !choice_usable(second) ||
		now >= first->usable_since + hold_down)
		return 0;
	*again = first->usable_since + hold_down;
	return 1;
}
