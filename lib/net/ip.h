// IP, UDP, TCP and ESP fields in place: offsets, checksums, DSCP and ECN.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

enum ip_proto {
	IP_ICMP = 1,
	IP_IPIP = 4,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_IPV6 = 41,
	IP_ESP = 50,
	IP_AH = 51,
	IP_ICMP6 = 58,
	IP_NONE = 59, // RFC 4303 s2.6: a dummy packet's next header
};

enum {
	ETH_HEAD = 14,
	IP4_HEAD = 20,
	IP6_HEAD = 40,
	UDP_HEAD = 8,
	IP4_DF = 0x4000,
	IP4_MF = 0x2000,
	IP4_OFFSET = 0x1fff,
	ETHERTYPE_V4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_V6 = 0x86dd,
	IKE_PORT = 500,
	NATT_PORT = 4500,
};

// Unaligned big-endian words of a packet at a checked offset; host order.
static inline uint16_t be16_get(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void be16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void be32_put(uint8_t *p, uint32_t v)
{
	be16_put(p, (uint16_t)(v >> 16));
	be16_put(p + 2, (uint16_t)v);
}

// What the pipeline needs of an IP header, checked.
struct ip_info {
	struct addr src, dst;
	uint32_t total_len; // header and payload
	uint16_t head_len;  // to the upper-layer header
	uint8_t proto;	    // upper-layer protocol (after IPv6 extension headers)
	uint8_t tos;	    // DSCP << 2 | ECN
	uint8_t ttl;
	bool df;       // IPv4's flag; always set for IPv6
	bool fragment; // any but a whole datagram
	bool first;    // offset 0: the upper-layer header is here
};

// Read and check an IPv4 or IPv6 header: version, lengths against len, IPv4 checksum when check.
//
// RFC 791 s3.1, RFC 8200 s3-4. returns 0 or -EINVAL (malformed), -EBADMSG (checksum)
[[nodiscard]] int ip_read(const uint8_t *l3, size_t len, bool check, struct ip_info *ip);

// The ports of the upper-layer header at l4 with len bytes left; for ICMP type << 8 | code as the
// source "port" and 0 as destination; 0 and 0 for protocols without ports or later fragments.
void ip_ports(
	const struct ip_info *ip, const uint8_t *l4, size_t len, uint16_t *src, uint16_t *dst);

// Ones-complement sum (RFC 1071): sum accumulates, fold finishes (already complemented).
uint32_t csum_add(uint32_t sum, const void *data, size_t len);
static inline uint16_t csum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	return (uint16_t)~sum;
}
// RFC 1624: the checksum after a 16-bit word changed from old to new. All in host order.
uint16_t csum_update16(uint16_t csum, uint16_t old, uint16_t new);

// The checksum field of an IPv4 header, written in place. head_len is a multiple of 4.
void ip4_csum_set(uint8_t *l3, size_t head_len);
// The UDP or TCP or ICMPv6 checksum over pseudo header and len bytes at l4 (field zeroed by
// caller).
uint16_t l4_csum(const struct addr *src, const struct addr *dst, uint8_t proto, const uint8_t *l4,
	size_t len);

// Decrement TTL or hop limit in place with its checksum. returns false when it would reach zero.
static inline bool ip_ttl_dec(uint8_t *l3)
{
	bool v4 = l3[0] >> 4 == 4;
	uint8_t *ttl = l3 + (v4 ? 8 : 7);
	uint32_t csum = be16_get(l3 + 10) + 0x0100u;

	if (*ttl <= 1)
		return false;
	--*ttl;
	// RFC 1141: one less in the high byte of a word is one more in the checksum's.
	if (v4)
		be16_put(l3 + 10, (uint16_t)(csum + (csum >= UINT16_MAX)));
	return true;
}

// RFC 6040 s4.1 normal mode: the outer TOS byte for an inner one; copy_dscp off gives DSCP 0.
uint8_t ecn_encap(uint8_t inner_tos, bool copy_dscp);
// RFC 6040 s4.2, figure 4. returns the inner TOS byte to write, or -1: drop the packet.
int ecn_decap(uint8_t inner_tos, uint8_t outer_tos);
// The TOS / traffic class byte of a header of either family.
static inline uint8_t ip_tos_get(const uint8_t *l3)
{
	return l3[0] >> 4 == 4 ? l3[1] : (uint8_t)(l3[0] << 4 | l3[1] >> 4);
}
// Write the TOS / traffic class byte in place, with the checksum of IPv4.
void ip_tos_set(uint8_t *l3, uint8_t tos);
