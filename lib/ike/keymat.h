// Keys: from a key exchange to an IKE SA, from an IKE SA to its children, and the AUTH data
// (RFC 7296 s2.13 - s2.18).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/prf.h"
#include "crypto/skey.h"

// Owner: the IKE SA. Zero-initialised: none.
struct ike_keys {
	struct secret d;      // for children and the next IKE SA
	struct secret pi, pr; // for AUTH; none after a rekey
	struct skey in, out;
};

// What both sides put in, initiator of the exchange first.
struct ike_nonces {
	struct rd i, r;
};

// Keys of an IKE SA.
//
// old        the SA that it replaces, with old_prf; NULL at IKE_SA_INIT
// initiator  whether we began the exchange: decides which keys are ours
// returns 0 or -errno; no keys on failure
[[nodiscard]] int ike_keymat_sa(const struct suite *suite, const struct ike_keys *old,
	const struct alg *old_prf, const struct secret *shared, struct ike_nonces nonces,
	uint64_t spi_i, uint64_t spi_r, bool initiator, struct ike_keys *keys);
void ike_keys_fini(struct ike_keys *keys);

// Keys of a child, for each direction: cipher with salt, HMAC (none with AEAD).
struct ike_child_keys {
	struct secret encr_in, integ_in, encr_out, integ_out;
};

// shared: of this exchange's groups (PFS); NULL: none
[[nodiscard]] int ike_keymat_child(const struct suite *suite, const struct secret *d,
	const struct alg *prf, const struct secret *shared, struct ike_nonces nonces,
	bool initiator, struct ike_child_keys *keys);
void ike_child_keys_fini(struct ike_child_keys *keys);

// The AUTH data of one side: prf(prf(psk, "Key Pad for IKEv2"), message | nonce | prf(p, id)).
//
// p        that side's SK_p
// message  its whole IKE_SA_INIT message; nonce: the other side's
// id       the body of its ID payload
// dst      prf->out_len bytes
[[nodiscard]] int ike_keymat_auth(const struct alg *prf, const struct secret *psk,
	const struct secret *p, struct rd message, struct rd nonce, struct rd id,
	uint8_t dst[static PRF_OUT_MAX]);
