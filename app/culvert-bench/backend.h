// The crypto back ends that culvert-bench knows, the empty one first.
#pragma once

#include "drv/crypto.h"

// Ends with NULL. "none" computes nothing and says yes: what is left is the cost of everything
// else.
extern const struct crypto_driver *const backends[];

// By name, NULL when there is none.
const struct crypto_driver *backend_find(const char *name);
