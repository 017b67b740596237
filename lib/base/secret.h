// Key material: kept in locked pages that no core file holds, wiped when given back.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Owner: whoever called secret_new. Zero-initialised is "no secret" and may be freed.
struct secret {
	uint8_t *b;
	size_t len;
};

// Room for len bytes (1 .. 4096), zeroed, in locked memory.
//
// returns 0, -EINVAL (len out of range) or -ENOMEM. Control thread and helper threads (takes a
// lock: allocation is rare and never on a worker).
[[nodiscard]] int secret_new(struct secret *s, size_t len);

// A new secret holding a copy of len bytes of src.
[[nodiscard]] int secret_copy(struct secret *s, const void *src, size_t len);

// Wipe, give back, and make it "no secret".
void secret_free(struct secret *s);

// Bytes that are given out, rounded up to their blocks: for measuring.
size_t secret_in_use(void);

// Same length and bytes, in time that depends on the length alone.
bool secret_eq(const struct secret *a, const struct secret *b);

// Equality of len bytes in constant time, for MACs and tags.
bool bytes_eq_ct(const void *a, const void *b, size_t len);

// Overwrite len bytes with zero; never optimised away.
void wipe(void *p, size_t len);
