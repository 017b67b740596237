#include "crypto/openssl/openssl.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/openssl/ossl_key.h"

enum { DIRS = 2 };

// writer: owning worker
struct crypto_lane {
	EVP_CIPHER_CTX *cipher[ALG_COUNT][DIRS];
	uint64_t keyed[ALG_COUNT][DIRS]; // which key's schedule a context holds: its serial
	EVP_MD_CTX *hash[ALG_COUNT];
};

static void lane_close(struct crypto_lane *lane)
{
	if (!lane)
		return;
	for (unsigned int i = 0; i < ALG_COUNT; i++) {
		EVP_CIPHER_CTX_free(lane->cipher[i][CRYPTO_ENCRYPT]);
		EVP_CIPHER_CTX_free(lane->cipher[i][CRYPTO_DECRYPT]);
		EVP_MD_CTX_free(lane->hash[i]);
	}
	free(lane);
}

// A context with its algorithm, so that nothing is fetched or made on the packet path.
static int cipher_open(const EVP_CIPHER *cipher, int encrypt, EVP_CIPHER_CTX **ctx)
{
	static const uint8_t zero[32];

	if (!cipher)
		return 0;
	*ctx = EVP_CIPHER_CTX_new();
	if (!*ctx || EVP_CipherInit_ex2(*ctx, cipher, zero, zero, encrypt, NULL) != 1)
		return -ENOMEM;
	EVP_CIPHER_CTX_set_padding(*ctx, 0);
	return 0;
}

static int hash_open(const EVP_MD *md, EVP_MD_CTX **ctx)
{
	if (!md)
		return 0;
	*ctx = EVP_MD_CTX_new();
	return *ctx && EVP_DigestInit_ex2(*ctx, md, NULL) == 1 ? 0 : -ENOMEM;
}

static int lane_open(unsigned int, struct crypto_lane **lane)
{
	const struct ossl_algs *algs = ossl_algs_get();
	struct crypto_lane *new = calloc(1, sizeof(*new));
	int err = new ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < ALG_COUNT; i++) {
		err = cipher_open(algs->cipher[i], 1, &new->cipher[i][CRYPTO_ENCRYPT]);
		if (!err)
			err = cipher_open(algs->cipher[i], 0, &new->cipher[i][CRYPTO_DECRYPT]);
		if (!err)
			err = hash_open(algs->hash[i], &new->hash[i]);
	}
	if (err) {
		lane_close(new);
		new = NULL;
	}
	*lane = new;
	return err;
}

// The lane's context for a key, holding its schedule and this operation's IV; NULL on failure.
static EVP_CIPHER_CTX *cipher_start(struct crypto_lane *lane, const struct crypto_op *op)
{
	const struct crypto_key *key = op->key;
	EVP_CIPHER_CTX *ctx = lane->cipher[key->cipher][key->dir];
	uint64_t *keyed = &lane->keyed[key->cipher][key->dir];
	const uint8_t *schedule = *keyed == key->serial ? NULL : key->encr;

	*keyed = 0;
	if (EVP_CipherInit_ex2(ctx, NULL, schedule, op->iv, -1, NULL) != 1)
		return NULL;
	*keyed = key->serial;
	return ctx;
}

static bool update(EVP_CIPHER_CTX *ctx, uint8_t *dst, const uint8_t *src, uint32_t len)
{
	int done;

	return len <= INT_MAX && EVP_CipherUpdate(ctx, dst, &done, src, (int)len) == 1;
}

static enum crypto_status aead_run(struct crypto_lane *lane, struct crypto_op *op)
{
	const struct crypto_key *key = op->key;
	EVP_CIPHER_CTX *ctx = cipher_start(lane, op);
	int icv_len = key->icv_len, done;

	if (!ctx || !update(ctx, NULL, op->aad, op->aad_len) ||
		!update(ctx, op->data, op->data, op->len))
		return CRYPTO_FAILED;
	if (key->dir == CRYPTO_ENCRYPT) {
		if (EVP_CipherFinal_ex(ctx, op->data, &done) != 1 ||
			EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, icv_len, op->tag) != 1)
			return CRYPTO_FAILED;
		return CRYPTO_OK;
	}
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, icv_len, op->tag) != 1)
		return CRYPTO_FAILED;
	return EVP_CipherFinal_ex(ctx, op->data, &done) == 1 ? CRYPTO_OK : CRYPTO_BAD_TAG;
}

// hash(pad | data)
static bool hash_run(EVP_MD_CTX *ctx, const uint8_t *pad, unsigned int block_len,
	const uint8_t *data, size_t len, uint8_t *dst)
{
	return EVP_DigestInit_ex2(ctx, NULL, NULL) == 1 &&
	       EVP_DigestUpdate(ctx, pad, block_len) == 1 &&
	       EVP_DigestUpdate(ctx, data, len) == 1 && EVP_DigestFinal_ex(ctx, dst, NULL) == 1;
}

// RFC 2104. Not by EVP_MAC, which keeps a copy of each new key. OpenSSL 3.0 takes a small block
// from the heap for each digest all the same; there is no way round it in EVP.
static bool hmac(
	struct crypto_lane *lane, const struct crypto_op *op, uint8_t mac[static EVP_MAX_MD_SIZE])
{
	const struct crypto_key *key = op->key;
	EVP_MD_CTX *ctx = lane->hash[key->hash];
	uint8_t inner[EVP_MAX_MD_SIZE];

	return hash_run(ctx, key->ipad, key->block_len, op->auth, op->auth_len, inner) &&
	       hash_run(ctx, key->opad, key->block_len, inner, (size_t)EVP_MD_CTX_get_size(ctx),
		       mac);
}

static enum crypto_status cbc_run(struct crypto_lane *lane, struct crypto_op *op)
{
	const struct crypto_key *key = op->key;
	uint8_t mac[EVP_MAX_MD_SIZE];
	EVP_CIPHER_CTX *ctx;

	if (!op->len || op->len % key->cipher_block)
		return CRYPTO_FAILED;
	if (key->dir == CRYPTO_DECRYPT) {
		if (!hmac(lane, op, mac))
			return CRYPTO_FAILED;
		if (!bytes_eq_ct(mac, op->tag, key->icv_len))
			return CRYPTO_BAD_TAG;
	}
	ctx = cipher_start(lane, op);
	if (!ctx || !update(ctx, op->data, op->data, op->len))
		return CRYPTO_FAILED;
	if (key->dir == CRYPTO_ENCRYPT) {
		if (!hmac(lane, op, mac))
			return CRYPTO_FAILED;
		memcpy(op->tag, mac, key->icv_len);
	}
	return CRYPTO_OK;
}

static unsigned int submit(struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (op[i]->key->aead)
			op[i]->status = aead_run(lane, op[i]);
		else
			op[i]->status = cbc_run(lane, op[i]);
	}
	return n;
}

// submit finishes all that it takes.
static unsigned int poll(struct crypto_lane *, struct crypto_op **, unsigned int)
{
	return 0;
}

const struct crypto_driver crypto_openssl = {
	.name = "openssl",
	.can = ossl_key_can,
	.key_new = ossl_key_new,
	.key_free = ossl_key_free,
	.lane_open = lane_open,
	.lane_close = lane_close,
	.submit = submit,
	.poll = poll,
	.immediate = true,
};
