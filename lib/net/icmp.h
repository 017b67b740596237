// ICMP errors: the one that we send to an inner sender, and those that routers send about our ESP.
// And echo: the request that asks whether somebody can be reached, and its answer.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/addr.h"

enum icmp_error {
	ICMP_TOO_BIG,	   // fragmentation needed (3/4), or ICMPv6 packet too big (2/0)
	ICMP_TTL_EXCEEDED, // 11/0, or 3/0
	ICMP_UNREACHABLE,  // host unreachable 3/1, or 1/0
	ICMP_PROHIBITED,   // 3/13, or 1/1
};

enum { ICMP_ERROR_ROOM = 1280 };

// Build an ICMP error about a packet, from address to the packet's source, into dst.
//
// about, len  the offending packet from its IP header
// mtu         for ICMP_TOO_BIG, else 0
// returns the length of the IP datagram, or -EINVAL when none may be sent: about a fragment that is
// not
//         the first, an ICMP error, or a source that is not unicast (RFC 1122 s3.2.2, RFC 4443
//         s2.4)
[[nodiscard]] int icmp_error(enum icmp_error kind, const struct addr *from, const uint8_t *about,
	size_t len, uint32_t mtu, uint8_t dst[static ICMP_ERROR_ROOM]);

// What an ICMP error quotes of a packet of ours.
struct icmp_quote {
	struct addr src, dst; // of the quoted packet
	bool too_big;	      // the error says "too big"; any other says nothing about the path
	uint32_t mtu;	      // next-hop MTU of too_big, 0: not said (RFC 1191 s4)
	uint32_t spi;	      // of the quoted ESP (host order), 0 when it is none
	uint16_t src_port, dst_port; // when ESP travelled in UDP, else 0
};

// Read an ICMP(v6) error whose quote is ESP, or UDP from port 4500. l3: the error's own IP header.
//
// RFC 792, RFC 1191 s4, RFC 4443. returns 0, -ENOENT (no such error) or -EINVAL (malformed)
[[nodiscard]] int icmp_quote_read(const uint8_t *l3, size_t len, struct icmp_quote *quote);

// RFC 792 p. 14, RFC 4443 s4: an echo request or the reply to it.
struct icmp_echo {
	struct addr src, dst;
	uint16_t id, seq;
	const uint8_t *data; // a reply's: where it stands in the packet
	size_t len;
};

enum { ICMP_ECHO_ROOM = 128 };

// Build an echo request. returns the length of the IP datagram, or -EINVAL: two address families,
// or more data than there is room for
[[nodiscard]] int icmp_echo_request(
	const struct icmp_echo *echo, uint8_t dst[static ICMP_ECHO_ROOM]);

// Read an echo reply with its checksum; l3: its IP header.
//
// returns 0, -ENOENT (anything else, or a fragment of one), -EINVAL (malformed) or -EBADMSG
// (checksum)
[[nodiscard]] int icmp_echo_reply_read(const uint8_t *l3, size_t len, struct icmp_echo *echo);
