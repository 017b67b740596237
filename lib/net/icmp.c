#include "net/icmp.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "net/ip.h"

struct icmp_kind {
	uint8_t type4, code4, type6, code6;
};

static const struct icmp_kind kinds[] = {
	[ICMP_TOO_BIG] = {3, 4, 2, 0},
	[ICMP_TTL_EXCEEDED] = {11, 0, 3, 0},
	[ICMP_UNREACHABLE] = {3, 1, 1, 0},
	[ICMP_PROHIBITED] = {3, 13, 1, 1},
};

enum { ECHO_REPLY4 = 0, ECHO_REQUEST4 = 8, ECHO_REQUEST6 = 128, ECHO_REPLY6 = 129 };
enum { ICMP_HEAD = 8, QUOTE4 = 576 - IP4_HEAD - ICMP_HEAD, QUOTE6 = 1280 - IP6_HEAD - ICMP_HEAD };

// Echo and its kin may be answered with an error, an error never (RFC 1122 s3.2.2).
static bool may_answer(const struct ip_info *ip, const uint8_t *l4, size_t len)
{
	if (!ip->first || !addr_is_unicast(&ip->src) || !addr_is_unicast(&ip->dst))
		return false;
	if (ip->proto == IP_ICMP)
		return len >= 1 && (l4[0] == 8 || l4[0] == 0 || l4[0] >= 13);
	if (ip->proto == IP_ICMP6)
		return len >= 1 && l4[0] >= 128;
	return true;
}

static void ip4_head(struct wr *wr, const struct addr *from, const struct addr *to, size_t payload)
{
	size_t at = wr_len(wr);

	// DSCP CS6, as RFC 1812 s4.3.2.5 advises for errors; a full queue must not hold up echo.
	wr_u16(wr, 0x4500 | 0xc0);
	wr_u16(wr, (uint16_t)(IP4_HEAD + payload));
	wr_u32(wr, 0);
	wr_u16(wr, 64 << 8 | IP_ICMP);
	wr_u16(wr, 0);
	wr_copy(wr, from->b, 4);
	wr_copy(wr, to->b, 4);
	if (!wr->bad)
		ip4_csum_set(wr->base + at, IP4_HEAD);
}

static void ip6_head(struct wr *wr, const struct addr *from, const struct addr *to, size_t payload)
{
	wr_u32(wr, 0x60000000);
	wr_u16(wr, (uint16_t)payload);
	wr_u16(wr, IP_ICMP6 << 8 | 64);
	wr_copy(wr, from->b, 16);
	wr_copy(wr, to->b, 16);
}

// The checksum of an ICMP message whose field is zero; 0 when the field holds the right one.
static uint16_t checksum(const struct addr *src, const struct addr *dst, const uint8_t *b, size_t n)
{
	return src->family == ADDR_V4 ? csum_fold(csum_add(0, b, n))
				      : l4_csum(src, dst, IP_ICMP6, b, n);
}

int icmp_error(enum icmp_error kind, const struct addr *from, const uint8_t *about, size_t len,
	uint32_t mtu, uint8_t dst[static ICMP_ERROR_ROOM])
{
	struct wr wr = wr_of(dst, ICMP_ERROR_ROOM);
	struct ip_info ip;
	size_t quote, at;
	bool v4;

	if (ip_read(about, len, false, &ip) || from->family != ip.src.family ||
		!may_answer(&ip, about + ip.head_len, ip.total_len - ip.head_len))
		return -EINVAL;
	v4 = ip.src.family == ADDR_V4;
	quote = ip.total_len;
	if (quote > (v4 ? QUOTE4 : QUOTE6))
		quote = v4 ? QUOTE4 : QUOTE6;
	if (v4)
		ip4_head(&wr, from, &ip.src, ICMP_HEAD + quote);
	else
		ip6_head(&wr, from, &ip.src, ICMP_HEAD + quote);
	at = wr_len(&wr);
	wr_u8(&wr, v4 ? kinds[kind].type4 : kinds[kind].type6);
	wr_u8(&wr, v4 ? kinds[kind].code4 : kinds[kind].code6);
	wr_u16(&wr, 0);
	wr_u32(&wr, v4 && mtu > UINT16_MAX ? UINT16_MAX : mtu);
	wr_copy(&wr, about, quote);
	if (wr.bad)
		return -EINVAL;
	be16_put(dst + at + 2, checksum(from, &ip.src, dst + at, wr_len(&wr) - at));
	return (int)wr_len(&wr);
}

