// A crypto back end for tests of the packet format: it honours every rule of the contract
// (chaining, what the tag covers, where it stands, order of cipher and tag) and protects nothing.
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drv/crypto.h"

struct crypto_key {
	struct suite suite;
	enum crypto_dir dir;
	uint8_t pad;
};

static bool toy_can(const struct suite *)
{
	return true;
}

static int toy_key_new(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
	const uint8_t *integ, struct crypto_key **key)
{
	if (!encr || !suite->encr->aead != !!integ)
		return -EINVAL;
	*key = malloc(sizeof(**key));
	**key = (struct crypto_key){*suite, dir, (uint8_t)(encr[0] | 1)};
	return 0;
}

static void toy_key_free(struct crypto_key *key)
{
	free(key);
}

static inline void toy_tag(const struct crypto_op *op, uint8_t *tag, size_t n)
{
	bool aead = op->key->suite.encr->aead;
	const uint8_t *part[3] = {aead ? op->aad : op->auth, aead ? op->data : NULL, op->iv};
	size_t len[3] = {aead ? op->aad_len : op->auth_len, op->len, aead ? 16 : 0};
	uint32_t h = 2166136261u ^ op->key->pad;

	for (int p = 0; p < 3; p++)
		for (size_t i = 0; part[p] && i < len[p]; i++)
			h = (h ^ part[p][i]) * 16777619;
	for (size_t i = 0; i < n; i++, h = h * 16777619 + 1)
		tag[i] = (uint8_t)(h >> 24);
}

static inline void toy_cipher(struct crypto_op *op)
{
	bool aead = op->key->suite.encr->aead, back = op->key->dir == CRYPTO_DECRYPT;
	uint8_t chain[16];

	memcpy(chain, op->iv, 16);
	for (uint32_t i = 0; i < op->len; i++) {
		uint8_t in = op->data[i];

		op->data[i] ^= aead ? op->key->pad + op->iv[i % 12] : chain[i % 16] ^ op->key->pad;
		chain[i % 16] = back ? in : op->data[i];
	}
}

static inline void toy_run(struct crypto_op *op)
{
	const struct suite *suite = &op->key->suite;
	size_t n = suite->encr->aead ? suite->encr->icv_len : suite->integ->icv_len;
	uint8_t tag[CRYPTO_ICV_MAX];

	op->status = CRYPTO_OK;
	if (op->key->dir == CRYPTO_ENCRYPT) {
		toy_cipher(op);
		toy_tag(op, tag, n);
		memcpy(op->tag, tag, n);
		return;
	}
	toy_tag(op, tag, n);
	if (memcmp(op->tag, tag, n))
		op->status = CRYPTO_BAD_TAG;
	else
		toy_cipher(op);
}

static const struct crypto_driver toy = {
	.name = "toy", .can = toy_can, .key_new = toy_key_new, .key_free = toy_key_free};
