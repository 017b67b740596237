// Expanded keys for intel-ipsec-mb, and what it takes to use one.
#pragma once

#include <intel-ipsec-mb.h>

#include "drv/crypto.h"

enum { MB_SCHEDULE = 15 * 16, MB_PAD = 64 };

enum mb_hash { MB_SHA1, MB_SHA256, MB_SHA384, MB_SHA512, MB_HASHES };
enum { MB_KEY_SIZES = 3 }; // AES-128, -192, -256

// Read by any lane; written by nobody after mb_key_new.
struct crypto_key {
	aes_gcm_enc_dec_t gcm; // the direct call; NULL: CBC + HMAC
	uint8_t dir;	       // enum crypto_dir
	uint8_t aes;	       // CBC: 0 .. MB_KEY_SIZES - 1
	uint8_t hash;	       // CBC: enum mb_hash
	uint8_t icv_len;
	union {
		struct gcm_key_data gcm_key;
		struct {
			_Alignas(64) uint8_t schedule[MB_SCHEDULE]; // of the key's direction
			_Alignas(64) uint8_t ipad[MB_PAD]; // hash state after the key's block
			_Alignas(64) uint8_t opad[MB_PAD];
		};
	};
};

// The contract's can, key_new and key_free.
bool mb_key_can(const struct suite *suite);
int mb_key_new(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
	const uint8_t *integ, struct crypto_key **key);
void mb_key_free(struct crypto_key *key);
