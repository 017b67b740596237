#include "ike/timer.h"

#include <errno.h>
#include <stdlib.h>

static void put(struct ike_timers *timers, size_t i, struct ike_timer *timer)
{
	timers->heap[i] = timer;
	timer->slot = i + 1;
}

static void rise(struct ike_timers *timers, size_t i)
{
	struct ike_timer *timer = timers->heap[i];

	for (; i; i = (i - 1) / 2) {
		struct ike_timer *above = timers->heap[(i - 1) / 2];

		if (above->at <= timer->at)
			break;
		put(timers, i, above);
	}
	put(timers, i, timer);
}

static void sink(struct ike_timers *timers, size_t i)
{
	struct ike_timer *timer = timers->heap[i];

	for (;;) {
		size_t below = 2 * i + 1;

		if (below >= timers->count)
			break;
		if (below + 1 < timers->count &&
			timers->heap[below + 1]->at < timers->heap[below]->at)
			below++;
		if (timers->heap[below]->at >= timer->at)
			break;
		put(timers, i, timers->heap[below]);
		i = below;
	}
	put(timers, i, timer);
}

void ike_timer_stop(struct ike_timers *timers, struct ike_timer *timer)
{
	size_t i = timer->slot;
	struct ike_timer *last;

	if (!i--)
		return;
	timer->slot = 0;
	last = timers->heap[--timers->count];
	if (last == timer)
		return;
	put(timers, i, last);
	rise(timers, i);
	sink(timers, last->slot - 1);
}

static int make_room(struct ike_timers *timers)
{
	size_t room = timers->room ? 2 * timers->room : 64;
	struct ike_timer **heap;

	if (timers->count < timers->room)
		return 0;
	heap = realloc(timers->heap, room * sizeof(struct ike_timer *));
	if (!heap)
		return -ENOMEM;
	timers->heap = heap;
	timers->room = room;
	return 0;
}

int ike_timer_set(struct ike_timers *timers, struct ike_timer *timer, mono_us_t at)
{
	ike_timer_stop(timers, timer);
	timer->at = at;
	if (!at)
		return 0;
	if (make_room(timers))
		return -ENOMEM;
	put(timers, timers->count++, timer);
	rise(timers, timers->count - 1);
	return 0;
}

void ike_timers_free(struct ike_timers *timers)
{
	free(timers->heap);
	*timers = (struct ike_timers){};
}
