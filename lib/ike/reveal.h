// Keys of IKE SAs, for a trace that is to be decrypted. The only way by which they leave the
// negotiator; the control core goes it at an operator's explicit command alone (trace ike ...
// keys), and lib/ike never by itself.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"

struct ike;

// Views into the negotiator, valid during the call.
struct ike_secrets {
	uint64_t spi_i, spi_r;
	const struct suite *suite;
	bool v1; // then encr_i is the one key that both sides encrypt with, and there is no other
	// Of the initiator and the responder: the cipher's key (with AEAD, its salt behind), and
	// the HMAC's (none with AEAD).
	const uint8_t *encr_i, *encr_r, *integ_i, *integ_r;
	size_t encr_len, integ_len;
};

// Call each for every IKE SA with keys that is a tunnel's, or that a peer began and that the tunnel
// may answer. Control core.
void ike_reveal(const struct ike *ike, uint32_t tunnel,
	void (*each)(void *ctx, const struct ike_secrets *secrets), void *ctx);
