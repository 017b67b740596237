// Inside lib/crypto: OpenSSL's objects for alg rows, fetched once, and each thread's contexts.
//
// Fetching an algorithm costs more than computing with it, so nothing is fetched or allocated per
// call. A context keeps the key of its last use until the next one or until its thread ends.
#pragma once

#include <openssl/evp.h>

#include "alg/alg.h"
#include "crypto/chunk.h"

// The digest of a PRF or integrity row, the cipher of a cipher row; NULL when OpenSSL has none
// here. Shared, never freed. Any thread.
const EVP_MD *evp_md(const struct alg *row);
const EVP_CIPHER *evp_cipher(const struct alg *row);

// This thread's context for a row, ready for an init with key or data; NULL without memory or
// algorithm.
EVP_MD_CTX *evp_md_ctx(const struct alg *row);
EVP_MAC_CTX *evp_hmac_ctx(const struct alg *row);
EVP_CIPHER_CTX *evp_cipher_ctx(const struct alg *row);

// HMAC with a row's hash over n chunks: row->out_len bytes to dst. returns 0, -ENOTSUP or -ENOMEM.
[[nodiscard]] int evp_hmac(
	const struct alg *row, struct chunk key, const struct chunk *in, size_t n, uint8_t *dst);
