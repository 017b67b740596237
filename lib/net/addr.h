// Addresses, prefixes, ranges and traffic selectors of either family, compared in wire order.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// As AF_INET and AF_INET6, without the socket headers.
enum addr_family { ADDR_NONE = 0, ADDR_V4 = 4, ADDR_V6 = 6 };

// Wire order; IPv4 in b[0..3] and the rest zero, so that whole values compare with memcmp.
struct addr {
	uint8_t b[16];
	uint8_t family; // enum addr_family
};

struct endpoint {
	struct addr addr;
	uint16_t port; // host order
};

struct cidr {
	struct addr addr; // host bits zero
	uint8_t bits;
};

// RFC 7296 s3.13.1: an address range, a protocol (0: any) and a port range (0..65535: any).
// For ICMP, the port is type << 8 | code. OPAQUE is first = 65535, last = 0.
struct selector {
	struct addr first, last;
	uint16_t port_first, port_last;
	uint8_t proto;
};

enum { ADDR_TEXT = 46, CIDR_TEXT = 50, ENDPOINT_TEXT = 54, SELECTOR_TEXT = 128 };

struct addr addr_v4(uint32_t host);	     // host order
uint32_t addr_v4_host(const struct addr *a); // host order; 0 unless IPv4
static inline size_t addr_len(const struct addr *a)
{
	return a->family == ADDR_V4 ? 4 : a->family == ADDR_V6 ? 16 : 0;
}

// 4 or 16 bytes. Made in registers: what is stored in pieces cannot be loaded whole at once.
static inline struct addr addr_from_wire(const uint8_t *b, uint8_t family)
{
	struct addr a = {.family = family};
	uint64_t words[2] = {};

	if (family == ADDR_V4)
		memcpy(words, b, 4);
	else if (family == ADDR_V6)
		memcpy(words, b, sizeof(words));
	memcpy(a.b, words, sizeof(words));
	return a;
}

// Family first; then as memcmp.
static inline int addr_cmp(const struct addr *a, const struct addr *b)
{
	uint64_t x, y;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	memcpy(&x, a->b, 8);
	memcpy(&y, b->b, 8);
	if (x == y) {
		memcpy(&x, a->b + 8, 8);
		memcpy(&y, b->b + 8, 8);
	}
	x = __builtin_bswap64(x);
	y = __builtin_bswap64(y);
	return (x > y) - (x < y);
}

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	return !addr_cmp(a, b);
}

bool addr_is_zero(const struct addr *a);    // 0.0.0.0, :: or none
bool addr_is_unicast(const struct addr *a); // not zero, loopback, multicast or broadcast
bool endpoint_eq(const struct endpoint *a, const struct endpoint *b);

// Text to value: "192.0.2.1", "2001:db8::1". returns 0 or -EINVAL.
[[nodiscard]] int addr_read(const char *text, struct addr *a);
// "192.0.2.0/24"; a bare address is its own /32 or /128. -EINVAL, -ERANGE (bits), -EDOM (host bits
// set).
[[nodiscard]] int cidr_read(const char *text, struct cidr *c);

// Value to text; dst has the size above. Return dst.
char *addr_show(const struct addr *a, char dst[static ADDR_TEXT]);
char *cidr_show(const struct cidr *c, char dst[static CIDR_TEXT]);
char *endpoint_show(const struct endpoint *e, char dst[static ENDPOINT_TEXT]); // "1.2.3.4:500"
char *selector_show(
	const struct selector *s, char dst[static SELECTOR_TEXT]); // "10.0.0.0/8[tcp/80]"

bool cidr_eq(const struct cidr *a, const struct cidr *b);
bool cidr_has(const struct cidr *c, const struct addr *a);
bool cidr_overlaps(const struct cidr *a, const struct cidr *b);
struct addr cidr_last(const struct cidr *c);

struct selector selector_of_cidr(const struct cidr *c); // any protocol, any port
// The prefix that a selector's range is exactly. returns false when it is no single prefix.
bool selector_cidr(const struct selector *s, struct cidr *c);
bool selector_eq(const struct selector *a, const struct selector *b);
bool selector_has(const struct selector *s, const struct addr *a, uint8_t proto, uint16_t port);
bool selector_within(const struct selector *inner, const struct selector *outer);
// The intersection. returns false when it is empty.
bool selector_meet(const struct selector *a, const struct selector *b, struct selector *both);
