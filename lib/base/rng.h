// Randomness as an argument: OpenSSL's in the product (crypto/rng.h), a seeded one in simulation.
#pragma once

#include <stddef.h>

struct rng {
	void (*fill)(
		void *ctx, void *dst, size_t len); // never fails: aborts when there is no entropy
	void *ctx;
};

static inline void rng_fill(const struct rng *rng, void *dst, size_t len)
{
	rng->fill(rng->ctx, dst, len);
}
