// What every stage that reads IPv4 headers shares, inlined.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t word64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t word32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

// The checksum of a 20-byte IPv4 header, in any byte order (RFC 1071 s2B).
static inline bool ip4_csum_ok(const uint8_t *h)
{
	uint64_t a = word64(h), b = word64(h + 8);
	uint64_t sum = (uint32_t)a + (a >> 32) + (uint32_t)b + (b >> 32) + word32(h + 16);

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}
