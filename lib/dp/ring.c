#include "dp/ring.h"

#include <stdatomic.h>
#include <stdio.h>
#include <rte_common.h>

struct rte_ring *ring_new(unsigned int slots, unsigned int element)
{
	static atomic_uint serial;
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "dp%u", atomic_fetch_add(&serial, 1));
	return rte_ring_create_elem(name, element, rte_align32pow2(slots + 1), SOCKET_ID_ANY,
		RING_F_SP_ENQ | RING_F_SC_DEQ);
}

void ring_free(struct rte_ring *ring)
{
	rte_ring_free(ring);
}
