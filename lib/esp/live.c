#include "esp/live.h"

#include <stdlib.h>
#include <string.h>

struct esp_live *esp_live_new(uint32_t window, uint64_t seq)
{
	uint32_t words = 1;
	struct esp_live *live;
	size_t size;

	// A window that does not start at a word's first bit reaches into one word more.
	while (words < (window + 63) / 64 + 1)
		words *= 2;
	size = sizeof(*live) + words * sizeof(live->seen[0]);
	size = (size + 63) / 64 * 64;
	live = aligned_alloc(64, size);
	if (!live)
		return NULL;
	memset(live, 0, sizeof(*live));
	live->window = window;
	live->mask = words - 1;
	esp_live_rewind(live, seq);
	return live;
}

void esp_live_rewind(struct esp_live *live, uint64_t seq)
{
	// All numbers up to seq count as seen: for a new SA that is 0, which no packet may carry.
	memset(live->seen, 0xff, (live->mask + 1) * sizeof(live->seen[0]));
	live->seen[seq / 64 & live->mask] = UINT64_MAX >> (63 - seq % 64);
	esp_live_set(&live->seq, seq);
}

void esp_live_free(struct esp_live *live)
{
	free(live);
}
