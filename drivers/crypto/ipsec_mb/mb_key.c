#include "crypto/ipsec_mb/mb_key.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/ipsec_mb/mb_mgr.h"

// Where the library's functions for an algorithm stand in its manager.
struct cipher_row {
	enum alg_id id;
	uint8_t aes;
	size_t expand;		 // keyexp_t, or aes_gcm_pre_t of GCM
	size_t encrypt, decrypt; // aes_gcm_enc_dec_t of GCM
};

struct hash_row {
	enum alg_id id;
	enum mb_hash hash;
	size_t one_block; // hash_one_block_t
	size_t block_len;
};

#define FN(NAME) offsetof(IMB_MGR, NAME)

static const struct cipher_row ciphers[] = {
	{ALG_AES128_CBC, 0, FN(keyexp_128), 0, 0},
	{ALG_AES192_CBC, 1, FN(keyexp_192), 0, 0},
	{ALG_AES256_CBC, 2, FN(keyexp_256), 0, 0},
	{ALG_AES128_GCM16, 0, FN(gcm128_pre), FN(gcm128_enc), FN(gcm128_dec)},
	{ALG_AES192_GCM16, 1, FN(gcm192_pre), FN(gcm192_enc), FN(gcm192_dec)},
	{ALG_AES256_GCM16, 2, FN(gcm256_pre), FN(gcm256_enc), FN(gcm256_dec)},
};

static const struct hash_row hashes[] = {
	{ALG_HMAC_SHA1, MB_SHA1, FN(sha1_one_block), IMB_SHA1_BLOCK_SIZE},
	{ALG_HMAC_SHA256, MB_SHA256, FN(sha256_one_block), IMB_SHA_256_BLOCK_SIZE},
	{ALG_HMAC_SHA384, MB_SHA384, FN(sha384_one_block), IMB_SHA_384_BLOCK_SIZE},
	{ALG_HMAC_SHA512, MB_SHA512, FN(sha512_one_block), IMB_SHA_512_BLOCK_SIZE},
};

// The function at an offset of the manager, into *dst of its own pointer type.
static void fn_get(const IMB_MGR *mgr, size_t offset, void *dst)
{
	memcpy(dst, (const uint8_t *)mgr + offset, sizeof(void (*)(void)));
}

static const struct cipher_row *cipher_find(const struct suite *suite)
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		if (suite->encr && ciphers[i].id == suite->encr->id)
			return &ciphers[i];
	}
	return NULL;
}

static const struct hash_row *hash_find(const struct suite *suite)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (suite->integ && hashes[i].id == suite->integ->id)
			return &hashes[i];
	}
	return NULL;
}

bool mb_key_can(const struct suite *suite)
{
	const struct cipher_row *cipher = cipher_find(suite);

	return cipher && mb_mgr_shared() && (cipher->encrypt || hash_find(suite));
}

static void gcm_expand(const IMB_MGR *mgr, const struct cipher_row *row, const uint8_t *encr,
	struct crypto_key *key)
{
	aes_gcm_pre_t pre;

	fn_get(mgr, row->expand, &pre);
	fn_get(mgr, key->dir == CRYPTO_ENCRYPT ? row->encrypt : row->decrypt, &key->gcm);
	pre(encr, &key->gcm_key);
}

static void cbc_expand(const IMB_MGR *mgr, const struct cipher_row *row, const uint8_t *encr,
	struct crypto_key *key)
{
	_Alignas(16) uint8_t other[MB_SCHEDULE];
	keyexp_t expand;

	fn_get(mgr, row->expand, &expand);
	if (key->dir == CRYPTO_ENCRYPT)
		expand(encr, key->schedule, other);
	else
		expand(encr, other, key->schedule);
	wipe(other, sizeof(other));
}

// RFC 2104: the hash's state after the one block of key ^ pad, whence each HMAC starts.
static void hmac_expand(const IMB_MGR *mgr, const struct hash_row *row, const struct alg *integ,
	const uint8_t *secret, struct crypto_key *key)
{
	uint8_t ipad[IMB_SHA_512_BLOCK_SIZE], opad[IMB_SHA_512_BLOCK_SIZE];
	hash_one_block_t one_block;

	memset(ipad, 0x36, sizeof(ipad));
	memset(opad, 0x5c, sizeof(opad));
	for (size_t i = 0; i < integ->key_len; i++) {
		ipad[i] ^= secret[i];
		opad[i] ^= secret[i];
	}
	fn_get(mgr, row->one_block, &one_block);
	one_block(ipad, key->ipad);
	one_block(opad, key->opad);
	wipe(ipad, sizeof(ipad));
	wipe(opad, sizeof(opad));
}

int mb_key_new(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
	const uint8_t *integ, struct crypto_key **key)
{
	const struct cipher_row *cipher = cipher_find(suite);
	const struct hash_row *hash = hash_find(suite);
	const IMB_MGR *mgr = mb_mgr_shared();
	struct crypto_key *new;

	*key = NULL;
	if (!mb_key_can(suite))
		return -ENOTSUP;
	new = aligned_alloc(_Alignof(struct crypto_key), sizeof(*new));
	if (!new)
		return -ENOMEM;
	memset(new, 0, sizeof(*new));
	new->dir = dir;
	new->aes = cipher->aes;
	if (cipher->encrypt) {
		new->icv_len = suite->encr->icv_len;
		gcm_expand(mgr, cipher, encr, new);
	} else {
		new->icv_len = suite->integ->icv_len;
		new->hash = hash->hash;
		cbc_expand(mgr, cipher, encr, new);
		hmac_expand(mgr, hash, suite->integ, integ, new);
	}
	*key = new;
	return 0;
}

void mb_key_free(struct crypto_key *key)
{
	if (!key)
		return;
	wipe(key, sizeof(*key));
	free(key);
}
