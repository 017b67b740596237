#include "dp/table/ikespi.h"

#include <errno.h>
#include <stdlib.h>

enum { FRESH = 0, EMPTIED = 1 };

int ikespi_init(struct ikespi *set, unsigned int max)
{
	uint32_t size = 16;

	while (size < 4 * max)
		size *= 2;
	*set = (struct ikespi){.max = max, .mask = size - 1};
	set->slot = calloc(size, sizeof(set->slot[0]));
	return set->slot ? 0 : -ENOMEM;
}

void ikespi_fini(struct ikespi *set)
{
	free(set->slot);
	set->slot = NULL;
}

// SPIs of ours are random: their low bits are as good as a hash.
static uint32_t find(const struct ikespi *set, uint64_t spi)
{
	uint32_t at = (uint32_t)spi & set->mask;

	for (uint32_t i = 0; i <= set->mask; i++, at = (at + 1) & set->mask) {
		uint64_t here = __atomic_load_n(&set->slot[at], __ATOMIC_RELAXED);

		if (here == spi)
			return at;
		if (here == FRESH)
			break;
	}
	return UINT32_MAX;
}

static void put(struct ikespi *set, uint32_t at, uint64_t spi)
{
	__atomic_store_n(&set->slot[at], spi, __ATOMIC_RELAXED);
}

static void take_out(struct ikespi *set, uint32_t at)
{
	put(set, at, EMPTIED);
	set->n--;
	// Emptied slots before a fresh one lead nowhere.
	if (set->slot[(at + 1) & set->mask] != FRESH)
		return;
	for (; set->slot[at] == EMPTIED; at = (at - 1) & set->mask)
		put(set, at, FRESH);
}

int ikespi_set(struct ikespi *set, uint64_t spi, bool on)
{
	uint32_t at = find(set, spi);

	if (spi == FRESH || spi == EMPTIED || on == (at != UINT32_MAX))
		return 0;
	if (!on) {
		take_out(set, at);
		return 0;
	}
	if (set->n == set->max)
		return -ENOSPC;
	for (at = (uint32_t)spi & set->mask; set->slot[at] > EMPTIED; at = (at + 1) & set->mask)
		;
	put(set, at, spi);
	set->n++;
	return 0;
}

bool ikespi_has(const struct ikespi *set, uint64_t spi)
{
	return spi > EMPTIED && find(set, spi) != UINT32_MAX;
}
