#include "ctl/pcapng.h"

#include <string.h>

#include "base/bytes.h"
#include "net/ip.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 6, // enhanced packet block
	BYTE_ORDER = 0x1a2b3c4d,
	LINK_RAW_IP = 101,
	OPT_END = 0,
	OPT_COMMENT = 1,
	OPT_IF_NAME = 2,
	OPT_USER_APP = 4, // of a section
	BLOCK_HEAD = 12,  // type, length, length again
	MARKER = 4,
	TTL = 64,
	PACKET_MAX = 65535,
	COMMENT_MAX = 512,
};

// Blocks are written in the byte order of this machine, as their reader expects from BYTE_ORDER.
static void put32(struct wr *wr, uint32_t v)
{
	wr_copy(wr, &v, sizeof(v));
}

static void put16(struct wr *wr, uint16_t v)
{
	wr_copy(wr, &v, sizeof(v));
}

static void put_padding(struct wr *wr)
{
	wr_zero(wr, -wr_len(wr) & 3);
}

static void put_option(struct wr *wr, uint16_t code, const char *text)
{
	size_t len = text ? strnlen(text, COMMENT_MAX) : 0;

	if (!len)
		return;
	put16(wr, code);
	put16(wr, (uint16_t)len);
	wr_copy(wr, text, len);
	put_padding(wr);
}

static void put_block(FILE *out, uint32_t type, struct wr *body)
{
	uint32_t len = (uint32_t)(BLOCK_HEAD + wr_len(body));

	if (body->bad)
		return;
	fwrite(&type, sizeof(type), 1, out);
	fwrite(&len, sizeof(len), 1, out);
	fwrite(body->base, 1, wr_len(body), out);
	fwrite(&len, sizeof(len), 1, out);
}

void pcapng_begin(FILE *out, const char *program, const char *name)
{
	uint8_t room[2 * COMMENT_MAX];
	struct wr wr = wr_of(room, sizeof(room));

	put32(&wr, BYTE_ORDER);
	put16(&wr, 1);
	put16(&wr, 0);
	put32(&wr, UINT32_MAX); // the section's length is not known
	put32(&wr, UINT32_MAX);
	put_option(&wr, OPT_USER_APP, program);
	put32(&wr, OPT_END);
	put_block(out, BLOCK_SECTION, &wr);

	wr = wr_of(room, sizeof(room));
	put16(&wr, LINK_RAW_IP);
	put16(&wr, 0);
	put32(&wr, 0); // no limit to a packet's length
	put_option(&wr, OPT_IF_NAME, name);
	put32(&wr, OPT_END);
	put_block(out, BLOCK_INTERFACE, &wr);
}

static size_t put_ip(struct wr *wr, const struct addr *from, const struct addr *to, size_t len)
{
	uint8_t *l3 = wr->base + wr_len(wr);
	bool v6 = from->family == ADDR_V6;

	if (v6) {
		wr_u32(wr, 6u << 28);
		wr_u16(wr, (uint16_t)(UDP_HEAD + len));
		wr_u8(wr, IP_UDP);
		wr_u8(wr, TTL);
	} else {
		wr_u16(wr, 0x4500);
		wr_u16(wr, (uint16_t)(IP4_HEAD + UDP_HEAD + len));
		wr_u32(wr, 0);
		wr_u8(wr, TTL);
		wr_u8(wr, IP_UDP);
		wr_u16(wr, 0);
	}
	wr_copy(wr, from->b, addr_len(from));
	wr_copy(wr, to->b, addr_len(to));
	if (!v6 && !wr->bad)
		ip4_csum_set(l3, IP4_HEAD);
	return v6 ? IP6_HEAD : IP4_HEAD;
}

void pcapng_udp(FILE *out, uint64_t wall_us, const struct endpoint *from, const struct endpoint *to,
	bool marker, const uint8_t *payload, size_t len, const char *comment)
{
	static uint8_t room[PACKET_MAX + 2 * COMMENT_MAX]; // writer: the control thread
	struct wr wr = wr_of(room, sizeof(room));
	size_t udp_len = len + (marker ? MARKER : 0), ip, total;
	uint8_t *l4;
	uint16_t sum;

	total = (from->addr.family == ADDR_V6 ? IP6_HEAD : IP4_HEAD) + UDP_HEAD + udp_len;
	if (from->addr.family != to->addr.family || total > PACKET_MAX)
		return;
	put32(&wr, 0); // the interface
	put32(&wr, (uint32_t)(wall_us >> 32));
	put32(&wr, (uint32_t)wall_us);
	put32(&wr, (uint32_t)total);
	put32(&wr, (uint32_t)total);
	ip = put_ip(&wr, &from->addr, &to->addr, udp_len);
	l4 = wr.base + wr_len(&wr);
	wr_u16(&wr, from->port);
	wr_u16(&wr, to->port);
	wr_u16(&wr, (uint16_t)(UDP_HEAD + udp_len));
	wr_u16(&wr, 0);
	wr_zero(&wr, udp_len - len);
	wr_copy(&wr, payload, len);
	if (wr.bad)
		return;
	sum = l4_csum(&from->addr, &to->addr, IP_UDP, l4, total - ip);
	be16_put(l4 + 6, sum ? sum : UINT16_MAX); // RFC 768: 0 says that there is none
	put_padding(&wr);
	put_option(&wr, OPT_COMMENT, comment);
	put32(&wr, OPT_END);
	put_block(out, BLOCK_PACKET, &wr);
}
