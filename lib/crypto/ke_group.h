// Inside lib/crypto: how a family of groups computes. One row per group (ke.c).
#pragma once

#include <openssl/bn.h>

#include "alg/alg.h"
#include "base/secret.h"

struct ke_group;

// All return 0, -ENOMEM, or -EINVAL where it is said. None keeps a copy of the private key.
struct ke_family {
	// A random private key, in a new secret.
	int (*draw)(const struct ke_group *group, struct secret *x);
	// Our public value. -EINVAL: x is no private key of this group.
	int (*public)(const struct ke_group *group, const struct secret *x, uint8_t *dst);
	// The shared secret, in a new secret; ours is what public gave for x. -EINVAL: peer is no
	// public value of this group.
	int (*derive)(const struct ke_group *group, const struct secret *x, const uint8_t *ours,
		const uint8_t *peer, struct secret *shared);
};

struct ke_group {
	enum alg_id id;
	const struct ke_family *family;
	// modp: the prime, and how long a private exponent gives the group's full strength
	BIGNUM *(*prime)(BIGNUM *dst);
	int exponent_bits;
	int nid; // ECP
};

extern const struct ke_family ke_modp, ke_ecp, ke_x25519;
