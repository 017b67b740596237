// Expanded keys for intel-ipsec-mb, and what it takes to use one.
#pragma once

#include <intel-ipsec-mb.h>

#include "drv/crypto.h"

enum { MB_SCHEDULE = 3 * IMB_DES_KEY_SCHED_SIZE, MB_PAD = 64 };

enum mb_cipher { MB_AES128, MB_AES192, MB_AES256, MB_3DES, MB_DES, MB_CIPHERS };
enum mb_hash { MB_SHA1, MB_SHA256, MB_SHA384, MB_SHA512, MB_MD5, MB_HASHES };

// Read by any lane; written by nobody after mb_key_new.
struct crypto_key {
	aes_gcm_enc_dec_t gcm; // the direct call; NULL: another mode
	uint8_t dir;	       // enum crypto_dir
	uint8_t cipher;	       // CBC: enum mb_cipher
	uint8_t hash;	       // CBC: enum mb_hash
	uint8_t icv_len;
	uint8_t block; // CBC: what lengths are multiples of
	bool chacha;   // ChaCha20-Poly1305
	union {
		struct gcm_key_data gcm_key;
		uint8_t chacha_key[32];
		struct {
			// Of the key's direction; triple DES: three for either.
			_Alignas(64) uint8_t schedule[MB_SCHEDULE];
			_Alignas(64) uint8_t ipad[MB_PAD]; // hash state after the key's block
			_Alignas(64) uint8_t opad[MB_PAD];
			const void *des3[3]; // where its schedules are
		};
	};
};

// The contract's can, key_new and key_free.
bool mb_key_can(const struct suite *suite);
int mb_key_new(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
	const uint8_t *integ, struct crypto_key **key);
void mb_key_free(struct crypto_key *key);
