#include "ike/v1/attr.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>

enum {
	SHORT = 0x8000, // AF: the value stands in the place of the length
	LIFE_SECONDS = 1,
	LIFE_KILOBYTES = 2,
	LIFE_TYPES,
};

// What has no place in struct v1_attrs.
enum {
	LIFE_TYPE = V1_PARAMS,
	LIFE,
	IGNORED,
};

// Attribute numbers: of phase 1, and of ESP; 0: none.
static const struct row {
	uint16_t number[2]; // by enum proposal_for
	uint8_t param;
} rows[] = {
	{{1, 0}, V1_PARAM_ENCR}, {{14, 6}, V1_PARAM_KEY_BITS}, {{2, 5}, V1_PARAM_HASH},
	{{3, 0}, V1_PARAM_AUTH}, {{4, 3}, V1_PARAM_GROUP}, {{0, 4}, V1_PARAM_MODE},
	{{0, 11}, V1_PARAM_ESN}, // RFC 4304 s3
	{{11, 1}, LIFE_TYPE}, {{12, 2}, LIFE},
	{{5, 0}, IGNORED}, // group type: the group's number says it
};
static_assert(PROPOSAL_IKE == 0 && PROPOSAL_ESP == 1);

static const struct row *row_of(enum proposal_for purpose, uint16_t number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].number[purpose] == number)
			return &rows[i];
	}
	return NULL;
}

static uint32_t integer(struct rd body)
{
	uint64_t value = 0;

	while (rd_left(&body) && value <= UINT32_MAX)
		value = value << 8 | rd_u8(&body);
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static void strange(struct v1_attrs *attrs, uint16_t number, uint32_t value)
{
	if (attrs->strange)
		return;
	attrs->strange = number;
	attrs->strange_value = value;
}

static void set(struct v1_attrs *attrs, enum v1_param param, uint16_t number, uint32_t value)
{
	if (attrs->value[param] && attrs->value[param] != value)
		strange(attrs, number, value);
	attrs->value[param] = value;
}

static void take(struct v1_attrs *attrs, enum proposal_for purpose, uint16_t number, uint32_t value,
	uint32_t *life_type)
{
	static const enum v1_param lives[LIFE_TYPES] = {
		[LIFE_SECONDS] = V1_PARAM_LIFE_S,
		[LIFE_KILOBYTES] = V1_PARAM_LIFE_KB,
	};
	const struct row *row = number ? row_of(purpose, number) : NULL;

	if (!row) {
		strange(attrs, number ? number : SHORT, value);
	} else if (row->param == LIFE_TYPE) {
		*life_type = value;
		if (!value || value >= LIFE_TYPES)
			strange(attrs, number, value);
	} else if (row->param == LIFE) {
		// The type stands in front of each (RFC 2407 s4.5, RFC 2409 appendix A).
		if (!*life_type || *life_type >= LIFE_TYPES)
			strange(attrs, number, value);
		else
			set(attrs, lives[*life_type], number, value);
	} else if (row->param != IGNORED) {
		set(attrs, (enum v1_param)row->param, number, value);
	}
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |A|       Attribute Type        |    AF=0  Attribute Length     |
// |F|                             |    AF=1  Attribute Value      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                   AF=0  Attribute Value                       ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
int v1_attrs_read(struct rd body, enum proposal_for purpose, struct v1_attrs *attrs)
{
	uint32_t life_type = 0;

	*attrs = (struct v1_attrs){};
	while (rd_left(&body)) {
		uint16_t number = rd_u16(&body), value = rd_u16(&body);
		struct rd inner = {};

		if (!(number & SHORT))
			inner = rd_sub(&body, value);
		if (body.bad)
			return -EINVAL;
		take(attrs, purpose, number & (uint16_t)~SHORT,
			number & SHORT ? value : integer(inner), &life_type);
	}
	return 0;
}

static void write(struct wr *wr, uint16_t number, uint32_t value)
{
	if (value <= UINT16_MAX) {
		wr_u16(wr, number | SHORT);
		wr_u16(wr, (uint16_t)value);
		return;
	}
	wr_u16(wr, number);
	wr_u16(wr, sizeof(value));
	wr_u32(wr, value);
}

static uint16_t number_of(enum proposal_for purpose, uint8_t param)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].param == param)
			return rows[i].number[purpose];
	}
	return 0;
}

void v1_attr_write(struct wr *wr, enum proposal_for purpose, enum v1_param param, uint32_t value)
{
	if (param == V1_PARAM_LIFE_S || param == V1_PARAM_LIFE_KB) {
		write(wr, number_of(purpose, LIFE_TYPE),
			param == V1_PARAM_LIFE_S ? LIFE_SECONDS : LIFE_KILOBYTES);
		write(wr, number_of(purpose, LIFE), value);
		return;
	}
	write(wr, number_of(purpose, (uint8_t)param), value);
}
