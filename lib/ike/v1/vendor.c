#include "ike/v1/vendor.h"

#include <assert.h>
#include <string.h>

#include "ike/v1/wire.h"

// MD5 of a text, mostly; what stands behind the first bytes (a version, abilities) may differ.
static const struct {
	uint8_t id[20];
	uint8_t len;   // what we send
	uint8_t exact; // bytes by which it is known; 0: all, and no more
} rows[] = {
	// MD5("RFC 3947")
	[V1_VENDOR_NATT_RFC] = {.id = {0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45, 0x5c, 0x57,
					0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f},
		.len = 16},
	// MD5("draft-ietf-ipsec-nat-t-ike-03")
	[V1_VENDOR_NATT_03] = {.id = {0x7d, 0x94, 0x19, 0xa6, 0x53, 0x10, 0xca, 0x6f, 0x2c, 0x17,
				       0x9d, 0x92, 0x15, 0x52, 0x9d, 0x56},
		.len = 16},
	// MD5("draft-ietf-ipsec-nat-t-ike-02\n")
	[V1_VENDOR_NATT_02_N] = {.id = {0x90, 0xcb, 0x80, 0x91, 0x3e, 0xbb, 0x69, 0x6e, 0x08, 0x63,
					 0x81, 0xb5, 0xec, 0x42, 0x7b, 0x1f},
		.len = 16},
	// MD5("draft-ietf-ipsec-nat-t-ike-02")
	[V1_VENDOR_NATT_02] = {.id = {0xcd, 0x60, 0x46, 0x43, 0x35, 0xdf, 0x21, 0xf8, 0x7c, 0xfd,
				       0xb2, 0xfc, 0x68, 0xb6, 0xa4, 0x48},
		.len = 16},
	// RFC 3706 s5.1: 14 bytes, major and minor version
	[V1_VENDOR_DPD] = {.id = {0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9, 0x6b, 0x86, 0x96,
				   0xfc, 0x77, 0x57, 0x01, 0x00},
		.len = 16,
		.exact = 14},
	// MD5("FRAGMENTATION"), and which messages may be fragmented: all
	[V1_VENDOR_FRAGMENTS] = {.id = {0x40, 0x48, 0xb7, 0xd5, 0x6e, 0xbc, 0xe8, 0x85, 0x25, 0xe7,
					 0xde, 0x7f, 0x00, 0xd6, 0xc2, 0xd3, 0x80},
		.len = 20,
		.exact = 16},
	// draft-ietf-ipsec-isakmp-xauth-06
	[V1_VENDOR_XAUTH] = {.id = {0x09, 0x00, 0x26, 0x89, 0xdf, 0xd6, 0xb7, 0x12}, .len = 8},
	// 14 bytes, major and minor version
	[V1_VENDOR_UNITY] = {.id = {0x12, 0xf5, 0xf2, 0x8c, 0x45, 0x71, 0x68, 0xa9, 0x70, 0x2d,
				     0x9f, 0xe2, 0x74, 0xcc, 0x01, 0x00},
		.len = 16,
		.exact = 14},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == V1_VENDORS);

enum v1_vendor v1_vendor_of(struct rd body)
{
	size_t len = rd_left(&body);

	for (unsigned int i = 0; i < V1_VENDORS; i++) {
		size_t known = rows[i].exact ? rows[i].exact : rows[i].len;

		if (rows[i].exact ? len < known : len != known)
			continue;
		if (!memcmp(body.p, rows[i].id, known))
			return (enum v1_vendor)i;
	}
	return V1_VENDORS;
}

void v1_vendor_write(struct ike_chain *chain, uint32_t vendors)
{
	for (unsigned int i = 0; i < V1_VENDORS; i++) {
		if (vendors & 1u << i)
			ike_payload_bytes(chain, V1_PAYLOAD_VENDOR, rows[i].id, rows[i].len);
	}
}

enum v1_vendor v1_vendor_natt(uint32_t vendors)
{
	for (unsigned int i = V1_VENDOR_NATT_RFC; i <= V1_VENDOR_NATT_02; i++) {
		if (vendors & 1u << i)
			return (enum v1_vendor)i;
	}
	return V1_VENDORS;
}
