#include "crypto/skey.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "crypto/evp.h"

enum { NONCE_LEN = 12, ICV_MAX = 64 };

bool skey_can(const struct suite *suite)
{
	return evp_cipher(suite->encr) && (suite->encr->aead || evp_md(suite->integ));
}

size_t skey_encr_len(const struct suite *suite)
{
	return suite->encr->key_len + suite->encr->salt_len;
}

size_t skey_integ_len(const struct suite *suite)
{
	return suite->encr->aead ? 0 : suite->integ->key_len;
}

// OpenSSL's key for a row: its cipher may want the row's several times over (single DES).
static int key_copy(struct secret *dst, const struct alg *row, const uint8_t *encr)
{
	const EVP_CIPHER *cipher = evp_cipher(row);
	size_t len = row->key_len + row->salt_len, want = 0;
	int err;

	if (cipher && !row->salt_len)
		want = (size_t)EVP_CIPHER_get_key_length(cipher);
	if (want <= len)
		return secret_copy(dst, encr, len);
	err = secret_new(dst, want);
	for (size_t at = 0; !err && at < want; at += len)
		memcpy(dst->b + at, encr, len);
	return err;
}

int skey_init(
	struct skey *key, const struct suite *suite, const uint8_t *encr, const uint8_t *integ)
{
	int err;

	*key = (struct skey){
		.encr = suite->encr,
		.integ = suite->encr->aead ? NULL : suite->integ,
	};
	err = key_copy(&key->encr_key, suite->encr, encr);
	if (!err && key->integ)
		err = secret_copy(&key->integ_key, integ, skey_integ_len(suite));
	if (err)
		skey_fini(key);
	return err;
}

void skey_fini(struct skey *key)
{
	secret_free(&key->encr_key);
	secret_free(&key->integ_key);
}

static size_t icv_len(const struct skey *key)
{
	return key->integ ? key->integ->icv_len : key->encr->icv_len;
}

// Inner bytes, padding and the pad length byte, rounded up to the cipher's block.
static size_t padded_len(const struct skey *key, size_t inner_len)
{
	size_t block = key->encr->block_len;

	return (inner_len + 1 + block - 1) / block * block;
}

size_t skey_sealed_len(const struct skey *key, size_t inner_len)
{
	return skey_iv_len(key) + padded_len(key, inner_len) + icv_len(key);
}

size_t skey_inner_max(const struct skey *key, size_t room)
{
	size_t fixed = skey_iv_len(key) + icv_len(key), block = key->encr->block_len;
	size_t padded = room > fixed ? (room - fixed) / block * block : 0;

	return padded ? padded - 1 : 0;
}

// RFC 5282 s4, RFC 7634 s2: the salt from the keying material, then the explicit part from the
// wire.
static void aead_nonce(const struct skey *key, const uint8_t *iv, uint8_t nonce[static NONCE_LEN])
{
	size_t salt_len = key->encr->salt_len;

	memcpy(nonce, key->encr_key.b + key->encr_key.len - salt_len, salt_len);
	memcpy(nonce + salt_len, iv, NONCE_LEN - salt_len);
}

// The thread's context, keyed. iv: 12 bytes with an AEAD, a block with CBC.
static EVP_CIPHER_CTX *cipher_start(const struct skey *key, const uint8_t *iv, int encrypt)
{
	const EVP_CIPHER *cipher = evp_cipher(key->encr);
	EVP_CIPHER_CTX *ctx = cipher ? evp_cipher_ctx(key->encr) : NULL;

	if (!ctx || EVP_CipherInit_ex2(ctx, cipher, key->encr_key.b, iv, encrypt, NULL) != 1)
		return NULL;
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	return ctx;
}

static int cipher_run(EVP_CIPHER_CTX *ctx, uint8_t *dst, const uint8_t *src, size_t len)
{
	int done;

	return len <= INT_MAX && EVP_CipherUpdate(ctx, dst, &done, src, (int)len) == 1;
}

