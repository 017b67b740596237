// What a peer's SA payload holds: proposals and their transforms, checked for form; for
// v1/propose.c and v1/differ.c.
#pragma once

#include <stdbool.h>

#include "ike/v1/attr.h"

enum { V1_OFFERS = 64 }; // proposals in one SA payload; more are malformed

struct v1_offer {
	uint8_t number;
	uint8_t proto; // enum v1_proto
	uint8_t spi_len;
	uint32_t spi; // of 4 bytes; else 0
	bool bundle;  // another one has the same number: both are meant together (RFC 2408 s4.2)
	struct rd transforms;
};

struct v1_offers {
	size_t count;
	struct v1_offer offer[V1_OFFERS];
};

struct v1_transform {
	struct rd whole; // with its generic header
	uint8_t id;
	struct v1_attrs attrs;
};

// Read the body of an SA payload. returns 0, -EINVAL (malformed) or -EPROTO (another domain of
// interpretation or situation).
[[nodiscard]] int v1_offers_read(
	struct rd body, enum proposal_for purpose, struct v1_offers *offers);

// The next transform of a proposal's; false after the last one.
bool v1_transform_next(struct rd *transforms, enum proposal_for purpose, struct v1_transform *t);
