// The pseudo-random functions of IKE: HMAC with the hash of a PRF row, and prf+.
#pragma once

#include <stdbool.h>

#include "alg/alg.h"
#include "crypto/chunk.h"

enum { PRF_OUT_MAX = 64 };

// Whether OpenSSL can compute a PRF row here (MD5 may be switched off). Control core, at start.
bool prf_can(const struct alg *row);

// prf(key, in[0] | in[1] | ...).
//
// row  of kind ALG_PRF
// dst  row->out_len bytes; may be an input
// returns 0, -ENOTSUP or -ENOMEM; dst is then not meaningful. Any thread.
// RFC 7296 s2.13; RFC 2104
[[nodiscard]] int prf(
	const struct alg *row, struct chunk key, const struct chunk *in, size_t n, uint8_t *dst);

// The same into a new secret of row->out_len bytes, which the caller frees; no secret on failure.
[[nodiscard]] int prf_secret(const struct alg *row, struct chunk key, const struct chunk *in,
	size_t n, struct secret *out);

// prf+(key, seed[0] | seed[1] | ...): len bytes of keying material in a new secret.
//
// n    at most 14 chunks
// len  1 .. 255 * row->out_len, and at most what a secret holds
// returns 0, -EINVAL (len, n), -ENOTSUP or -ENOMEM; no secret on failure. Any thread.
// RFC 7296 s2.13
[[nodiscard]] int prf_plus(const struct alg *row, struct chunk key, const struct chunk *seed,
	size_t n, size_t len, struct secret *out);
