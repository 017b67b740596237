// The anti-replay window of an inbound SA: a ring of 64-bit words as RFC 6479 describes, where
// moving the window clears whole words instead of shifting bits. Owning worker only.
#pragma once

#include "esp/live.h"

// The 64-bit sequence number that 32 received bits stand for, from the window's position.
//
// RFC 4303 appendix A2.1
uint64_t replay_recover(const struct esp_live *live, uint32_t low);

// Whether a packet may still be accepted. Changes nothing: what it is asked about may be forged.
//
// returns ESP_PASS, ESP_OLD or ESP_REPLAYED
static inline enum esp_verdict replay_check(const struct esp_live *live, uint64_t seq)
{
	if (seq > live->seq || !live->window)
		return ESP_PASS;
	if (live->seq - seq >= live->window)
		return ESP_OLD;
	return live->seen[seq / 64 & live->mask] >> seq % 64 & 1 ? ESP_REPLAYED : ESP_PASS;
}

// Move the window so that it ends at seq, which is right of it.
void replay_advance(struct esp_live *live, uint64_t seq);

// Mark the number of an authenticated packet as seen and move the window right if it lies there.
// Checks again, because two copies may travel in one burst.
//
// returns ESP_PASS, ESP_OLD or ESP_REPLAYED (nothing changed)
static inline enum esp_verdict replay_commit(struct esp_live *live, uint64_t seq)
{
	enum esp_verdict verdict = replay_check(live, seq);

	if (verdict)
		return verdict;
	if (seq / 64 > live->seq / 64)
		replay_advance(live, seq);
	else if (seq > live->seq)
		esp_live_set(&live->seq, seq);
	live->seen[seq / 64 & live->mask] |= UINT64_C(1) << seq % 64;
	return ESP_PASS;
}
