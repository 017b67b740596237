// Attributes of IKEv1's transforms (RFC 2408 s3.3): the same parameters under other numbers in
// phase 1 (RFC 2409 appendix A) and for ESP (RFC 2407 s4.5).
#pragma once

#include <stdint.h>

#include "alg/proposal.h"
#include "base/bytes.h"

enum v1_param {
	V1_PARAM_ENCR, // ESP: the transform's id, no attribute
	V1_PARAM_KEY_BITS,
	V1_PARAM_HASH, // ESP: authentication algorithm
	V1_PARAM_AUTH, // phase 1: authentication method
	V1_PARAM_GROUP,
	V1_PARAM_MODE, // ESP: encapsulation mode
	V1_PARAM_ESN,
	V1_PARAM_LIFE_S,
	V1_PARAM_LIFE_KB,
	V1_PARAMS,
};

struct v1_attrs {
	uint32_t value[V1_PARAMS]; // 0: absent; longer integers count as the largest
	uint16_t strange;	   // an attribute that we do not know, or that contradicts; 0: none
	uint32_t strange_value;
};

// Read attributes, in either encoding and any length of integer. returns 0 or -EINVAL (malformed).
[[nodiscard]] int v1_attrs_read(struct rd body, enum proposal_for purpose, struct v1_attrs *attrs);

// Write one, the short way if it fits; a lifetime with its type in front.
void v1_attr_write(struct wr *wr, enum proposal_for purpose, enum v1_param param, uint32_t value);
