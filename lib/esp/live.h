// The part of an SA that changes with every packet: sequence number, replay window, counters.
//
// Every word has one writer, the SA's owning worker. The control core reads them one at a time with
// esp_live_get and must not expect two of them to belong together.
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mono.h"
#include "esp/verdict.h"

enum { ESP_WINDOW_MIN = 64, ESP_WINDOW_MAX = 4096 };

// One cache line for what each packet touches, then one for what it rarely does, then the window.
struct esp_live {
	// writer: owning worker
	uint64_t seq; // outbound: the last sequence number given out; inbound: the highest accepted
	uint64_t packets, bytes; // bytes of inner packets
	mono_us_t used;		 // when a packet last passed; the worker sets it once per burst
	uint32_t window;	 // bits; 0: no anti-replay. Set at birth
	uint32_t mask;		 // words of the bitmap - 1. Set at birth
	uint64_t seq_max;	 // outbound: the last number that may be given out. Set at birth
	uint64_t bytes_max;	 // outbound: no more are when so many bytes have gone. Set at birth

	// writer: owning worker
	_Alignas(64) uint64_t drop[ESP_VERDICTS]; // by reason; [ESP_PASS] stays 0

	// writer: owning worker. Bit seq % 64 of word (seq / 64) & mask says "seen" (RFC 6479).
	_Alignas(64) uint64_t seen[];
};
static_assert(offsetof(struct esp_live, drop) == 64);
static_assert(offsetof(struct esp_live, seen) % 64 == 0);

// A new one with the bitmap that a window needs (0, or ESP_WINDOW_MIN .. MAX bits). seq is the
// state to go on from: 0 for a new SA. returns NULL when there is no memory. Control core.
struct esp_live *esp_live_new(uint32_t window, uint64_t seq);
void esp_live_free(struct esp_live *live);

// Sequence number and window as at birth with seq; counters stay. For benchmarks that send the same
// packets again: the same key must never protect others under the same numbers. Owning worker.
void esp_live_rewind(struct esp_live *live, uint64_t seq);

// Any thread: one word, of this moment.
static inline uint64_t esp_live_get(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

// Owning worker: a plain store that readers see whole.
static inline void esp_live_set(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void esp_live_add(uint64_t *word, uint64_t n)
{
	esp_live_set(word, *word + n);
}

// Owning worker: packets of one SA in one burst that went through.
static inline void esp_live_count(
	struct esp_live *live, uint64_t packets, uint64_t bytes, mono_us_t now)
{
	esp_live_add(&live->packets, packets);
	esp_live_add(&live->bytes, bytes);
	esp_live_set(&live->used, now);
}