// An error quotes at least 8 bytes beyond the IP header, so the quoted header is read without its
// total length: that is longer than what is here.
static int quoted_read(struct rd *rd, bool v4, struct icmp_quote *quote)
{
	uint8_t proto, family = v4 ? ADDR_V4 : ADDR_V6;
	size_t head_len;

	if (v4) {
		head_len = (rd_u8(rd) & 15) * 4u;
		rd_skip(rd, 8);
		proto = rd_u8(rd);
		rd_skip(rd, 2);
	} else {
		head_len = IP6_HEAD;
		rd_skip(rd, 6);
		proto = rd_u8(rd);
		rd_skip(rd, 1);
	}
	quote->src.family = quote->dst.family = family;
	rd_copy(rd, quote->src.b, addr_len(&quote->src));
	rd_copy(rd, quote->dst.b, addr_len(&quote->dst));
	if (v4) {
		if (head_len < IP4_HEAD)
			return -EINVAL;
		rd_skip(rd, head_len - IP4_HEAD);
	}
	if (proto == IP_ESP) {
		quote->spi = rd_u32(rd);
	} else if (proto == IP_UDP) {
		quote->src_port = rd_u16(rd);
		quote->dst_port = rd_u16(rd);
		rd_skip(rd, 4);
		if (rd_left(rd) >= 4)
			quote->spi = rd_u32(rd);
		if (quote->src_port != NATT_PORT)
			return -ENOENT;
	} else {
		return -ENOENT;
	}
	return rd->bad ? -EINVAL : 0;
}

int icmp_quote_read(const uint8_t *l3, size_t len, struct icmp_quote *quote)
{
	struct ip_info ip;
	struct rd rd;
	uint8_t type, code;
	uint32_t rest;
	bool v4;

	*quote = (struct icmp_quote){};
	if (ip_read(l3, len, true, &ip))
		return -EINVAL;
	v4 = ip.src.family == ADDR_V4;
	if (ip.proto != (v4 ? IP_ICMP : IP_ICMP6) || !ip.first)
		return -ENOENT;
	rd = rd_of(l3 + ip.head_len, ip.total_len - ip.head_len);
	type = rd_u8(&rd);
	code = rd_u8(&rd);
	rd_skip(&rd, 2);
	rest = rd_u32(&rd);
	if (v4 ? type != 3 && type != 11 : type < 1 || type > 4)
		return -ENOENT;
	quote->too_big = v4 ? type == kinds[ICMP_TOO_BIG].type4 && code == kinds[ICMP_TOO_BIG].code4
			    : type == kinds[ICMP_TOO_BIG].type6;
	if (quote->too_big)
		quote->mtu = v4 ? rest & 0xffff : rest;
	return quoted_read(&rd, v4, quote);
}

int icmp_echo_request(const struct icmp_echo *echo, uint8_t dst[static ICMP_ECHO_ROOM])
{
	struct wr wr = wr_of(dst, ICMP_ECHO_ROOM);
	bool v4 = echo->src.family == ADDR_V4;
	size_t at;

	if (echo->src.family != echo->dst.family || !echo->src.family)
		return -EINVAL;
	if (v4)
		ip4_head(&wr, &echo->src, &echo->dst, ICMP_HEAD + echo->len);
	else
		ip6_head(&wr, &echo->src, &echo->dst, ICMP_HEAD + echo->len);
	at = wr_len(&wr);
	wr_u8(&wr, v4 ? ECHO_REQUEST4 : ECHO_REQUEST6);
	wr_u8(&wr, 0);
	wr_u16(&wr, 0);
	wr_u16(&wr, echo->id);
	wr_u16(&wr, echo->seq);
	wr_copy(&wr, echo->data, echo->len);
	if (wr.bad)
		return -EINVAL;
	be16_put(dst + at + 2, checksum(&echo->src, &echo->dst, dst + at, wr_len(&wr) - at));
	return (int)wr_len(&wr);
}

int icmp_echo_reply_read(const uint8_t *l3, size_t len, struct icmp_echo *echo)
{
	uint16_t type_code;
	struct ip_info ip;
	struct rd rd;
	int err = ip_read(l3, len, true, &ip);
	bool v4;

	*echo = (struct icmp_echo){};
	if (err)
		return err;
	v4 = ip.src.family == ADDR_V4;
	if (ip.proto != (v4 ? IP_ICMP : IP_ICMP6) || ip.fragment)
		return -ENOENT;
	rd = rd_of(l3 + ip.head_len, ip.total_len - ip.head_len);
	type_code = rd_u16(&rd);
	rd_skip(&rd, 2);
	echo->id = rd_u16(&rd);
	echo->seq = rd_u16(&rd);
	if (rd.bad)
		return -EINVAL;
	if (type_code != (v4 ? ECHO_REPLY4 : ECHO_REPLY6) << 8)
		return -ENOENT;
	if (checksum(&ip.src, &ip.dst, l3 + ip.head_len, ip.total_len - ip.head_len))
		return -EBADMSG;
	echo->src = ip.src;
	echo->dst = ip.dst;
	echo->data = rd.p;
	echo->len = rd_left(&rd);
	return 0;
}
