#include "dp/table/sad.h"

#include <errno.h>
#include <stdlib.h>

int sad_init(struct sad *sad, unsigned int n)
{
	unsigned int bits = 4;

	// At most a quarter full: probes are short even when some slots are only "used".
	while (1u << bits < 4 * n)
		bits++;
	sad->shift = 32 - bits;
	sad->mask = (1u << bits) - 1;
	sad->slot = calloc((size_t)sad->mask + 1, sizeof(sad->slot[0]));
	return sad->slot ? 0 : -ENOMEM;
}

void sad_fini(struct sad *sad)
{
	free(sad->slot);
	sad->slot = NULL;
}

static struct sad_slot *next(const struct sad *sad, const struct sad_slot *slot)
{
	return &sad->slot[(slot - sad->slot + 1) & sad->mask];
}

static struct sad_slot *slot_of(const struct sad *sad, uint32_t spi)
{
	struct sad_slot *slot = sad_home(sad, spi);

	for (uint32_t i = 0; i <= sad->mask; i++, slot = next(sad, slot)) {
		uint32_t here = __atomic_load_n(&slot->spi, __ATOMIC_RELAXED);

		if (!here)
			return NULL;
		if (here == spi && __atomic_load_n(&slot->child, __ATOMIC_RELAXED))
			return slot;
	}
	return NULL;
}

int sad_add(struct sad *sad, uint32_t spi, struct dp_child *child)
{
	struct sad_slot *slot = sad_home(sad, spi);

	if (slot_of(sad, spi))
		return -EEXIST;
	for (uint32_t i = 0; i <= sad->mask; i++, slot = next(sad, slot)) {
		if (slot->child)
			continue;
		__atomic_store_n(&slot->child, child, __ATOMIC_RELEASE);
		__atomic_store_n(&slot->spi, spi, __ATOMIC_RELEASE);
		return 0;
	}
	return -ENOSPC;
}

void sad_del(struct sad *sad, uint32_t spi)
{
	struct sad_slot *slot = slot_of(sad, spi);

	if (!slot)
		return;
	__atomic_store_n(&slot->child, NULL, __ATOMIC_RELEASE);
	// A run of emptied slots that ends at a fresh one leads nowhere: make it fresh again, else
	// years of rekeying would leave no end to any search.
	if (next(sad, slot)->spi)
		return;
	for (uint32_t i = 0; i <= sad->mask && slot->spi && !slot->child; i++) {
		__atomic_store_n(&slot->spi, 0, __ATOMIC_RELEASE);
		slot = &sad->slot[(slot - sad->slot - 1) & sad->mask];
	}
}

struct dp_child *sad_find(const struct sad *sad, uint32_t spi)
{
	struct sad_slot *slot = slot_of(sad, spi);

	return slot ? __atomic_load_n(&slot->child, __ATOMIC_ACQUIRE) : NULL;
}
