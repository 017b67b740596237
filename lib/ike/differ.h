// Which parameter two lists of proposals differ in, for struct why; either version of IKE.
//
// Of all pairs, the nearest one counts: the one that differs in the fewest parameters. When it is
// one alone, that is what the operator must change.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "alg/proposal.h"
#include "base/err.h"

struct ike_differ {
	unsigned int count; // parameters in which the nearest pair differs; 0: no pair yet
	unsigned int kinds; // bits (1 << enum alg_kind) of these
	const struct proposal *ours;
	char theirs[160]; // what the peer has of the one parameter; the caller's to fill
};

// Look at one pair.
//
// kinds    bits of those with nothing in common; 0: something else is wrong with it
// returns whether it is the nearest so far, and differs in one parameter: then fill d->theirs
bool ike_differ_pair(struct ike_differ *d, const struct proposal *ours, unsigned int kinds);
// The one parameter.
enum alg_kind ike_differ_kind(const struct ike_differ *d);

// Fill code, what, expected and got for one parameter.
//
// returns false when there are several: nothing but the code is filled
bool ike_differ_say(const struct ike_differ *d, enum proposal_for purpose, struct why *why);

// Append a word to a list; between: before every one but the first.
void ike_differ_append(char *dst, size_t size, const char *between, const char *word);
