// A packet as the layers above the driver see it: one contiguous view, without its owner's type.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct pkt {
	uint8_t *l3;   // first byte of the IP header (of the Ethernet header in drivers and rx/tx)
	uint32_t len;  // bytes from l3
	uint16_t head; // free bytes before l3
	uint16_t tail; // free bytes after l3 + len
	void *buf;     // the owner's handle (an mbuf in the dataplane), untouched here
};

static inline uint8_t *pkt_end(const struct pkt *pkt)
{
	return pkt->l3 + pkt->len;
}

// Move the front: push makes room before, pull takes away. The caller has checked head or len.
static inline void pkt_push(struct pkt *pkt, uint16_t len)
{
	pkt->l3 -= len;
	pkt->len += len;
	pkt->head = (uint16_t)(pkt->head - len);
}

static inline void pkt_pull(struct pkt *pkt, uint16_t len)
{
	pkt->l3 += len;
	pkt->len -= len;
	pkt->head = (uint16_t)(pkt->head + len);
}

// Move the end: put appends, trim cuts. The caller has checked tail or len.
static inline void pkt_put(struct pkt *pkt, uint16_t len)
{
	pkt->len += len;
	pkt->tail = (uint16_t)(pkt->tail - len);
}

static inline void pkt_trim(struct pkt *pkt, uint16_t len)
{
	pkt->len -= len;
	pkt->tail = (uint16_t)(pkt->tail + len);
}
