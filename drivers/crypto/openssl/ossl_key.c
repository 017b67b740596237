#include "crypto/openssl/ossl_key.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static_assert(ALG_COUNT <= UINT8_MAX);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ossl_algs algs;	     // writer: the first that asks
static _Atomic(uint64_t) serial = 1; // writer: whoever makes a key

static void algs_fetch(void)
{
	for (unsigned int i = 0; i < ALG_COUNT; i++) {
		if (alg_table[i].kind == ALG_ENCR)
			algs.cipher[i] = EVP_CIPHER_fetch(NULL, alg_table[i].evp, NULL);
		if (alg_table[i].kind == ALG_INTEG)
			algs.hash[i] = EVP_MD_fetch(NULL, alg_table[i].evp, NULL);
	}
}

const struct ossl_algs *ossl_algs_get(void)
{
	pthread_once(&once, algs_fetch);
	return &algs;
}

bool ossl_key_can(const struct suite *suite)
{
	const struct ossl_algs *have = ossl_algs_get();

	if (!suite->encr || !have->cipher[suite->encr->id])
		return false;
	return suite->encr->aead || (suite->integ && have->hash[suite->integ->id]);
}

// OpenSSL's cipher may want the row's key several times over (single DES).
static void cipher_prepare(const struct alg *row, const uint8_t *secret, struct crypto_key *key)
{
	size_t want = (size_t)EVP_CIPHER_get_key_length(algs.cipher[row->id]);

	for (size_t at = 0; at < want && at + row->key_len <= sizeof(key->encr); at += row->key_len)
		memcpy(key->encr + at, secret, row->key_len);
}

static void hmac_prepare(const struct alg *integ, const uint8_t *secret, struct crypto_key *key)
{
	key->block_len = (uint8_t)EVP_MD_get_block_size(algs.hash[key->hash]);
	memset(key->ipad, 0x36, sizeof(key->ipad));
	memset(key->opad, 0x5c, sizeof(key->opad));
	for (size_t i = 0; i < integ->key_len; i++) {
		key->ipad[i] ^= secret[i];
		key->opad[i] ^= secret[i];
	}
}

int ossl_key_new(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
	const uint8_t *integ, struct crypto_key **key)
{
	struct crypto_key *new;

	*key = NULL;
	if (!ossl_key_can(suite))
		return -ENOTSUP;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->serial = atomic_fetch_add_explicit(&serial, 1, memory_order_relaxed);
	new->dir = dir;
	new->cipher = (uint8_t)suite->encr->id;
	new->cipher_block = suite->encr->block_len;
	new->aead = suite->encr->aead;
	cipher_prepare(suite->encr, encr, new);
	if (new->aead) {
		new->icv_len = suite->encr->icv_len;
	} else {
		new->icv_len = suite->integ->icv_len;
		new->hash = (uint8_t)suite->integ->id;
		hmac_prepare(suite->integ, integ, new);
	}
	*key = new;
	return 0;
}

void ossl_key_free(struct crypto_key *key)
{
	if (!key)
		return;
	wipe(key, sizeof(*key));
	free(key);
}
