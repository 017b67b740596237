#include "net/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct addr addr_v4(uint32_t host)
{
	return (struct addr){.family = ADDR_V4,
		.b = {(uint8_t)(host >> 24), (uint8_t)(host >> 16), (uint8_t)(host >> 8),
			(uint8_t)host}};
}

uint32_t addr_v4_host(const struct addr *a)
{
	if (a->family != ADDR_V4)
		return 0;
	return (uint32_t)a->b[0] << 24 | (uint32_t)a->b[1] << 16 | (uint32_t)a->b[2] << 8 | a->b[3];
}

bool addr_is_zero(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->b, zero, sizeof(zero));
}

bool addr_is_unicast(const struct addr *a)
{
	struct addr loopback6 = {.family = ADDR_V6, .b[15] = 1};

	if (addr_is_zero(a))
		return false;
	if (a->family == ADDR_V4)
		return a->b[0] != 0 && a->b[0] != 127 && a->b[0] < 224;
	return a->b[0] != 0xff && !addr_eq(a, &loopback6);
}

bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

int addr_read(const char *text, struct addr *a)
{
	*a = (struct addr){};
	if (inet_pton(AF_INET, text, a->b) == 1) {
		a->family = ADDR_V4;
		return 0;
	}
	if (inet_pton(AF_INET6, text, a->b) == 1) {
		a->family = ADDR_V6;
		return 0;
	}
	*a = (struct addr){};
	return -EINVAL;
}

// The mask byte at index i of a prefix of so many bits.
static uint8_t mask_byte(uint8_t bits, size_t i)
{
	int left = bits - (int)(8 * i);

	return left >= 8 ? 0xff : left <= 0 ? 0 : (uint8_t)(0xff << (8 - left));
}

int cidr_read(const char *text, struct cidr *c)
{
	char host[ADDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	unsigned long bits;
	char *end;

	*c = (struct cidr){};
	if (len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = 0;
	if (addr_read(host, &c->addr))
		return -EINVAL;
	bits = 8 * addr_len(&c->addr);
	if (slash) {
		if (slash[1] < '0' || slash[1] > '9')
			return -EINVAL;
		bits = strtoul(slash + 1, &end, 10);
		if (*end)
			return -EINVAL;
		if (bits > 8 * addr_len(&c->addr))
			return -ERANGE;
	}
	c->bits = (uint8_t)bits;
	for (size_t i = 0; i < addr_len(&c->addr); i++) {
		if (c->addr.b[i] & ~mask_byte(c->bits, i))
			return -EDOM;
	}
	return 0;
}

char *addr_show(const struct addr *a, char dst[static ADDR_TEXT])
{
	if (!a->family ||
		!inet_ntop(a->family == ADDR_V4 ? AF_INET : AF_INET6, a->b, dst, ADDR_TEXT))
		strcpy(dst, "-");
	return dst;
}

char *cidr_show(const struct cidr *c, char dst[static CIDR_TEXT])
{
	char host[ADDR_TEXT];

	snprintf(dst, CIDR_TEXT, "%s/%u", addr_show(&c->addr, host), c->bits);
	return dst;
}

char *endpoint_show(const struct endpoint *e, char dst[static ENDPOINT_TEXT])
{
	char host[ADDR_TEXT];

	snprintf(dst, ENDPOINT_TEXT, e->addr.family == ADDR_V6 ? "[%s]:%u" : "%s:%u",
		addr_show(&e->addr, host), e->port);
	return dst;
}

static void proto_show(const struct selector *s, char *dst, size_t size)
{
	static const struct {
		uint8_t proto;
		const char *name;
	} names[] = {{1, "icmp"}, {6, "tcp"}, {17, "udp"}, {47, "gre"}, {58, "icmp6"}};
	char proto[8], port[24] = "";

	snprintf(proto, sizeof(proto), "%u", s->proto);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].proto == s->proto)
			snprintf(proto, sizeof(proto), "%s", names[i].name);
	}
	if (s->port_first > s->port_last)
		snprintf(port, sizeof(port), "/opaque");
	else if (s->port_first == s->port_last)
		snprintf(port, sizeof(port), "/%u", s->port_first);
	else if (s->port_first || s->port_last != UINT16_MAX)
		snprintf(port, sizeof(port), "/%u-%u", s->port_first, s->port_last);
	if (s->proto || port[0])
		snprintf(dst, size, "[%s%s]", s->proto ? proto : "any", port);
	else
		dst[0] = 0;
}

