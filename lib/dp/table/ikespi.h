// The SPIs of our IKE SAs, so that their messages go before those of strangers. One writer, the
// control core; workers look up while it writes. A wrong answer costs a packet its place in the
// queue, nothing else.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ikespi {
	unsigned int n, max;
	uint32_t mask;
	uint64_t *slot; // 0: never used, 1: emptied
};

[[nodiscard]] int ikespi_init(struct ikespi *set, unsigned int max); // 0 or -ENOMEM
void ikespi_fini(struct ikespi *set);
[[nodiscard]] int ikespi_set(struct ikespi *set, uint64_t spi, bool on); // 0 or -ENOSPC
bool ikespi_has(const struct ikespi *set, uint64_t spi);		 // any worker
