#include "ike/v1/id.h"

#include <errno.h>

#include "ike/payload.h"
#include "net/ip.h"

enum { PROTO_UDP = 17 };

// RFC 2407 s4.6.2.1; the numbers of enum ike_id_type are the same.
enum {
	ID_IPV4 = 1,
	ID_IPV4_SUBNET = 4,
	ID_IPV6 = 5,
	ID_IPV6_SUBNET = 6,
	ID_IPV4_RANGE = 7,
	ID_IPV6_RANGE = 8,
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   ID Type     |  Protocol ID  |             Port              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                     Identification Data                       ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
int v1_id_read(struct rd body, struct ike_id *id)
{
	struct rd head = body;
	uint8_t proto;
	uint16_t port;

	rd_skip(&head, 1);
	proto = rd_u8(&head);
	port = rd_u16(&head);
	if (proto != 0 && proto != PROTO_UDP)
		return -EINVAL;
	// 0 beside UDP is older Cisco's way behind a NAT; 4500: RFC 3947 s4.
	if (port != 0 && (proto != PROTO_UDP || (port != IKE_PORT && port != NATT_PORT)))
		return -EINVAL;
	return ike_id_from_wire(body, id);
}

size_t v1_id_write(const struct ike_id *id, uint8_t dst[static V1_ID_BODY])
{
	return ike_id_to_wire(id, dst);
}

// Numbers of the same family's three forms.
static const struct form {
	uint8_t family, one, subnet, range;
} forms[] = {
	{ADDR_V4, ID_IPV4, ID_IPV4_SUBNET, ID_IPV4_RANGE},
	{ADDR_V6, ID_IPV6, ID_IPV6_SUBNET, ID_IPV6_RANGE},
};

static const struct form *form_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (type == forms[i].one || type == forms[i].subnet || type == forms[i].range)
			return &forms[i];
	}
	return NULL;
}

// A mask of ones, then zeros, as a length; -1 when it is none.
static int mask_bits(const struct addr *mask)
{
	int bits = 0;

	while (bits < 8 * (int)addr_len(mask) && mask->b[bits / 8] & 0x80 >> bits % 8)
		bits++;
	for (int i = bits; i < 8 * (int)addr_len(mask); i++) {
		if (mask->b[i / 8] & 0x80 >> i % 8)
			return -1;
	}
	return bits;
}

// Host bits that are set are cleared, as every implementation does with a subnet.
static bool subnet(struct addr addr, const struct addr *mask, struct selector *ts)
{
	int bits = mask_bits(mask);
	struct cidr c;

	if (bits < 0)
		return false;
	for (size_t i = 0; i < addr_len(mask); i++)
		addr.b[i] &= mask->b[i];
	c = (struct cidr){.addr = addr, .bits = (uint8_t)bits};
	*ts = selector_of_cidr(&c);
	return true;
}

int v1_ts_read(struct rd body, struct selector *ts)
{
	uint8_t type = rd_u8(&body), proto = rd_u8(&body);
	uint16_t port = rd_u16(&body);
	const struct form *form = form_of(type);
	const uint8_t *one, *two;
	struct addr first, second;
	size_t len;

	if (body.bad)
		return -EINVAL;
	if (!form)
		return -ENOTSUP;
	len = form->family == ADDR_V4 ? 4 : 16;
	one = rd_take(&body, len);
	two = type == form->one ? one : rd_take(&body, len);
	if (body.bad || rd_left(&body))
		return -EINVAL;
	first = addr_from_wire(one, form->family);
	second = addr_from_wire(two, form->family);
	if (type == form->subnet) {
		if (!subnet(first, &second, ts))
			return -EINVAL;
	} else {
		*ts = (struct selector){.first = first, .last = second, .port_last = UINT16_MAX};
	}
	if (addr_cmp(&ts->first, &ts->last) > 0)
		return -EINVAL;
	ts->proto = proto;
	if (port)
		ts->port_first = ts->port_last = port;
	return 0;
}

int v1_ts_write(const struct selector *ts, uint8_t dst[static V1_ID_BODY])
{
	const struct form *form = &forms[ts->first.family == ADDR_V6];
	size_t len = addr_len(&ts->first);
	struct wr wr = wr_of(dst, V1_ID_BODY);
	bool any = ts->port_first == 0 && ts->port_last == UINT16_MAX;
	struct cidr c;

	if (!any && (ts->port_first != ts->port_last || !ts->port_first))
		return -ENOTSUP;
	if (addr_eq(&ts->first, &ts->last))
		wr_u8(&wr, form->one);
	else
		wr_u8(&wr, selector_cidr(ts, &c) ? form->subnet : form->range);
	wr_u8(&wr, ts->proto);
	wr_u16(&wr, any ? 0 : ts->port_first);
	wr_copy(&wr, ts->first.b, len);
	if (dst[0] == form->subnet) {
		for (size_t i = 0; i < len; i++)
			wr_u8(&wr, (uint8_t) ~(ts->first.b[i] ^ ts->last.b[i]));
	} else if (dst[0] == form->range) {
		wr_copy(&wr, ts->last.b, len);
	}
	return (int)wr_len(&wr);
}