static int hmac(const struct skey *key, const uint8_t *msg, size_t len, uint8_t icv[static ICV_MAX])
{
	struct chunk in = {.p = msg, .len = len};

	return evp_hmac(key->integ, chunk_of(&key->integ_key), &in, 1, icv);
}

static int seal_aead(const struct skey *key, uint8_t *msg, size_t head, size_t len)
{
	uint8_t nonce[NONCE_LEN], *data = msg + head + skey_iv_len(key);
	EVP_CIPHER_CTX *ctx;
	int done;

	aead_nonce(key, msg + head, nonce);
	ctx = cipher_start(key, nonce, 1);
	if (!ctx || !cipher_run(ctx, NULL, msg, head) || !cipher_run(ctx, data, data, len) ||
		EVP_CipherFinal_ex(ctx, data + len, &done) != 1 ||
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)icv_len(key), data + len) != 1)
		return -ENOMEM;
	return 0;
}

static int seal_cbc(const struct skey *key, uint8_t *msg, size_t head, size_t len)
{
	uint8_t icv[ICV_MAX], *data = msg + head + skey_iv_len(key);
	EVP_CIPHER_CTX *ctx = cipher_start(key, msg + head, 1);
	int err;

	if (!ctx || !cipher_run(ctx, data, data, len))
		return -ENOMEM;
	err = hmac(key, msg, (size_t)(data + len - msg), icv);
	if (!err)
		memcpy(data + len, icv, icv_len(key));
	return err;
}

int skey_seal(struct skey *key, const struct rng *rng, uint8_t *msg, size_t head, size_t inner_len)
{
	size_t iv_len = skey_iv_len(key), len = padded_len(key, inner_len);
	uint8_t *data = msg + head + iv_len;

	memset(data + inner_len, 0, len - inner_len);
	data[len - 1] = (uint8_t)(len - inner_len - 1);
	if (key->integ) {
		rng_fill(rng, msg + head, iv_len);
		return seal_cbc(key, msg, head, len);
	}
	for (size_t i = 0; i < iv_len; i++)
		msg[head + i] = (uint8_t)(key->iv >> 8 * (iv_len - 1 - i));
	key->iv++;
	return seal_aead(key, msg, head, len);
}

static int open_aead(const struct skey *key, uint8_t *msg, size_t head, size_t len)
{
	uint8_t nonce[NONCE_LEN], *data = msg + head + skey_iv_len(key);
	EVP_CIPHER_CTX *ctx;
	int done;

	aead_nonce(key, msg + head, nonce);
	ctx = cipher_start(key, nonce, 0);
	if (!ctx || !cipher_run(ctx, NULL, msg, head) || !cipher_run(ctx, data, data, len) ||
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, (int)icv_len(key), data + len) != 1)
		return -ENOMEM;
	return EVP_CipherFinal_ex(ctx, data + len, &done) == 1 ? 0 : -EBADMSG;
}

static int open_cbc(const struct skey *key, uint8_t *msg, size_t head, size_t len)
{
	uint8_t icv[ICV_MAX], *data = msg + head + skey_iv_len(key);
	EVP_CIPHER_CTX *ctx;
	int err = hmac(key, msg, (size_t)(data + len - msg), icv);

	if (err)
		return err;
	if (!bytes_eq_ct(icv, data + len, icv_len(key)))
		return -EBADMSG;
	ctx = cipher_start(key, msg + head, 0);
	return ctx && cipher_run(ctx, data, data, len) ? 0 : -ENOMEM;
}

int skey_open(const struct skey *key, uint8_t *msg, size_t head, size_t len, size_t *inner_len)
{
	size_t iv_len = skey_iv_len(key), fixed = head + iv_len + icv_len(key), pad;
	int err;

	if (len <= fixed || (len - fixed) % key->encr->block_len)
		return -EBADMSG;
	len -= fixed;
	err = key->integ ? open_cbc(key, msg, head, len) : open_aead(key, msg, head, len);
	if (err)
		return err;
	pad = msg[head + iv_len + len - 1];
	if (pad >= len)
		return -EBADMSG;
	*inner_len = len - 1 - pad;
	return 0;
}
