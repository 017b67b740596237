// The SA payload: proposals offered, one chosen, the choice checked (RFC 7296 s3.3).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/bytes.h"
#include "base/err.h"

// A choice out of a peer's offer.
struct ike_choice {
	struct suite suite;
	uint8_t number;	 // of the proposal
	uint64_t spi;	 // the peer's: an ESP SPI, or the new IKE SPI when rekeying; 0: none
	uint8_t spi_len; // 0, 4 or 8
};

// What the proposals at hand are for.
struct ike_propose {
	enum proposal_for purpose;
	bool ke; // groups take part (not in IKE_AUTH, whose child has no exchange of its own)
	const struct proposal *ours;
	size_t count;
};

// Write the body of an SA payload with all our proposals, numbered from 1.
//
// spi, spi_len  ours, in every proposal: 0, 4 (ESP) or 8 (rekeyed IKE SA) bytes
// first         put this group in front of the other ones (it goes into KE); NULL: as configured
void ike_propose_write(const struct ike_propose *propose, uint64_t spi, uint8_t spi_len,
	const struct alg *first, struct wr *wr);

// Choose as responder: our first proposal that fits one of theirs, our first algorithm of each
// kind. Of the groups, the one that the peer's KE payload already holds is taken if it is
// acceptable: it saves a round trip.
//
// group    of the peer's KE payload, 0: none
// returns 0, -EINVAL (malformed) or -ENOENT (nothing fits) with why
[[nodiscard]] int ike_propose_choose(struct rd body, const struct ike_propose *propose,
	uint16_t group, struct ike_choice *choice, struct why *why);

// Check a responder's answer: exactly one of our proposals, one algorithm of each kind.
//
// returns 0, -EINVAL (malformed) or -ENOENT (it is not what we offered) with why
[[nodiscard]] int ike_propose_accept(struct rd body, const struct ike_propose *propose,
	struct ike_choice *choice, struct why *why);

// Whether a suite is one that we would have chosen.
bool ike_propose_has(const struct ike_propose *propose, const struct suite *suite);

// Write the body of an SA payload with a choice and our SPI.
void ike_propose_answer(
	enum proposal_for purpose, const struct ike_choice *choice, uint64_t spi, struct wr *wr);

// All our proposals, and a peer's, as text for why; return dst.
char *ike_propose_show(const struct ike_propose *propose, char *dst, size_t size);
char *ike_propose_show_peer(struct rd body, char *dst, size_t size);
