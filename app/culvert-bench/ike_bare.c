#include "ike_bare.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

enum { SECRET_MAX = 1024 };

// The groups of RFC 2409 have no name in OpenSSL's EVP, which then takes no short exponent: the
// faster way is its bignum. The others go through EVP, with the peer's value taken as it is: the
// range check that is left to do costs nothing beside it.
struct ike_bare {
	EVP_PKEY_CTX *make;
	EVP_PKEY *peer;
	BIGNUM *p, *g, *peer_y;
	BN_MONT_CTX *mont;
	BN_CTX *bn;
};

enum { EXPONENT_BITS = 160 };

static const struct name {
	enum alg_id id;
	const char *type, *group;
	BIGNUM *(*prime)(BIGNUM *);
} names[] = {
	{ALG_MODP768, "DH", NULL, BN_get_rfc2409_prime_768},
	{ALG_MODP1024, "DH", NULL, BN_get_rfc2409_prime_1024},
	{ALG_MODP1536, "DH", "modp_1536", NULL},
	{ALG_MODP2048, "DH", "modp_2048", NULL},
	{ALG_MODP3072, "DH", "modp_3072", NULL},
	{ALG_MODP4096, "DH", "modp_4096", NULL},
	{ALG_MODP6144, "DH", "modp_6144", NULL},
	{ALG_MODP8192, "DH", "modp_8192", NULL},
	{ALG_ECP256, "EC", "P-256", NULL},
	{ALG_ECP384, "EC", "P-384", NULL},
	{ALG_ECP521, "EC", "P-521", NULL},
	{ALG_X25519, "X25519", NULL, NULL},
};

static const struct name *name_of(const struct alg *group)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].id == group->id)
			return &names[i];
	}
	return NULL;
}

static BIGNUM *power(struct ike_bare *bare, const BIGNUM *base, const BIGNUM *x)
{
	BIGNUM *y = BN_new();

	if (y && BN_mod_exp_mont_consttime(y, base, x, bare->p, bare->bn, bare->mont))
		return y;
	BN_free(y);
	return NULL;
}

static BIGNUM *draw(void)
{
	BIGNUM *x = BN_secure_new();

	if (x && BN_priv_rand(x, EXPONENT_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY))
		return x;
	BN_clear_free(x);
	return NULL;
}

static bool prepare_bn(struct ike_bare *bare, const struct name *name)
{
	BIGNUM *x = draw();

	bare->p = name->prime(NULL);
	bare->g = BN_new();
	bare->bn = BN_CTX_new();
	bare->mont = BN_MONT_CTX_new();
	if (x && bare->p && bare->g && bare->bn && bare->mont && BN_set_word(bare->g, 2) &&
		BN_MONT_CTX_set(bare->mont, bare->p, bare->bn))
		bare->peer_y = power(bare, bare->g, x);
	BN_clear_free(x);
	return bare->peer_y;
}

static bool prepare_evp(struct ike_bare *bare, const struct name *name)
{
	OSSL_PARAM params[] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};

	if (name->group)
		params[0] = OSSL_PARAM_construct_utf8_string(
			OSSL_PKEY_PARAM_GROUP_NAME, (char *)name->group, 0);
	bare->make = EVP_PKEY_CTX_new_from_name(NULL, name->type, NULL);
	return bare->make && EVP_PKEY_keygen_init(bare->make) == 1 &&
	       EVP_PKEY_CTX_set_params(bare->make, params) == 1 &&
	       EVP_PKEY_generate(bare->make, &bare->peer) == 1;
}

struct ike_bare *ike_bare_new(const struct alg *group)
{
	const struct name *name = name_of(group);
	struct ike_bare *bare = name ? calloc(1, sizeof(*bare)) : NULL;

	if (!bare)
		return NULL;
	if (name->prime ? prepare_bn(bare, name) : prepare_evp(bare, name))
		return bare;
	ike_bare_free(bare);
	return NULL;
}

void ike_bare_free(struct ike_bare *bare)
{
	if (!bare)
		return;
	EVP_PKEY_CTX_free(bare->make);
	EVP_PKEY_free(bare->peer);
	BN_free(bare->p);
	BN_free(bare->g);
	BN_free(bare->peer_y);
	BN_MONT_CTX_free(bare->mont);
	BN_CTX_free(bare->bn);
	free(bare);
}

static bool run_bn(struct ike_bare *bare)
{
	BIGNUM *x = draw(), *ours = NULL, *shared = NULL;
	bool ok;

	if (x) {
		ours = power(bare, bare->g, x);
		shared = power(bare, bare->peer_y, x);
	}
	ok = ours && shared;
	BN_clear_free(x);
	BN_free(ours);
	BN_clear_free(shared);
	return ok;
}

static bool run_evp(struct ike_bare *bare)
{
	uint8_t secret[SECRET_MAX];
	size_t len = sizeof(secret);
	EVP_PKEY_CTX *derive = NULL;
	EVP_PKEY *ours = NULL;
	bool ok = EVP_PKEY_generate(bare->make, &ours) == 1;

	if (ok)
		derive = EVP_PKEY_CTX_new(ours, NULL);
	ok = derive && EVP_PKEY_derive_init(derive) == 1 &&
	     EVP_PKEY_derive_set_peer_ex(derive, bare->peer, 0) == 1 &&
	     EVP_PKEY_derive(derive, secret, &len) == 1;
	EVP_PKEY_CTX_free(derive);
	EVP_PKEY_free(ours);
	return ok;
}

bool ike_bare_run(struct ike_bare *bare)
{
	return bare->make ? run_evp(bare) : run_bn(bare);
}
