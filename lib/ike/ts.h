// Traffic selector payloads, and narrowing (RFC 7296 s2.9, s3.13).
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "net/addr.h"

// Write the body of a TSi or TSr payload.
void ike_ts_write(const struct selector *ts, size_t count, struct wr *wr);

// Read a body into ts. Selectors of an unknown type and those beyond max are left out, as narrowing
// may.
//
// returns how many, or -EINVAL (malformed, or none at all)
[[nodiscard]] int ike_ts_read(struct rd body, struct selector *ts, size_t max);

// The part of theirs that lies within ours, in their order, without repetitions; at most max.
//
// returns how many; 0: nothing in common
size_t ike_ts_narrow(const struct selector *theirs, size_t their_count, const struct selector *ours,
	size_t our_count, struct selector *both, size_t max);

// Whether each of inner lies within one of outer.
bool ike_ts_within(const struct selector *inner, size_t inner_count, const struct selector *outer,
	size_t outer_count);

// The list as text for why, and a payload's; return dst.
char *ike_ts_show(const struct selector *ts, size_t count, char *dst, size_t size);
