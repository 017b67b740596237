// The Ethernet header before an IP packet, written in three stores.
#pragma once

#include <string.h>

#include "net/ip.h"
#include "net/pkt.h"

// mac: the word of a neighbour that is known. The packet has the headroom: it came with one.
static inline void ethernet_put(struct pkt *pkt, uint64_t mac, const uint8_t src[6])
{
	bool v4 = pkt->l3[0] >> 4 == 4;
	uint16_t src_head, type = __builtin_bswap16(v4 ? ETHERTYPE_V4 : ETHERTYPE_V6);
	uint64_t word;

	pkt_push(pkt, ETH_HEAD);
	memcpy(&src_head, src, sizeof(src_head));
	word = (mac & UINT64_C(0xffffffffffff)) | (uint64_t)src_head << 48;
	memcpy(pkt->l3, &word, sizeof(word));
	memcpy(pkt->l3 + 8, src + 2, 4);
	memcpy(pkt->l3 + 12, &type, sizeof(type));
}
