#include "esp/replay.h"

uint64_t replay_recover(const struct esp_live *live, uint32_t low)
{
	uint32_t top_low = (uint32_t)live->seq;
	uint32_t high = (uint32_t)(live->seq >> 32);
	uint32_t bottom = top_low - live->window + 1;

	if (top_low >= live->window - 1) {
		// The window lies within one cycle: what is left of it belongs to the next.
		if (low < bottom)
			high++;
	} else if (low >= bottom && high) {
		// The window began in the cycle before; the first cycle has none before it.
		high--;
	}
	return (uint64_t)high << 32 | low;
}

void replay_advance(struct esp_live *live, uint64_t seq)
{
	uint64_t from = live->seq / 64, words = seq / 64 - from;

	if (words > live->mask + 1)
		words = live->mask + 1;
	for (uint64_t i = 1; i <= words; i++)
		live->seen[(from + i) & live->mask] = 0;
	esp_live_set(&live->seq, seq);
}
