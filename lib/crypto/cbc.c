#include "crypto/cbc.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "crypto/evp.h"

enum { IV_MAX = 16, KEY_MAX = 32 };

static int run(const struct alg *row, const struct secret *key, uint8_t *iv, uint8_t *data,
	size_t len, int encrypt)
{
	const EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx;
	uint8_t last[IV_MAX], repeated[KEY_MAX];
	size_t want;
	int done, ok;

	if (row->kind != ALG_ENCR || row->aead || row->iv_len > IV_MAX || key->len != row->key_len)
		return -EINVAL;
	if (!len || len > INT_MAX || len % row->block_len)
		return -EINVAL;
	cipher = evp_cipher(row);
	if (!cipher)
		return -ENOTSUP;
	ctx = evp_cipher_ctx(row);
	want = (size_t)EVP_CIPHER_get_key_length(cipher);
	if (!ctx || want > sizeof(repeated))
		return -ENOMEM;
	// Single DES is triple DES with its key three times (alg.c).
	for (size_t at = 0; at < want; at += key->len)
		memcpy(repeated + at, key->b, key->len < want - at ? key->len : want - at);
	ok = EVP_CipherInit_ex2(ctx, cipher, repeated, iv, encrypt, NULL) == 1;
	wipe(repeated, sizeof(repeated));
	if (!ok)
		return -ENOMEM;
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	memcpy(last, data + len - row->iv_len, row->iv_len);
	if (EVP_CipherUpdate(ctx, data, &done, data, (int)len) != 1)
		return -ENOMEM;
	memcpy(iv, encrypt ? data + len - row->iv_len : last, row->iv_len);
	return 0;
}

int cbc_encrypt(
	const struct alg *row, const struct secret *key, uint8_t *iv, uint8_t *data, size_t len)
{
	return run(row, key, iv, data, len, 1);
}

int cbc_decrypt(
	const struct alg *row, const struct secret *key, uint8_t *iv, uint8_t *data, size_t len)
{
	return run(row, key, iv, data, len, 0);
}
