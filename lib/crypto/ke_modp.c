// The MODP groups of RFC 2409 and RFC 3526. Straight on BIGNUM: EVP checks that a peer's value lies
// in the subgroup of order q, which costs eight times the exchange and which safe primes do not
// need (RFC 6989 s2.1), and it ignores short exponents where it knows no name for a group.
#include "crypto/ke_group.h"

#include <errno.h>
#include <stdatomic.h>

struct modulus {
	BIGNUM *p;
	BIGNUM *p_minus_1;
	BN_MONT_CTX *mont;
};

// writer: whichever thread needs the group first; never freed
static _Atomic(struct modulus *) moduli[ALG_COUNT];

static void modulus_free(struct modulus *m)
{
	if (!m)
		return;
	BN_free(m->p);
	BN_free(m->p_minus_1);
	BN_MONT_CTX_free(m->mont);
	OPENSSL_free(m);
}

static struct modulus *modulus_new(const struct ke_group *group, BN_CTX *ctx)
{
	struct modulus *m = OPENSSL_zalloc(sizeof(*m));

	if (!m)
		return NULL;
	m->p = group->prime(NULL);
	m->p_minus_1 = BN_dup(m->p);
	m->mont = BN_MONT_CTX_new();
	if (m->p && m->p_minus_1 && m->mont && BN_sub_word(m->p_minus_1, 1) &&
		BN_MONT_CTX_set(m->mont, m->p, ctx))
		return m;
	modulus_free(m);
	return NULL;
}

static const struct modulus *modulus_get(const struct ke_group *group, BN_CTX *ctx)
{
	struct modulus *m = atomic_load_explicit(&moduli[group->id], memory_order_acquire);
	struct modulus *first = NULL;

	if (m)
		return m;
	m = modulus_new(group, ctx);
	if (m && !atomic_compare_exchange_strong(&moduli[group->id], &first, m)) {
		modulus_free(m);
		m = first;
	}
	return m;
}

static int draw(const struct ke_group *group, struct secret *x)
{
	BIGNUM *bn = BN_secure_new();
	size_t len = (size_t)(group->exponent_bits + 7) / 8;
	int err = -ENOMEM;

	// The top bit is set, so that every exponent takes the same time.
	if (bn && BN_priv_rand(bn, group->exponent_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY))
		err = secret_new(x, len);
	if (!err)
		BN_bn2binpad(bn, x->b, (int)len);
	BN_clear_free(bn);
	return err;
}

// base ^ x mod p, padded in front to the length of p.
static int power(const struct modulus *m, const BIGNUM *base, const struct secret *x, BN_CTX *ctx,
	uint8_t *dst)
{
	BIGNUM *exponent = BN_secure_new(), *result = BN_secure_new();
	int err = -ENOMEM;

	if (!exponent || !result || !BN_bin2bn(x->b, (int)x->len, exponent))
		goto free_numbers;
	BN_set_flags(exponent, BN_FLG_CONSTTIME);
	if (!BN_mod_exp_mont_consttime(result, base, exponent, m->p, ctx, m->mont))
		goto free_numbers;
	err = BN_bn2binpad(result, dst, BN_num_bytes(m->p)) < 0 ? -ENOMEM : 0;
free_numbers:
	BN_clear_free(exponent);
	BN_clear_free(result);
	return err;
}

static int public(const struct ke_group *group, const struct secret *x, uint8_t *dst)
{
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *g = BN_new();
	const struct modulus *m = ctx ? modulus_get(group, ctx) : NULL;
	int err = -ENOMEM;

	if (m && g && BN_set_word(g, 2))
		err = power(m, g, x, ctx, dst);
	BN_free(g);
	BN_CTX_free(ctx);
	return err;
}

static int derive(const struct ke_group *group, const struct secret *x, const uint8_t *,
	const uint8_t *peer, struct secret *shared)
{
	size_t len = alg(group->id)->key_len;
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *y = BN_bin2bn(peer, (int)len, NULL);
	const struct modulus *m = ctx ? modulus_get(group, ctx) : NULL;
	int err = -ENOMEM;

	if (!m || !y)
		goto free_y;
	err = -EINVAL;
	if (BN_is_zero(y) || BN_is_one(y) || BN_cmp(y, m->p_minus_1) >= 0)
		goto free_y;
	err = secret_new(shared, len);
	if (err)
		goto free_y;
	err = power(m, y, x, ctx, shared->b);
	if (err)
		secret_free(shared);
free_y:
	BN_free(y);
	BN_CTX_free(ctx);
	return err;
}

const struct ke_family ke_modp = {.draw = draw, .public = public, .derive = derive};
