// A piece of the input of a hash or MAC: RFC 7296 concatenates nonces, SPIs and messages, we list
// them.
#pragma once

#include <stddef.h>

#include "base/secret.h"

struct chunk {
	const void *p;
	size_t len;
};

static inline struct chunk chunk_of(const struct secret *s)
{
	return (struct chunk){.p = s->b, .len = s->len};
}
