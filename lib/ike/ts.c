#include "ike/ts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TS_IPV4_RANGE = 7, TS_IPV6_RANGE = 8 };

static uint8_t type_of(const struct selector *s)
{
	return s->first.family == ADDR_V4 ? TS_IPV4_RANGE : TS_IPV6_RANGE;
}

void ike_ts_write(const struct selector *ts, size_t count, struct wr *wr)
{
	wr_u8(wr, (uint8_t)count);
	wr_zero(wr, 3);
	for (size_t i = 0; i < count; i++) {
		size_t len = addr_len(&ts[i].first);

		wr_u8(wr, type_of(&ts[i]));
		wr_u8(wr, ts[i].proto);
		wr_u16(wr, (uint16_t)(8 + 2 * len));
		wr_u16(wr, ts[i].port_first);
		wr_u16(wr, ts[i].port_last);
		wr_copy(wr, ts[i].first.b, len);
		wr_copy(wr, ts[i].last.b, len);
	}
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Number of TSs |                 RESERVED                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// then for each:
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   TS Type     |IP Protocol ID*|       Selector Length         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           Start Port*         |           End Port*           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                         Starting Address*                     ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                         Ending Address*                       ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool selector_next(struct rd *rd, struct selector *s, bool *known)
{
	uint8_t type = rd_u8(rd), proto = rd_u8(rd);
	uint16_t len = rd_u16(rd);
	struct rd body = rd_sub(rd, len < 4 ? 0 : len - 4u);
	uint8_t family = type == TS_IPV4_RANGE ? ADDR_V4 : ADDR_V6;
	size_t addr = type == TS_IPV4_RANGE ? 4 : 16;
	const uint8_t *first, *last;

	*known = type == TS_IPV4_RANGE || type == TS_IPV6_RANGE;
	if (rd->bad || len < 4)
		return false;
	if (!*known)
		return true;
	*s = (struct selector){.proto = proto};
	s->port_first = rd_u16(&body);
	s->port_last = rd_u16(&body);
	first = rd_take(&body, addr);
	last = rd_take(&body, addr);
	if (body.bad || rd_left(&body))
		return false;
	s->first = addr_from_wire(first, family);
	s->last = addr_from_wire(last, family);
	return addr_cmp(&s->first, &s->last) <= 0;
}

int ike_ts_read(struct rd body, struct selector *ts, size_t max)
{
	uint8_t count = rd_u8(&body);
	size_t n = 0;

	rd_skip(&body, 3);
	for (uint8_t i = 0; i < count; i++) {
		struct selector s;
		bool known;

		if (!selector_next(&body, &s, &known))
			return -EINVAL;
		if (known && n < max)
			ts[n++] = s;
	}
	if (body.bad || rd_left(&body) || !count)
		return -EINVAL;
	return (int)n;
}

static bool is_covered(const struct selector *s, const struct selector *by, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (selector_within(s, &by[i]))
			return true;
	}
	return false;
}

// What lies within s is said by s.
static size_t drop_covered(struct selector *ts, size_t count, const struct selector *s)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (!selector_within(&ts[i], s))
			ts[n++] = ts[i];
	}
	return n;
}

size_t ike_ts_narrow(const struct selector *theirs, size_t their_count, const struct selector *ours,
	size_t our_count, struct selector *both, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < their_count; i++) {
		for (size_t k = 0; k < our_count; k++) {
			struct selector meet;

			if (!selector_meet(&theirs[i], &ours[k], &meet) ||
				is_covered(&meet, both, n))
				continue;
			n = drop_covered(both, n, &meet);
			if (n < max)
				both[n++] = meet;
		}
	}
	return n;
}

bool ike_ts_within(const struct selector *inner, size_t inner_count, const struct selector *outer,
	size_t outer_count)
{
	for (size_t i = 0; i < inner_count; i++) {
		if (!is_covered(&inner[i], outer, outer_count))
			return false;
	}
	return true;
}

char *ike_ts_show(const struct selector *ts, size_t count, char *dst, size_t size)
{
	size_t len = 0;

	dst[0] = 0;
	for (size_t i = 0; i < count && len + 1 < size; i++) {
		char text[SELECTOR_TEXT];

		snprintf(dst + len, size - len, "%s%s", i ? " " : "", selector_show(&ts[i], text));
		len = strlen(dst);
	}
	return dst;
}
