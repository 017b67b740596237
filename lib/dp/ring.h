// One producer, one consumer: packets and events between cores. A thin face over rte_ring.
#pragma once

#include <assert.h>
#include <stdint.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include "net/addr.h"
#include "net/pkt.h"

// What a packet carries from core to core.
struct hand {
	struct pkt pkt;
	uint8_t gate;	// where it goes on: enum gate, or enum verdict for punts
	uint8_t origin; // enum origin
	uint8_t port;
	uint8_t flags;
	uint32_t id; // of a tunnel
	uint32_t trace;
	uint16_t l4;
};
static_assert(sizeof(struct hand) == 40);

// A worker's hint to the control core; struct dp_event without pointers that may have died.
struct note {
	uint32_t type; // enum dp_event_type
	uint32_t id;   // of a tunnel or child
	uint32_t spi, mtu;
	struct endpoint from;
	struct addr local;
	uint16_t port;
};

// slots is rounded up to a power of two. returns NULL without memory. Control core.
struct rte_ring *ring_new(unsigned int slots, unsigned int element);
void ring_free(struct rte_ring *ring);

static inline unsigned int hand_put(struct rte_ring *ring, const struct hand *hand, unsigned int n)
{
	return rte_ring_sp_enqueue_burst_elem(ring, hand, sizeof(*hand), n, NULL);
}

static inline unsigned int hand_take(struct rte_ring *ring, struct hand *hand, unsigned int n)
{
	return rte_ring_sc_dequeue_burst_elem(ring, hand, sizeof(*hand), n, NULL);
}
