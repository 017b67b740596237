// Deadlines of many things in one heap: which one is next.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/mono.h"

// Embedded in the thing that waits; zero-initialised: not waiting.
struct ike_timer {
	mono_us_t at;
	size_t slot; // position in the heap + 1; 0: none
	void (*fire)(struct ike_timer *timer);
};

struct ike_timers {
	struct ike_timer **heap;
	size_t count, room;
};

// Wait until at, instead of what was set before; 0: do not wait.
//
// returns 0 or -ENOMEM (it does not wait)
[[nodiscard]] int ike_timer_set(struct ike_timers *timers, struct ike_timer *timer, mono_us_t at);
void ike_timer_stop(struct ike_timers *timers, struct ike_timer *timer);

// The next one, NULL: none.
static inline struct ike_timer *ike_timer_next(const struct ike_timers *timers)
{
	return timers->count ? timers->heap[0] : NULL;
}

void ike_timers_free(struct ike_timers *timers);
