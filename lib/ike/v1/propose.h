// The SA payload of IKEv1: DOI, situation, proposals, transforms, attributes (RFC 2408 s3.4-s3.6,
// RFC 2407 s4, RFC 2409 appendix A).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/bytes.h"
#include "base/err.h"
#include "ike/v1/wire.h"

// What the proposals at hand are for.
struct v1_propose {
	enum proposal_for purpose;
	const struct proposal *ours; // most wanted first
	size_t count;		     // at most IKE_PROPOSALS
	uint16_t mode;		     // ESP: enum v1_mode, as this NAT situation wants it
	// Offering: ESP: the group of the KE payload beside it, NULL: without PFS. IKE: the one
	// group of aggressive mode, whose KE payload comes with the offer; NULL: all (main mode).
	// What does not go with it is left out.
	const struct alg *group;
	uint32_t life_s; // offered; 0: none is stated
};

// The first parameter, in this order, in which an offer differs from the one of ours that it comes
// closest to. why names it if it is the only one (or the protocol), else shows both lists.
enum v1_differs {
	V1_DIFFERS_NOT,
	V1_DIFFERS_FORM,       // malformed, or what nobody defined
	V1_DIFFERS_DOI,	       // DOI or situation
	V1_DIFFERS_PROTO,      // AH, IPComp, or a bundle of several
	V1_DIFFERS_AUTH,       // no pre-shared key (phase 1)
	V1_DIFFERS_ENCRYPTION, // cipher or its key length
	V1_DIFFERS_HASH,       // hash (phase 1), authentication algorithm (ESP)
	V1_DIFFERS_GROUP,      // phase 1
	V1_DIFFERS_PFS,	       // ESP: the group, or that there is one
	V1_DIFFERS_MODE,       // encapsulation mode: transport, or UDP against plain
	V1_DIFFERS_ESN,
	V1_DIFFERS_ATTRIBUTE, // one that we do not know
	V1_DIFFERENCES,
};

// One transform out of an offer.
struct v1_choice {
	struct suite suite;  // IKE: prf is the hash, integ its HMAC row; ESP: ke is the PFS group
	uint32_t spi;	     // ESP: the peer's
	uint16_t mode;	     // ESP: as the peer wrote it
	uint32_t life_s;     // 0: not stated (ESP: then 28800 is meant, RFC 2407 s4.5)
	uint32_t life_kb;    // 0: not stated
	uint8_t number;	     // of the proposal
	struct rd transform; // the whole transform payload, for the answer: a view into body
	enum v1_differs differs; // after -ENOENT and -EINVAL: what to answer depends on it
};

enum {
	V1_ESP_LIFE_S = 28800,
	V1_AUTH_PSK = 1, // RFC 2409 appendix A
};

// The group that a quick mode of ours offers: the first proposal's first; NULL: no PFS.
const struct alg *v1_propose_group(const struct proposal *ours, size_t count);

// Write the body of an SA payload: one proposal, each combination one transform. spi: ESP, ours.
// Algorithms without a number in IKEv1 are left out; if nothing is left, wr->bad is set.
void v1_propose_write(const struct v1_propose *propose, uint32_t spi, struct wr *wr);

// Choose as responder: our first proposal that fits one of theirs, our first algorithm of each
// kind. propose->group is not looked at. Of the encapsulation modes, tunnel mode in any of its
// numbers must be what propose->mode says (all UDP numbers are one).
//
// returns 0, -EINVAL (malformed) or -ENOENT (nothing fits) with choice->differs and why
[[nodiscard]] int v1_propose_choose(struct rd body, const struct v1_propose *propose,
	struct v1_choice *choice, struct why *why);

// Check a responder's answer: one proposal with one transform, which is one of those that we
// offered with the same propose. Lifetimes may differ: some responders shorten them.
//
// returns as v1_propose_choose
[[nodiscard]] int v1_propose_accept(struct rd body, const struct v1_propose *propose,
	struct v1_choice *choice, struct why *why);

// Write the body of an SA payload with a choice, its attributes unchanged (RFC 2409 s5).
// spi: ESP, ours.
void v1_propose_answer(
	enum proposal_for purpose, const struct v1_choice *choice, uint32_t spi, struct wr *wr);

// Read the attributes of a RESPONDER-LIFETIME notification (RFC 2407 s4.6.3.1); 0: not stated.
// returns 0 or -EINVAL
[[nodiscard]] int v1_life_read(
	struct rd data, enum proposal_for purpose, uint32_t *life_s, uint32_t *life_kb);
// Write them, seconds alone.
void v1_life_write(enum proposal_for purpose, uint32_t life_s, struct wr *wr);

// A peer's proposals as text for why; returns dst.
char *v1_propose_show_peer(struct rd body, enum proposal_for purpose, char *dst, size_t size);
