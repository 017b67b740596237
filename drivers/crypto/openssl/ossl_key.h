// Keys for the OpenSSL back end, and the algorithms they are for.
#pragma once

#include <openssl/evp.h>

#include "drv/crypto.h"

enum { OSSL_BLOCK_MAX = 128, OSSL_KEY_MAX = 32 };

// Every cipher and integrity row of the algorithm table, fetched once for all keys and lanes; NULL:
// not in this OpenSSL.
struct ossl_algs {
	EVP_CIPHER *cipher[ALG_COUNT];
	EVP_MD *hash[ALG_COUNT];
};

// Never freed. Any thread.
const struct ossl_algs *ossl_algs_get(void);

// Read by any lane; written by nobody after ossl_key_new. The expanded key is each lane's own: an
// EVP context has one user at a time.
struct crypto_key {
	uint64_t serial; // never given twice: an address may be, after a key was freed
	uint8_t dir;	 // enum crypto_dir
	uint8_t cipher;	 // enum alg_id
	uint8_t hash;	 // the same; CBC alone
	uint8_t icv_len;
	uint8_t block_len;    // the hash's
	uint8_t cipher_block; // CBC: what lengths are multiples of
	bool aead;
	uint8_t encr[OSSL_KEY_MAX];
	uint8_t ipad[OSSL_BLOCK_MAX]; // RFC 2104: the block that comes before the data
	uint8_t opad[OSSL_BLOCK_MAX]; // and before its hash
};

// The contract's can, key_new and key_free.
bool ossl_key_can(const struct suite *suite);
int ossl_key_new(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
	const uint8_t *integ, struct crypto_key **key);
void ossl_key_free(struct crypto_key *key);
