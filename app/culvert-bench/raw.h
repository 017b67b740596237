// intel-ipsec-mb with nothing between: what a back end's figures are compared with.
#pragma once

#include "drv/crypto.h"

enum { RAW_BURST = 64 };

struct raw;

// An instance for one suite and direction, with so many keys, each expanded from the same bytes.
//
// encr, integ  as for key_new of the back ends' contract
// returns NULL without memory, without AES-NI, or when the library cannot do the suite
struct raw *raw_new(const struct suite *suite, enum crypto_dir dir, unsigned int keys,
	const uint8_t *encr, const uint8_t *integ);
// NULL is allowed.
void raw_free(struct raw *raw);

// Compute n <= RAW_BURST operations by the library's fastest calls: direct ones for AES-GCM, a
// cipher and a hash burst for AES-CBC + HMAC. op->slot is the number of the key; op->key and
// op->status are not looked at, and on decrypt no tag is compared.
void raw_run(struct raw *raw, struct crypto_op op[], unsigned int n);
