#include "ike/v1/offer.h"

#include <errno.h>

#include "ike/v1/wire.h"

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |   RESERVED    |         Payload Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Transform #  |  Transform-Id |           RESERVED2           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                        SA Attributes                          ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
bool v1_transform_next(struct rd *rd, enum proposal_for purpose, struct v1_transform *t)
{
	struct rd whole = *rd, body;
	uint16_t len;

	if (rd->bad || !rd_left(rd))
		return false;
	rd_skip(rd, 2);
	len = rd_u16(rd);
	body = rd_sub(rd, len < 4 ? SIZE_MAX : len - 4u);
	*t = (struct v1_transform){.whole = rd_sub(&whole, len)};
	rd_skip(&body, 1);
	t->id = rd_u8(&body);
	rd_skip(&body, 2);
	if (body.bad || v1_attrs_read(body, purpose, &t->attrs)) {
		rd->bad = true;
		return false;
	}
	if (purpose == PROPOSAL_ESP)
		t->attrs.value[V1_PARAM_ENCR] = t->id;
	return true;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |   RESERVED    |         Payload Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Proposal #   |  Protocol-Id  |    SPI Size   |# of Transforms|
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                        SPI (variable)                         ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                         Transforms                            ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool offer_read(struct rd *rd, enum proposal_for purpose, struct v1_offer *offer)
{
	unsigned int count, seen = 0;
	struct v1_transform t;
	uint16_t len;
	struct rd body, walk;

	rd_skip(rd, 2);
	len = rd_u16(rd);
	body = rd_sub(rd, len < 4 ? SIZE_MAX : len - 4u);
	*offer = (struct v1_offer){.number = rd_u8(&body)};
	offer->proto = rd_u8(&body);
	offer->spi_len = rd_u8(&body);
	count = rd_u8(&body);
	if (offer->spi_len == 4)
		offer->spi = rd_u32(&body);
	else
		rd_skip(&body, offer->spi_len);
	offer->transforms = body;
	for (walk = body; v1_transform_next(&walk, purpose, &t); seen++)
		;
	return !body.bad && !walk.bad && count && seen == count;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |              Domain of Interpretation (IPsec: 1)              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                Situation (SIT_IDENTITY_ONLY: 1)               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                           Proposals                           ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
int v1_offers_read(struct rd body, enum proposal_for purpose, struct v1_offers *offers)
{
	uint32_t doi = rd_u32(&body), situation = rd_u32(&body);

	offers->count = 0;
	if (body.bad)
		return -EINVAL;
	if (doi != V1_DOI || situation != V1_SITUATION)
		return -EPROTO;
	while (rd_left(&body)) {
		struct v1_offer *all = offers->offer, *fresh = &all[offers->count];

		if (offers->count == V1_OFFERS || !offer_read(&body, purpose, fresh))
			return -EINVAL;
		for (size_t i = 0; i < offers->count; i++) {
			if (all[i].number == fresh->number)
				all[i].bundle = fresh->bundle = true;
		}
		offers->count++;
	}
	return offers->count ? 0 : -EINVAL;
}
