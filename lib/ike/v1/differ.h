// Why an offer does not fit: which parameter, ours, theirs; for v1/propose.c.
#pragma once

#include "ike/v1/offer.h"
#include "ike/v1/propose.h"

enum { V1_WORDS = 160 }; // as in struct why

// What is wrong, for an operator and as enum ike_reason.
const char *v1_differs_what(enum v1_differs what, enum proposal_for purpose);
unsigned int v1_differs_code(enum v1_differs what, enum proposal_for purpose);

// What a proposal of ours allows for it, and what a transform says; a list grows by words that it
// does not hold yet.
void v1_differs_ours(enum v1_differs what, const struct v1_propose *propose,
	const struct proposal *ours, char list[static V1_WORDS]);
void v1_differs_theirs(enum v1_differs what, enum proposal_for purpose,
	const struct v1_offer *offer, const struct v1_transform *t, char list[static V1_WORDS]);
