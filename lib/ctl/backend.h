// What this machine can compute: which suites each crypto back end has proven for ESP, which one an
// SA gets, and which algorithms OpenSSL has for IKE.
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "drv/crypto.h"

enum { BACKENDS = 8, BACKEND_SUITES = 128 };

enum backend_state {
	BACKEND_NONE,	// this back end cannot do it here
	BACKEND_PROVEN, // its known answers were right
	BACKEND_WRONG,	// they were not: never used
};

struct backends {
	const struct crypto_driver *driver[BACKENDS]; // most wanted first
	unsigned int n;
	uint8_t state[BACKENDS][BACKEND_SUITES]; // enum backend_state, by crypto_suite's index
	bool ike[ALG_COUNT];			 // what avail_ike said
};

// Check every back end with every suite, and OpenSSL for IKE. What is wrong is logged and refused.
//
// drivers ends with NULL. returns how many suites have a proven back end; 0: no traffic is possible
unsigned int backends_check(struct backends *b, const struct crypto_driver *const drivers[]);

// The first back end that has proven a suite's cipher and integrity; NULL when there is none.
const struct crypto_driver *backends_pick(const struct backends *b, const struct suite *suite);

// Whether every choice of a proposal can be computed here.
//
// returns 0, or -ENOTSUP with why: got is the algorithm or the suite that cannot
[[nodiscard]] int backends_can(const struct backends *b, const struct proposal *p, struct why *why);

// Whether the i-th back end has proven some suite with this cipher or integrity algorithm.
bool backends_knows(const struct backends *b, unsigned int i, const struct alg *a);
