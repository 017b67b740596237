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
	void (*make)(const IMB_MGR *mgr, const struct cipher_row *row, const uint8_t *encr,
		struct crypto_key *key);
	enum mb_cipher cipher;	 // of CBC
	size_t expand;		 // keyexp_t of AES, aes_gcm_pre_t of GCM, des_keysched_t of DES
	size_t encrypt, decrypt; // aes_gcm_enc_dec_t of GCM
};

struct hash_row {
	enum alg_id id;
	enum mb_hash hash;
	size_t one_block; // hash_one_block_t
};

#define FN(NAME) offsetof(IMB_MGR, NAME)

static const struct hash_row hashes[] = {
	{ALG_HMAC_MD5, MB_MD5, FN(md5_one_block)},
	{ALG_HMAC_SHA1, MB_SHA1, FN(sha1_one_block)},
	{ALG_HMAC_SHA256, MB_SHA256, FN(sha256_one_block)},
	{ALG_HMAC_SHA384, MB_SHA384, FN(sha384_one_block)},
	{ALG_HMAC_SHA512, MB_SHA512, FN(sha512_one_block)},
};

// The function at an offset of the manager, into *dst of its own pointer type.
static void fn_get(const IMB_MGR *mgr, size_t offset, void *dst)
{
	memcpy(dst, (const uint8_t *)mgr + offset, sizeof(void (*)(void)));
}

static void gcm_expand(const IMB_MGR *mgr, const struct cipher_row *row, const uint8_t *encr,
	struct crypto_key *key)
{
	aes_gcm_pre_t pre;

	fn_get(mgr, row->expand, &pre);
	fn_get(mgr, key->dir == CRYPTO_ENCRYPT ? row->encrypt : row->decrypt, &key->gcm);
	pre(encr, &key->gcm_key);
}

static void aes_expand(const IMB_MGR *mgr, const struct cipher_row *row, const uint8_t *encr,
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

static void des_expand(const IMB_MGR *mgr, const struct cipher_row *row, const uint8_t *encr,
	struct crypto_key *key)
{
	unsigned int schedules = row->cipher == MB_3DES ? 3 : 1;
	des_keysched_t expand;

	fn_get(mgr, row->expand, &expand);
	for (unsigned int i = 0; i < schedules; i++) {
		uint8_t *schedule = key->schedule + i * IMB_DES_KEY_SCHED_SIZE;

		expand((uint64_t *)schedule, encr + i * IMB_DES_BLOCK_SIZE);
		key->des3[i] = schedule;
	}
}

static void chacha_expand(
	const IMB_MGR *, const struct cipher_row *, const uint8_t *encr, struct crypto_key *key)
{
	key->chacha = true;
	memcpy(key->chacha_key, encr, sizeof(key->chacha_key));
}

static const struct cipher_row ciphers[] = {
	{ALG_AES128_CBC, aes_expand, MB_AES128, FN(keyexp_128), 0, 0},
	{ALG_AES192_CBC, aes_expand, MB_AES192, FN(keyexp_192), 0, 0},
	{ALG_AES256_CBC, aes_expand, MB_AES256, FN(keyexp_256), 0, 0},
	{ALG_AES128_GCM16, gcm_expand, 0, FN(gcm128_pre), FN(gcm128_enc), FN(gcm128_dec)},
	{ALG_AES192_GCM16, gcm_expand, 0, FN(gcm192_pre), FN(gcm192_enc), FN(gcm192_dec)},
	{ALG_AES256_GCM16, gcm_expand, 0, FN(gcm256_pre), FN(gcm256_enc), FN(gcm256_dec)},
	{ALG_CHACHA20_POLY1305, chacha_expand, 0, 0, 0, 0},
	{ALG_3DES_CBC, des_expand, MB_3DES, FN(des_key_sched), 0, 0},
	{ALG_DES_CBC, des_expand, MB_DES, FN(des_key_sched), 0, 0},
};

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
	return cipher_find(suite) && mb_mgr_shared() && (suite->encr->aead || hash_find(suite));
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
	new->cipher = (uint8_t)cipher->cipher;
	new->icv_len = suite->encr->icv_len;
	cipher->make(mgr, cipher, encr, new);
	if (!suite->encr->aead) {
		new->icv_len = suite->integ->icv_len;
		new->hash = (uint8_t)hash->hash;
		new->block = suite->encr->block_len;
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
