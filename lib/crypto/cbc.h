// A block cipher in CBC mode without anything around it: what IKEv1 encrypts its messages with.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "alg/alg.h"
#include "base/secret.h"

// Encrypt or decrypt in place.
//
// row   a cipher row that is no AEAD; key: row->key_len bytes
// iv    row->iv_len bytes; on success the last cipher block: the IV of what follows
// data  len bytes, a multiple of row->block_len
// returns 0, -EINVAL (no such row, key or length), -ENOTSUP (OpenSSL lacks the cipher here) or
// -ENOMEM. Any thread.
[[nodiscard]] int cbc_encrypt(
	const struct alg *row, const struct secret *key, uint8_t *iv, uint8_t *data, size_t len);
[[nodiscard]] int cbc_decrypt(
	const struct alg *row, const struct secret *key, uint8_t *iv, uint8_t *data, size_t len);
