// The five-tuple of a packet: what policies and the flow cache look up.
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/addr.h"
#include "net/ip.h"

// Fixed layout without holes, so that keys compare and hash as bytes.
struct flow {
	uint8_t src[16], dst[16];    // wire order; IPv4 in the first four bytes
	uint16_t src_port, dst_port; // host order; ICMP as in ip_ports
	uint8_t proto;
	uint8_t family; // enum addr_family
	uint8_t zero[2];
};
static_assert(sizeof(struct flow) == 40);

// Read and check the packet's headers. Same results as ip_read; ip may not be NULL.
[[nodiscard]] int flow_read(const uint8_t *l3, size_t len, struct flow *flow, struct ip_info *ip);

// Whether the flow lies within one pair of selectors. A selector's port applies to its own side;
// for ICMP both are the type and code of the message (RFC 4301 s4.4.1.1).
bool flow_within(const struct flow *flow, const struct selector *src, const struct selector *dst);

char *flow_show(const struct flow *flow, char dst[static 128]); // "10.1.0.2:80 > 10.2.0.3:99 tcp"
