// Keys of IKEv1: SKEYID and what comes from it, IVs, the HASH payloads, and KEYMAT for children
// (RFC 2409 s5, appendix B). prf is HMAC with the negotiated hash: suite->prf.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "crypto/prf.h"
#include "ike/keymat.h"
#include "ike/payload.h"
#include "ike/v1/msg.h"

enum { V1_IV = 16 };

// The running IV of phase 1, or of one message id: the last cipher block of the last message,
// whichever side sent it.
struct v1_iv {
	uint8_t b[V1_IV]; // as many as the cipher's block
};

// Owner: the IKE SA. Zero-initialised: none.
struct v1_keys {
	const struct alg *encr, *prf;
	struct secret skeyid; // for HASH_I and HASH_R
	struct secret d, a;   // for children; for HASH(1..3)
	struct secret e;      // the cipher's key, expanded
};

// Keys of an IKE SA with a pre-shared key.
//
// shared  of the key exchange
// returns 0, -EKEYREJECTED (a weak DES key came out: begin anew) or -errno; no keys on failure
[[nodiscard]] int v1_keymat_psk(const struct suite *suite, const struct secret *psk,
	const struct secret *shared, struct ike_nonces nonces, uint64_t spi_i, uint64_t spi_r,
	struct v1_keys *keys);
void v1_keys_fini(struct v1_keys *keys);

// Whether a cipher's key is one that must not be used (RFC 2409 appendix A, RFC 2451 s2.3).
bool v1_key_is_weak(const struct alg *encr, const struct secret *key);

// The first IV of phase 1, from the public values.
[[nodiscard]] int v1_iv_first(
	const struct v1_keys *keys, struct rd ke_i, struct rd ke_r, struct v1_iv *iv);
// The first IV of a message id, from the last one of phase 1.
[[nodiscard]] int v1_iv_phase2(
	const struct v1_keys *keys, const struct v1_iv *last, uint32_t id, struct v1_iv *iv);

// What HASH_I and HASH_R prove.
struct v1_proof {
	struct rd ke_i, ke_r;
	uint64_t spi_i, spi_r;
	struct rd sa_i; // body of the initiator's whole SA payload
	struct rd id;	// body of the ID payload of whoever proves
};

// HASH_I (initiator) or HASH_R. dst: keys->prf->out_len bytes.
[[nodiscard]] int v1_hash_proof(const struct v1_keys *keys, const struct v1_proof *proof,
	bool initiator, uint8_t dst[static PRF_OUT_MAX]);

// The three of quick mode; an informational exchange's is like the first (s5.5, s5.7).
enum v1_hash { V1_HASH_1, V1_HASH_2, V1_HASH_3 };

// HASH(n) of a message id.
//
// nonces  bodies of the nonces; HASH(1) uses none, HASH(2) the initiator's
// rest    what stands behind the HASH payload (not used by HASH(3))
[[nodiscard]] int v1_hash(const struct v1_keys *keys, enum v1_hash n, uint32_t id,
	struct ike_nonces nonces, struct rd rest, uint8_t dst[static PRF_OUT_MAX]);

// Fill in the HASH payload that v1_payload_hash_room put first in the chain. returns 0 or -errno.
[[nodiscard]] int v1_hash_sign(const struct v1_keys *keys, enum v1_hash n, uint32_t id,
	struct ike_nonces nonces, struct ike_chain *chain);
// Whether a message's HASH is right; constant time. HASH(3) covers no payloads: there must be none.
[[nodiscard]] bool v1_hash_is_right(const struct v1_keys *keys, enum v1_hash n,
	struct ike_nonces nonces, const struct v1_msg *msg);

// Keys of a child, each direction with its own SPI (s5.5).
//
// shared           of quick mode's key exchange (PFS); NULL: none
// spi_in, spi_out  ours and the peer's, host order
// returns 0, -EKEYREJECTED or -errno; no keys on failure
[[nodiscard]] int v1_keymat_child(const struct v1_keys *keys, const struct suite *suite,
	const struct secret *shared, struct ike_nonces nonces, uint32_t spi_in, uint32_t spi_out,
	struct ike_child_keys *child);
