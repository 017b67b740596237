// Inbound children by SPI. One writer, the control core; workers look up while it writes.
//
// An open-addressed table of fixed size. A slot's pointer is published with release; a deleted slot
// stays "used" until it is taken again, so that probing goes on behind it. A child that was found
// is checked against the SPI again, because a slot may change hands between two loads.
#pragma once

#include <stdint.h>

struct dp_child;

struct sad_slot {
	uint32_t spi; // 0: never used
	struct dp_child *child;
};

struct sad {
	unsigned int shift; // of the 32-bit hash
	uint32_t mask;
	struct sad_slot *slot;
};

// Room for n children. returns 0 or -ENOMEM
[[nodiscard]] int sad_init(struct sad *sad, unsigned int n);
void sad_fini(struct sad *sad);

// Control core. -EEXIST or -ENOSPC.
[[nodiscard]] int sad_add(struct sad *sad, uint32_t spi, struct dp_child *child);
void sad_del(struct sad *sad, uint32_t spi);

// Where the search for an SPI begins: SPIs are the peer's to choose among ours, not random to it.
static inline struct sad_slot *sad_home(const struct sad *sad, uint32_t spi)
{
	return &sad->slot[(spi * UINT32_C(0x9e3779b1)) >> sad->shift];
}

// Any worker; NULL when there is none.
struct dp_child *sad_find(const struct sad *sad, uint32_t spi);
