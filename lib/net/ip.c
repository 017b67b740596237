#include "net/ip.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |Version|  IHL  | DSCP      |ECN|          Total Length         |
// |         Identification        |Flags|      Fragment Offset    |
// |      TTL      |    Protocol   |        Header Checksum        |
// |                         Source Address                        |
// |                      Destination Address                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static int ip4_read(struct rd *rd, const uint8_t *l3, size_t len, bool check, struct ip_info *ip)
{
	uint16_t fragment;

	ip->head_len = (uint16_t)((rd_u8(rd) & 15) * 4);
	ip->tos = rd_u8(rd);
	ip->total_len = rd_u16(rd);
	rd_skip(rd, 2);
	fragment = rd_u16(rd);
	ip->ttl = rd_u8(rd);
	ip->proto = rd_u8(rd);
	rd_skip(rd, 2);
	ip->src = (struct addr){.family = ADDR_V4};
	ip->dst = (struct addr){.family = ADDR_V4};
	rd_copy(rd, ip->src.b, 4);
	rd_copy(rd, ip->dst.b, 4);
	ip->df = fragment & IP4_DF;
	ip->fragment = fragment & (IP4_MF | IP4_OFFSET);
	ip->first = !(fragment & IP4_OFFSET);
	if (rd->bad || ip->head_len < IP4_HEAD || ip->total_len < ip->head_len ||
		ip->total_len > len)
		return -EINVAL;
	if (check && csum_fold(csum_add(0, l3, ip->head_len)))
		return -EBADMSG;
	return 0;
}

// RFC 8200 s4: the headers that may stand before the upper layer and carry a length.
static bool is_extension(uint8_t next)
{
	return next == 0 || next == 43 || next == 60;
}

static int ip6_read(struct rd *rd, size_t len, struct ip_info *ip)
{
	uint32_t word = rd_u32(rd);
	uint16_t payload = rd_u16(rd);
	uint8_t next = rd_u8(rd);

	ip->tos = (uint8_t)(word >> 20);
	ip->ttl = rd_u8(rd);
	ip->src = (struct addr){.family = ADDR_V6};
	ip->dst = (struct addr){.family = ADDR_V6};
	rd_copy(rd, ip->src.b, 16);
	rd_copy(rd, ip->dst.b, 16);
	ip->total_len = (uint32_t)payload + IP6_HEAD;
	ip->df = true;
	ip->fragment = false;
	ip->first = true;
	if (rd->bad || ip->total_len > len)
		return -EINVAL;
	*rd = rd_of(rd->p, payload);
	for (int i = 0; i < 8 && (is_extension(next) || next == 44); i++) {
		uint8_t here = next, units;

		next = rd_u8(rd);
		units = rd_u8(rd);
		if (here == 44) { // fragment header, RFC 8200 s4.5
			uint16_t offset = rd_u16(rd);

			rd_skip(rd, 4);
			ip->fragment = offset & 0xfff9;
			ip->first = !(offset & 0xfff8);
			if (!ip->first)
				break;
		} else {
			rd_skip(rd, 6 + 8u * units);
		}
	}
	if (rd->bad)
		return -EINVAL;
	ip->proto = next;
	ip->head_len = (uint16_t)(ip->total_len - rd_left(rd));
	return 0;
}

int ip_read(const uint8_t *l3, size_t len, bool check, struct ip_info *ip)
{
	struct rd rd = rd_of(l3, len);

	if (!len)
		return -EINVAL;
	switch (l3[0] >> 4) {
	case 4:
		return ip4_read(&rd, l3, len, check, ip);
	case 6:
		return ip6_read(&rd, len, ip);
	default:
		return -EINVAL;
	}
}

void ip_ports(const struct ip_info *ip, const uint8_t *l4, size_t len, uint16_t *src, uint16_t *dst)
{
	struct rd rd = rd_of(l4, len);

	*src = *dst = 0;
	if (!ip->first)
		return;
	switch (ip->proto) {
	case IP_TCP:
	case IP_UDP:
	case 33:  // DCCP
	case 132: // SCTP
	case 136: // UDP-Lite
		*src = rd_u16(&rd);
		*dst = rd_u16(&rd);
		break;
	case IP_ICMP:
	case IP_ICMP6:
		*src = rd_u16(&rd);
		break;
	}
}

uint32_t csum_add(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t wide = sum;

	for (; len > 1; len -= 2, p += 2)
		wide += be16_get(p);
	if (len)
		wide += (uint32_t)p[0] << 8;
	while (wide >> 32)
		wide = (wide & UINT32_MAX) + (wide >> 32);
	return (uint32_t)wide;
}

uint16_t csum_update16(uint16_t csum, uint16_t old, uint16_t new)
{
	return csum_fold((uint32_t)(uint16_t)~csum + (uint16_t)~old + new);
}

void ip4_csum_set(uint8_t *l3, size_t head_len)
{
	be16_put(l3 + 10, 0);
	be16_put(l3 + 10, csum_fold(csum_add(0, l3, head_len)));
}

uint16_t l4_csum(const struct addr *src, const struct addr *dst, uint8_t proto, const uint8_t *l4,
	size_t len)
{
	uint32_t sum = proto + (uint32_t)(len >> 16) + (uint32_t)(len & 0xffff);
	uint16_t folded;

	sum = csum_add(sum, src->b, addr_len(src));
	sum = csum_add(sum, dst->b, addr_len(dst));
	folded = csum_fold(csum_add(sum, l4, len));
	// RFC 768: an all-zero result is sent as all ones; zero means "none".
	return !folded && proto == IP_UDP ? UINT16_MAX : folded;
}

enum { NOT_ECT = 0, ECT_1 = 1, ECT_0 = 2, CE = 3 };

uint8_t ecn_encap(uint8_t inner_tos, bool copy_dscp)
{
	return copy_dscp ? inner_tos : inner_tos & 3;
}

int ecn_decap(uint8_t inner_tos, uint8_t outer_tos)
{
	// Rows: inner; columns: outer Not-ECT, ECT(1), ECT(0), CE.
	static const int8_t out[4][4] = {
		[NOT_ECT] = {NOT_ECT, NOT_ECT, NOT_ECT, -1},
		[ECT_1] = {ECT_1, ECT_1, ECT_1, CE},
		[ECT_0] = {ECT_0, ECT_1, ECT_0, CE},
		[CE] = {CE, CE, CE, CE},
	};
	int ecn = out[inner_tos & 3][outer_tos & 3];

	return ecn < 0 ? -1 : (inner_tos & ~3) | ecn;
}

void ip_tos_set(uint8_t *l3, uint8_t tos)
{
	if (l3[0] >> 4 == 4) {
		uint16_t old = be16_get(l3);

		l3[1] = tos;
		be16_put(l3 + 10, csum_update16(be16_get(l3 + 10), old, be16_get(l3)));
		return;
	}
	l3[0] = (uint8_t)((l3[0] & 0xf0) | tos >> 4);
	l3[1] = (uint8_t)((l3[1] & 0x0f) | tos << 4);
}
