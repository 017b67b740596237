// A burst of packets as columns: row i of every column belongs to packet i.
//
// Good packets stand in front, in order of arrival; those with a verdict behind. A stage sets
// verdicts through burst_stop and frees nothing; burst_settle restores the order of good and bad
// when any were set.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "drv/crypto.h"
#include "dp/verdict.h"
#include "net/pkt.h"

enum { BURST = 64 };

// Where a packet entered, which decides what it may do.
enum origin {
	FROM_PORT,    // received on port[i]
	FROM_KERNEL,  // the kernel sent it on the mirror of port[i]
	FROM_TUN,     // the kernel sent it on the TUN of a tunnel: id[i]
	FROM_TUNNEL,  // decrypted here by child[i]
	FROM_HUB,     // decrypted, and on its way to another tunnel
	FROM_GATEWAY, // made by this worker: ICMP errors
};

enum {
	IS_SYN = 1,	 // TCP with SYN, header here
	IS_UNROUTED = 2, // not forwarded by us: TTL stays
};

// What a decision depends on: addresses, ports, protocol, and where the packet is from. IPv4 keeps
// both addresses in w[0] and does not use w[1..3].
struct key {
	uint64_t w[6];
};

struct burst {
	unsigned int n;	     // good ones, in front
	unsigned int all;    // with those behind
	unsigned int marked; // verdicts set since the last settle
	unsigned int ops;    // rows of op that hold a prepared operation

	struct pkt pkt[BURST];
	uint8_t verdict[BURST];
	uint8_t flags[BURST];
	uint8_t origin[BURST];
	uint8_t port[BURST];   // where from
	uint8_t out[BURST];    // where to
	uint8_t passes[BURST]; // the verdict to count when it has been sent
	uint16_t l4[BURST];    // offset of the upper-layer header (ESP: of the ESP header)
	uint16_t owner[BURST]; // the worker to hand it to
	uint32_t id[BURST];    // of a tunnel
	uint32_t trace[BURST]; // number of a traced packet, 0: not traced
	void *to[BURST];       // the decision: a child, a neighbour or a tunnel
	struct dp_child *child[BURST];
	const struct esp_sa *sa[BURST];
	uint64_t seq[BURST];
	struct key key[BURST];
	struct crypto_op op[BURST];
};

static inline void burst_stop(struct burst *b, unsigned int i, uint8_t verdict)
{
	b->verdict[i] = verdict;
	b->marked += verdict != V_GO;
}

// One more good packet at the end of a burst that has room and none behind. Its other columns are
// cleared as far as stages read them before they write them. returns its row.
static inline unsigned int burst_add(struct burst *b, const struct pkt *pkt)
{
	unsigned int i = b->n++;

	b->all = b->n;
	b->pkt[i] = *pkt;
	b->verdict[i] = V_GO;
	b->flags[i] = 0;
	b->trace[i] = 0;
	return i;
}

static inline void burst_clear(struct burst *b)
{
	b->n = b->all = b->marked = b->ops = 0;
}

void burst_settle_slow(struct burst *b);

static inline void burst_settle(struct burst *b)
{
	if (__builtin_expect(b->marked, 0))
		burst_settle_slow(b);
}

// Copy row i of one burst to the end of another that has room. returns its row there.
unsigned int burst_copy(struct burst *to, const struct burst *from, unsigned int i);
