// Packets: a pkt_pool over rte_mempool, one segment each, pkt->buf is the rte_mbuf.
#pragma once

#include "base/err.h"
#include "drv/port.h"

struct rte_mempool;

enum { POOL_TAIL = 128 }; // room behind the longest packet

struct dp_pool {
	struct pkt_pool face;
	struct rte_mempool *mempool;
	uint32_t room; // bytes of one packet from the start of the headroom
};

// n packets for IP packets up to mtu bytes. returns 0, or -ENOMEM with why. Control core.
[[nodiscard]] int pool_new(unsigned int n, uint16_t mtu, struct dp_pool **pool, struct why *why);
void pool_free(struct dp_pool *pool);
