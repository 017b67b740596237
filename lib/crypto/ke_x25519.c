// X25519, RFC 7748 and RFC 8031.
#include "crypto/ke_group.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/rng.h"

enum { LEN = 32 };

static int draw(const struct ke_group *, struct secret *x)
{
	int err = secret_new(x, LEN);

	if (!err)
		rng_fill(&rng_secret, x->b, LEN);
	return err;
}

static int public(const struct ke_group *, const struct secret *x, uint8_t *dst)
{
	size_t len = LEN;
	EVP_PKEY *key;
	int ok;

	if (x->len != LEN)
		return -EINVAL;
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, x->b, LEN);
	ok = key && EVP_PKEY_get_raw_public_key(key, dst, &len) == 1;
	EVP_PKEY_free(key);
	return ok ? 0 : -ENOMEM;
}

// With the public value that we know: from the private key alone, OpenSSL computes it again, which
// doubles the cost of an exchange.
static EVP_PKEY *key_pair(const struct secret *x, const uint8_t *public)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, x->b, LEN),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)public, LEN),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
	EVP_PKEY *key = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static int derive(const struct ke_group *, const struct secret *x, const uint8_t *public,
	const uint8_t *peer, struct secret *shared)
{
	EVP_PKEY *ours = key_pair(x, public);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, LEN);
	EVP_PKEY_CTX *ctx = ours ? EVP_PKEY_CTX_new(ours, NULL) : NULL;
	size_t len = LEN;
	int err = -ENOMEM;

	if (!ctx || !theirs || EVP_PKEY_derive_init(ctx) != 1 ||
		EVP_PKEY_derive_set_peer_ex(ctx, theirs, 0) != 1)
		goto free_keys;
	err = secret_new(shared, LEN);
	if (err)
		goto free_keys;
	// Fails on an all-zero result: the peer's value is a point of small order.
	if (EVP_PKEY_derive(ctx, shared->b, &len) != 1) {
		secret_free(shared);
		err = -EINVAL;
	}
free_keys:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(ours);
	return err;
}

const struct ke_family ke_x25519 = {.draw = draw, .public = public, .derive = derive};
