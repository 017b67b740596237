// The ECP groups of RFC 5903. Straight on EC_POINT: EVP also multiplies a peer's point by the
// curve's order, which a cofactor of 1 makes needless.
#include "crypto/ke_group.h"

#include <errno.h>
#include <openssl/ec.h>
#include <stdatomic.h>
#include <string.h>

enum { UNCOMPRESSED = 4, POINT_MAX = 1 + 132 };

// writer: whichever thread needs the curve first; never freed
static _Atomic(EC_GROUP *) curves[ALG_COUNT];

static const EC_GROUP *curve_get(const struct ke_group *group)
{
	EC_GROUP *curve = atomic_load_explicit(&curves[group->id], memory_order_acquire);
	EC_GROUP *first = NULL;

	if (curve)
		return curve;
	curve = EC_GROUP_new_by_curve_name(group->nid);
	if (curve && !atomic_compare_exchange_strong(&curves[group->id], &first, curve)) {
		EC_GROUP_free(curve);
		curve = first;
	}
	return curve;
}

// The x coordinate's length.
static size_t half(const struct ke_group *group)
{
	return alg(group->id)->key_len / 2;
}

static int draw(const struct ke_group *group, struct secret *x)
{
	const EC_GROUP *curve = curve_get(group);
	BIGNUM *bn = BN_secure_new();
	int err = -ENOMEM;

	if (!curve || !bn)
		goto free_bn;
	do {
		if (!BN_priv_rand_range(bn, EC_GROUP_get0_order(curve)))
			goto free_bn;
	} while (BN_is_zero(bn));
	err = secret_new(x, half(group));
	if (!err)
		BN_bn2binpad(bn, x->b, (int)x->len);
free_bn:
	BN_clear_free(bn);
	return err;
}

// point * x, or generator * x where point is NULL, as x | y into dst. A single scalar makes OpenSSL
// take its constant-time ladder.
static int multiply(const EC_GROUP *curve, const EC_POINT *point, const struct secret *x,
	BN_CTX *ctx, uint8_t *dst, size_t len)
{
	uint8_t wire[POINT_MAX];
	BIGNUM *scalar = BN_secure_new();
	EC_POINT *product = EC_POINT_new(curve);
	int err = -ENOMEM, ok;

	if (!scalar || !product || !BN_bin2bn(x->b, (int)x->len, scalar))
		goto free_product;
	err = -EINVAL;
	if (BN_is_zero(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(curve)) >= 0)
		goto free_product;
	err = -ENOMEM;
	BN_set_flags(scalar, BN_FLG_CONSTTIME);
	ok = point ? EC_POINT_mul(curve, product, NULL, point, scalar, ctx)
		   : EC_POINT_mul(curve, product, scalar, NULL, NULL, ctx);
	if (ok && EC_POINT_point2oct(curve, product, POINT_CONVERSION_UNCOMPRESSED, wire,
			  sizeof(wire), ctx) == 1 + len) {
		memcpy(dst, wire + 1, len);
		err = 0;
	}
	wipe(wire, sizeof(wire));
free_product:
	EC_POINT_clear_free(product);
	BN_clear_free(scalar);
	return err;
}

static int public(const struct ke_group *group, const struct secret *x, uint8_t *dst)
{
	const EC_GROUP *curve = curve_get(group);
	BN_CTX *ctx = BN_CTX_secure_new();
	int err = -ENOMEM;

	if (curve && ctx)
		err = multiply(curve, NULL, x, ctx, dst, 2 * half(group));
	BN_CTX_free(ctx);
	return err;
}

static int derive(const struct ke_group *group, const struct secret *x, const uint8_t *,
	const uint8_t *peer, struct secret *shared)
{
	size_t len = half(group);
	uint8_t wire[POINT_MAX] = {UNCOMPRESSED}, product[POINT_MAX];
	const EC_GROUP *curve = curve_get(group);
	BN_CTX *ctx = BN_CTX_secure_new();
	EC_POINT *point = curve ? EC_POINT_new(curve) : NULL;
	int err = -ENOMEM;

	if (!ctx || !point)
		goto free_point;
	err = -EINVAL;
	memcpy(wire + 1, peer, 2 * len);
	// Refuses coordinates beyond the field and points that are not on the curve.
	if (EC_POINT_oct2point(curve, point, wire, 1 + 2 * len, ctx) != 1)
		goto free_point;
	err = multiply(curve, point, x, ctx, product, 2 * len);
	if (!err)
		err = secret_copy(shared, product, len);
	wipe(product, sizeof(product));
free_point:
	EC_POINT_free(point);
	BN_CTX_free(ctx);
	return err;
}

const struct ke_family ke_ecp = {.draw = draw, .public = public, .derive = derive};