char *selector_show(const struct selector *s, char dst[static SELECTOR_TEXT])
{
	char range[2 * ADDR_TEXT + 1], first[ADDR_TEXT], last[ADDR_TEXT], proto[40];
	struct cidr c;

	if (selector_cidr(s, &c))
		cidr_show(&c, range);
	else
		snprintf(range, sizeof(range), "%s-%s", addr_show(&s->first, first),
			addr_show(&s->last, last));
	proto_show(s, proto, sizeof(proto));
	snprintf(dst, SELECTOR_TEXT, "%s%s", range, proto);
	return dst;
}

bool cidr_eq(const struct cidr *a, const struct cidr *b)
{
	return a->bits == b->bits && addr_eq(&a->addr, &b->addr);
}

bool cidr_has(const struct cidr *c, const struct addr *a)
{
	if (c->addr.family != a->family)
		return false;
	for (size_t i = 0; i < addr_len(a); i++) {
		if ((c->addr.b[i] ^ a->b[i]) & mask_byte(c->bits, i))
			return false;
	}
	return true;
}

bool cidr_overlaps(const struct cidr *a, const struct cidr *b)
{
	return cidr_has(a, &b->addr) || cidr_has(b, &a->addr);
}

struct addr cidr_last(const struct cidr *c)
{
	struct addr last = c->addr;

	for (size_t i = 0; i < addr_len(&last); i++)
		last.b[i] |= (uint8_t)~mask_byte(c->bits, i);
	return last;
}

struct selector selector_of_cidr(const struct cidr *c)
{
	return (struct selector){.first = c->addr, .last = cidr_last(c), .port_last = UINT16_MAX};
}

bool selector_cidr(const struct selector *s, struct cidr *c)
{
	size_t bits = 0, len = addr_len(&s->first);
	struct addr last;

	while (bits < 8 * len &&
		!((s->first.b[bits / 8] ^ s->last.b[bits / 8]) & (0x80 >> bits % 8)))
		bits++;
	*c = (struct cidr){.addr = s->first, .bits = (uint8_t)bits};
	for (size_t i = 0; i < len; i++) {
		if (c->addr.b[i] & ~mask_byte(c->bits, i))
			return false;
	}
	last = cidr_last(c);
	return len && addr_eq(&last, &s->last);
}

bool selector_eq(const struct selector *a, const struct selector *b)
{
	return addr_eq(&a->first, &b->first) && addr_eq(&a->last, &b->last) &&
	       a->proto == b->proto && a->port_first == b->port_first &&
	       a->port_last == b->port_last;
}

bool selector_has(const struct selector *s, const struct addr *a, uint8_t proto, uint16_t port)
{
	return addr_cmp(&s->first, a) <= 0 && addr_cmp(a, &s->last) <= 0 &&
	       (!s->proto || s->proto == proto) && s->port_first <= port && port <= s->port_last;
}

bool selector_within(const struct selector *inner, const struct selector *outer)
{
	struct selector both;

	return selector_meet(inner, outer, &both) && selector_eq(&both, inner);
}

bool selector_meet(const struct selector *a, const struct selector *b, struct selector *both)
{
	if (a->first.family != b->first.family)
		return false;
	if (a->proto && b->proto && a->proto != b->proto)
		return false;
	both->proto = a->proto ? a->proto : b->proto;
	both->first = addr_cmp(&a->first, &b->first) > 0 ? a->first : b->first;
	both->last = addr_cmp(&a->last, &b->last) < 0 ? a->last : b->last;
	both->port_first = a->port_first > b->port_first ? a->port_first : b->port_first;
	both->port_last = a->port_last < b->port_last ? a->port_last : b->port_last;
	return addr_cmp(&both->first, &both->last) <= 0 && both->port_first <= both->port_last;
}
