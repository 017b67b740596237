// OpenSSL's random generator as a struct rng. Any thread; both abort when there is no entropy.
#pragma once

#include "base/rng.h"

extern const struct rng rng_public; // what the wire shows: SPIs, nonces, IVs
extern const struct rng rng_secret; // what it must not: keys (a generator of its own)
