// Vendor IDs: what a peer can do beyond the RFCs of 1998.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ike/payload.h"

// The NAT traversal ones in order of preference.
enum v1_vendor {
	V1_VENDOR_NATT_RFC,  // RFC 3947
	V1_VENDOR_NATT_03,   // draft-ietf-ipsec-nat-t-ike-03
	V1_VENDOR_NATT_02_N, // draft -02 with the line end hashed: what most send
	V1_VENDOR_NATT_02,   // draft -02
	V1_VENDOR_DPD,	     // RFC 3706
	V1_VENDOR_FRAGMENTS, // "FRAGMENTATION": payload 132
	V1_VENDOR_XAUTH,     // recognised, never used
	V1_VENDOR_UNITY,     // recognised, never used
	V1_VENDORS,
};

// Which of them a body is. returns V1_VENDORS when it is none: to be ignored.
enum v1_vendor v1_vendor_of(struct rd body);

// Append one, or one each of a set of bits. (In an offer: NAT traversal all four, most wanted
// first; in an answer: the one that v1_vendor_natt picked.)
void v1_vendor_write(struct ike_chain *chain, uint32_t vendors);

// All NAT traversal bits, and the first of them within vendors. returns V1_VENDORS when there is
// none.
#define V1_VENDOR_NATT_ALL                                                                \
	(1u << V1_VENDOR_NATT_RFC | 1u << V1_VENDOR_NATT_03 | 1u << V1_VENDOR_NATT_02_N | \
		1u << V1_VENDOR_NATT_02)
enum v1_vendor v1_vendor_natt(uint32_t vendors);
