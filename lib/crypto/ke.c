#include "crypto/ke.h"

#include <errno.h>
#include <openssl/obj_mac.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "crypto/ke_group.h"

struct ke {
	atomic_uint owners;
	const struct ke_group *group;
	struct secret x;
	uint8_t public[];
};

// Exponents: twice the strength that RFC 3526 s8 and RFC 7919 s5.2 give each prime.
static const struct ke_group groups[] = {
	{ALG_MODP768, &ke_modp, .prime = BN_get_rfc2409_prime_768, .exponent_bits = 160},
	{ALG_MODP1024, &ke_modp, .prime = BN_get_rfc2409_prime_1024, .exponent_bits = 160},
	{ALG_MODP1536, &ke_modp, .prime = BN_get_rfc3526_prime_1536, .exponent_bits = 200},
	{ALG_MODP2048, &ke_modp, .prime = BN_get_rfc3526_prime_2048, .exponent_bits = 225},
	{ALG_MODP3072, &ke_modp, .prime = BN_get_rfc3526_prime_3072, .exponent_bits = 275},
	{ALG_MODP4096, &ke_modp, .prime = BN_get_rfc3526_prime_4096, .exponent_bits = 325},
	{ALG_MODP6144, &ke_modp, .prime = BN_get_rfc3526_prime_6144, .exponent_bits = 375},
	{ALG_MODP8192, &ke_modp, .prime = BN_get_rfc3526_prime_8192, .exponent_bits = 400},
	{ALG_ECP256, &ke_ecp, .nid = NID_X9_62_prime256v1},
	{ALG_ECP384, &ke_ecp, .nid = NID_secp384r1},
	{ALG_ECP521, &ke_ecp, .nid = NID_secp521r1},
	{ALG_X25519, &ke_x25519},
};

static const struct ke_group *group_find(const struct alg *alg)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (groups[i].id == alg->id)
			return &groups[i];
	}
	return NULL;
}

bool ke_can(const struct alg *group)
{
	struct ke *ke;

	if (ke_new(group, &ke))
		return false;
	ke_free(ke);
	return true;
}

// Takes over x, whatever it returns.
static int make(const struct ke_group *group, struct secret *x, struct ke **ke)
{
	struct ke *new = malloc(sizeof(*new) + alg(group->id)->key_len);
	int err = -ENOMEM;

	if (!new)
		goto free_x;
	*new = (struct ke){.owners = 1, .group = group, .x = *x};
	err = group->family->public(group, x, new->public);
	if (err)
		goto free_new;
	*ke = new;
	return 0;
free_new:
	free(new);
free_x:
	secret_free(x);
	return err;
}

int ke_new(const struct alg *alg, struct ke **ke)
{
	const struct ke_group *group = group_find(alg);
	struct secret x;
	int err;

	*ke = NULL;
	if (!group)
		return -ENOTSUP;
	err = group->family->draw(group, &x);
	return err ? err : make(group, &x, ke);
}

int ke_load(const struct alg *alg, const uint8_t *private, size_t len, struct ke **ke)
{
	const struct ke_group *group = group_find(alg);
	struct secret x;
	int err;

	*ke = NULL;
	if (!group)
		return -ENOTSUP;
	err = secret_copy(&x, private, len);
	return err ? err : make(group, &x, ke);
}

struct ke *ke_get(struct ke *ke)
{
	atomic_fetch_add_explicit(&ke->owners, 1, memory_order_relaxed);
	return ke;
}

void ke_free(struct ke *ke)
{
	if (!ke || atomic_fetch_sub_explicit(&ke->owners, 1, memory_order_acq_rel) != 1)
		return;
	secret_free(&ke->x);
	free(ke);
}

const struct alg *ke_group(const struct ke *ke)
{
	return alg(ke->group->id);
}

const uint8_t *ke_public(const struct ke *ke)
{
	return ke->public;
}

int ke_derive(const struct ke *ke, const uint8_t *peer, size_t len, struct secret *shared,
	struct why *why)
{
	const struct alg *row = ke_group(ke);
	int err;

	*shared = (struct secret){};
	if (len != row->key_len) {
		why_set(why, 0, "key exchange value of the wrong length", row->name, NULL, NULL);
		why_fmt(why, expected, "%u bytes", row->key_len);
		why_fmt(why, got, "%zu bytes", len);
		return -EBADMSG;
	}
	err = ke->group->family->derive(ke->group, &ke->x, ke->public, peer, shared);
	if (err == -EINVAL)
		return why_set(
			why, -EBADMSG, "not a public value of this group", row->name, NULL, NULL);
	return err;
}
