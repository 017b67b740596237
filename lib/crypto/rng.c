#include "crypto/rng.h"

#include <limits.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

// A gateway with predictable nonces or keys is worse than none.
static void check(int ok)
{
	if (ok == 1)
		return;
	fputs("rng: no randomness from OpenSSL\n", stderr);
	abort();
}

static void fill_public(void *, void *dst, size_t len)
{
	check(len <= INT_MAX && RAND_bytes(dst, (int)len) == 1);
}

static void fill_secret(void *, void *dst, size_t len)
{
	check(len <= INT_MAX && RAND_priv_bytes(dst, (int)len) == 1);
}

const struct rng rng_public = {.fill = fill_public};
const struct rng rng_secret = {.fill = fill_secret};
