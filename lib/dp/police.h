// A token bucket: so many per second, in bursts of up to a tenth of a second's worth.
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

static inline struct bucket bucket_of(unsigned int pps)
{
	uint64_t room = pps / 10 < 4 ? 4 : pps / 10;

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
