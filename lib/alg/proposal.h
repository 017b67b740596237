// A proposal: which algorithms may be combined, as an operator writes it
// ("aes256gcm16-prfsha256-x25519") and as the negotiators use it. A suite is one choice out of it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/alg.h"
#include "base/err.h"

enum proposal_for { PROPOSAL_IKE, PROPOSAL_ESP };

enum { PROPOSAL_CHOICES = 12, PROPOSAL_TEXT = 256 };

// For each kind the acceptable algorithms, most wanted first.
struct proposal {
	enum proposal_for purpose;
	uint8_t n[ALG_KINDS];
	const struct alg *choice[ALG_KINDS][PROPOSAL_CHOICES];
};

// One algorithm of each kind, NULL where the kind does not apply.
struct suite {
	const struct alg *encr;
	const struct alg *integ; // NULL with AEAD
	const struct alg *prf;	 // IKE
	const struct alg *ke;	 // ESP: NULL without PFS
	bool esn;		 // ESP
};

// Read names joined by '-': "aes128-aes256-sha256-modp2048". Several of one kind are alternatives.
// IKE: an integrity name also stands for the PRF of the same hash unless a PRF is named;
// beside an AEAD it names the PRF alone. ESP: no PRF; a group means PFS, and "disabled" in a
// group's place that there is none; "esn", "noesn" or both.
//
// returns 0 or -EINVAL with why (the unknown word, a missing kind, AEAD mixed with CBC, too many)
[[nodiscard]] int proposal_read(
	const char *text, enum proposal_for purpose, struct proposal *p, struct why *why);

// The canonical text of a proposal, and of a suite; return dst.
char *proposal_show(const struct proposal *p, char dst[static PROPOSAL_TEXT]);
char *suite_show(const struct suite *s, enum proposal_for purpose, char dst[static PROPOSAL_TEXT]);

// The suite of each kind's first choice.
struct suite suite_first(const struct proposal *p);

// Whether any algorithm is marked weak.
bool suite_is_weak(const struct suite *s);
