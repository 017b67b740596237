#include "crypto/openssl/ossl_key.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static const enum alg_id ciphers[] = {ALG_AES128_CBC, ALG_AES192_CBC, ALG_AES256_CBC,
	ALG_AES128_GCM16, ALG_AES192_GCM16, ALG_AES256_GCM16};
static const enum alg_id hashes[] = {
	ALG_HMAC_SHA1, ALG_HMAC_SHA256, ALG_HMAC_SHA384, ALG_HMAC_SHA512};
static_assert(sizeof(ciphers) / sizeof(ciphers[0]) == OSSL_CIPHERS);
static_assert(sizeof(hashes) / sizeof(hashes[0]) == OSSL_HASHES);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ossl_algs algs;	     // writer: the first that asks
static _Atomic(uint64_t) serial = 1; // writer: whoever makes a key

static void algs_fetch(void)
{
	for (unsigned int i = 0; i < OSSL_CIPHERS; i++)
		algs.cipher[i] = EVP_CIPHER_fetch(NULL, alg(ciphers[i])->evp, NULL);
	for (unsigned int i = 0; i < OSSL_HASHES; i++)
		algs.hash[i] = EVP_MD_fetch(NULL, alg(hashes[i])->evp, NULL);
}

const struct ossl_algs *ossl_algs_get(void)
{
	pthread_once(&once, algs_fetch);
	return &algs;
}

// The index of an algorithm in ids[0 .. n); n when it is not there.
static unsigned int find(const enum alg_id *ids, unsigned int n, const struct alg *row)
{
	unsigned int i = 0;

	while (i < n && (!row || ids[i] != row->id))
		i++;
	return i;
}

bool ossl_key_can(const struct suite *suite)
{
	const struct ossl_algs *have = ossl_algs_get();
	unsigned int cipher = find(ciphers, OSSL_CIPHERS, suite->encr);
	unsigned int hash = find(hashes, OSSL_HASHES, suite->integ);

	if (cipher == OSSL_CIPHERS || !have->cipher[cipher])
		return false;
	return suite->encr->aead || (hash < OSSL_HASHES && have->hash[hash]);
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
	new->cipher = (uint8_t)find(ciphers, OSSL_CIPHERS, suite->encr);
	new->aead = suite->encr->aead;
	memcpy(new->encr, encr, suite->encr->key_len);
	if (new->aead) {
		new->icv_len = suite->encr->icv_len;
	} else {
		new->icv_len = suite->integ->icv_len;
		new->hash = (uint8_t)find(hashes, OSSL_HASHES, suite->integ);
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
