// A token bucket: so many packets per second in the long run, a burst of them at once.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mono.h"

// writer: one worker
struct bucket {
	uint64_t tokens; // millionths of a packet
	uint64_t pps, room;
	mono_us_t filled;
};

// burst  0: a tenth of a second's worth, at least 4
static inline struct bucket bucket_of(unsigned int pps, unsigned int burst)
{
	uint64_t room = burst ? burst : pps / 10 < 4 ? 4 : pps / 10;

	return (struct bucket){.pps = pps, .room = room * 1000000, .tokens = room * 1000000};
}

// Whether one more may pass at this time.
static inline bool bucket_take(struct bucket *b, mono_us_t now)
{
	uint64_t passed = now - b->filled;

	b->filled = now;
	b->tokens += (passed > 1000000 ? 1000000 : passed) * b->pps;
	if (b->tokens > b->room)
		b->tokens = b->room;
	if (b->tokens < 1000000)
		return false;
	b->tokens -= 1000000;
	return true;
}
