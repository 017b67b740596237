#include "ike_share.h"

#include "clock.h"
#include "crypto/hash.h"
#include "crypto/ke.h"
#include "crypto/prf.h"
#include "crypto/skey.h"

static _Thread_local uint64_t exchange, symmetric;

struct ike_share ike_share_now(void)
{
	return (struct ike_share){clock_now(), exchange, symmetric};
}

void ike_share_add(struct ike_share *sum, const struct ike_share *since)
{
	sum->all += clock_now() - since->all;
	sum->exchange += exchange - since->exchange;
	sum->symmetric += symmetric - since->symmetric;
}

// The linker's names: a call of f from another object goes to __wrap_f, and __real_f is f.
#define WRAP(where, f, params, args)            \
	int __real_##f params;                  \
	int __wrap_##f params;                  \
	int __wrap_##f params                   \
	{                                       \
		uint64_t start = clock_now();   \
		int result = __real_##f args;   \
                                                \
		(where) += clock_now() - start; \
		return result;                  \
	}

WRAP(exchange, ke_new, (const struct alg *group, struct ke **ke), (group, ke))
WRAP(exchange, ke_derive,
	(const struct ke *ke, const uint8_t *peer, size_t len, struct secret *shared,
		struct why *why),
	(ke, peer, len, shared, why))
WRAP(symmetric, hash, (const struct alg *row, const struct chunk *in, size_t n, uint8_t *dst),
	(row, in, n, dst))
WRAP(symmetric, prf,
	(const struct alg *row, struct chunk key, const struct chunk *in, size_t n, uint8_t *dst),
	(row, key, in, n, dst))
WRAP(symmetric, prf_secret,
	(const struct alg *row, struct chunk key, const struct chunk *in, size_t n,
		struct secret *out),
	(row, key, in, n, out))
WRAP(symmetric, prf_plus,
	(const struct alg *row, struct chunk key, const struct chunk *seed, size_t n, size_t len,
		struct secret *out),
	(row, key, seed, n, len, out))
WRAP(symmetric, skey_init,
	(struct skey * key, const struct suite *suite, const uint8_t *encr, const uint8_t *integ),
	(key, suite, encr, integ))
WRAP(symmetric, skey_seal,
	(struct skey * key, const struct rng *rng, uint8_t *msg, size_t head, size_t inner_len),
	(key, rng, msg, head, inner_len))
WRAP(symmetric, skey_open,
	(const struct skey *key, uint8_t *msg, size_t head, size_t len, size_t *inner_len),
	(key, msg, head, len, inner_len))
