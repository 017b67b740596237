// What every crypto back end must do, as code: run by its tests and, in short, at every start.
#pragma once

#include "base/err.h"
#include "drv/crypto.h"

// The suites that ESP can negotiate in this version: every row combination that back ends are asked
// for. returns the i-th, or NULL after the last.
const struct suite *crypto_suite(unsigned int i);

// Known answers for one suite in both directions, and one altered tag that must be refused.
//
// returns 0, -ENOTSUP (driver->can says no) or -EBADMSG with why. At start, before any traffic.
[[nodiscard]] int crypto_check(
	const struct crypto_driver *driver, const struct suite *suite, struct why *why);

// The whole suite: vectors, every length of a range, mixed keys and directions in one burst, order
// of slots, partial acceptance, wrong tags at each position, agreement with another driver (may be
// NULL) on random input. seed makes a run repeatable. returns 0 or -EBADMSG with why.
[[nodiscard]] int crypto_conform(const struct crypto_driver *driver,
	const struct crypto_driver *other, unsigned int seed, struct why *why);
