// A plain hash, named by the PRF row that is built on it (NAT detection, cookies, IKEv1).
#pragma once

#include "alg/alg.h"
#include "crypto/chunk.h"

// Hash the concatenation of n chunks.
//
// row  a PRF or integrity row, such as alg(ALG_PRF_SHA1)
// dst  row->out_len bytes
// returns 0, -ENOTSUP (OpenSSL lacks the hash here) or -ENOMEM. Any thread.
[[nodiscard]] int hash(const struct alg *row, const struct chunk *in, size_t n, uint8_t *dst);
