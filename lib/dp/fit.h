// Making packets fit a path: TCP's MSS lowered, IPv4 cut into fragments, or the sender told.
#pragma once

#include "dp/worker.h"

// Lower the MSS option of a TCP segment with SYN so that a segment's packet is at most mtu bytes.
// l4: offset of the TCP header. The checksum follows. RFC 9293 s3.7.1.
void fit_mss(struct pkt *pkt, uint16_t l4, uint32_t mtu);

// Cut an IPv4 packet into fragments of at most mtu bytes (RFC 791 s3.2), in packets of the pool.
//
// returns how many, or 0 when it cannot be cut (too many pieces, or the pool is empty; nothing is
// kept then)
unsigned int fit_cut(
	struct worker *w, const struct pkt *pkt, uint32_t mtu, struct pkt piece[static FRAGMENTS]);

// Whether the packet may be cut: IPv4 with DF clear.
bool fit_may_cut(const struct pkt *pkt);

// Tell the sender of packet i by an ICMP error, within a rate: from an address of ours on a port
// (or any inside one); it enters Outward like any packet.
void fit_tell(struct worker *w, const struct burst *b, unsigned int i, unsigned int kind,
	uint32_t mtu, unsigned int port);
