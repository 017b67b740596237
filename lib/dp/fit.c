#include "dp/fit.h"

#include <string.h>

#include "dp/stage.h"
#include "net/icmp.h"
#include "net/ip.h"

enum { TCP_HEAD = 20, TCP_END = 0, TCP_NOP = 1, TCP_MSS = 2 };

static void mss_lower(uint8_t *tcp, uint8_t *option, uint16_t max)
{
	uint16_t old = be16_get(option), csum = be16_get(tcp + 16);

	if (old <= max)
		return;
	be16_put(option, max);
	// A word at an odd offset counts with its bytes exchanged (RFC 1071 s2B).
	if ((option - tcp) & 1) {
		old = (uint16_t)(old << 8 | old >> 8);
		max = (uint16_t)(max << 8 | max >> 8);
	}
	be16_put(tcp + 16, csum_update16(csum, old, max));
}

void fit_mss(struct pkt *pkt, uint16_t l4, uint32_t mtu)
{
	uint32_t overhead = (pkt->l3[0] >> 4 == 4 ? IP4_HEAD : IP6_HEAD) + TCP_HEAD;
	uint8_t *tcp = pkt->l3 + l4, *end, *option = tcp + TCP_HEAD;

	if (pkt->len < (uint32_t)l4 + TCP_HEAD || mtu <= overhead)
		return;
	end = tcp + (tcp[12] >> 4) * 4;
	if (end > pkt_end(pkt))
		return;
	while (option < end && *option != TCP_END) {
		if (*option == TCP_NOP) {
			option++;
			continue;
		}
		if (end - option < 2 || option[1] < 2 || end - option < option[1])
			return;
		if (*option == TCP_MSS && option[1] == 4)
			mss_lower(tcp, option + 2, (uint16_t)(mtu - overhead));
		option += option[1];
	}
}

bool fit_may_cut(const struct pkt *pkt)
{
	return pkt->l3[0] >> 4 == 4 && !(be16_get(pkt->l3 + 6) & IP4_DF);
}

unsigned int fit_cut(
	struct worker *w, const struct pkt *pkt, uint32_t mtu, struct pkt piece[static FRAGMENTS])
{
	struct pkt_pool *pool = &w->dp->pool->face;
	uint32_t head = (pkt->l3[0] & 15) * 4u, step, done = 0, left = pkt->len - head;
	uint16_t at = be16_get(pkt->l3 + 6);
	unsigned int n;

	if (mtu < head + 8)
		return 0;
	step = (mtu - head) & ~7u;
	// The largest packet over the smallest path: rounds of subtraction, no division.
	for (n = 0; n * step < left; n++)
		;
	if (n > FRAGMENTS)
		return 0;
	for (unsigned int i = 0; i < n; i++) {
		if (pool->get(pool, &piece[i], 1) != 1 || piece[i].tail < head + step) {
			pool->put(pool, piece, i);
			return 0;
		}
	}
	for (unsigned int i = 0; i < n; i++, done += step) {
		uint32_t len = left - done < step ? left - done : step;
		bool last = i + 1 == n;

		pkt_put(&piece[i], (uint16_t)(head + len));
		memcpy(piece[i].l3, pkt->l3, head);
		memcpy(piece[i].l3 + head, pkt->l3 + head + done, len);
		be16_put(piece[i].l3 + 2, (uint16_t)(head + len));
		be16_put(piece[i].l3 + 6, (uint16_t)((at + done / 8) | (last ? 0 : IP4_MF)));
		ip4_csum_set(piece[i].l3, head);
	}
	return n;
}

static const struct addr *source(const struct worker *w, unsigned int port, bool v6)
{
	const struct addr *addr = &w->view->source[port][v6];

	if (w->dp->port[port].role == DP_INSIDE && addr->family)
		return addr;
	for (unsigned int p = 0; p < w->dp->n_ports; p++) {
		if (w->dp->port[p].role == DP_INSIDE && w->view->source[p][v6].family)
			return &w->view->source[p][v6];
	}
	return addr->family ? addr : NULL;
}

void fit_tell(struct worker *w, const struct burst *b, unsigned int i, unsigned int kind,
	uint32_t mtu, unsigned int port)
{
	struct burst *again = &w->again[GATE_OUTWARD];
	struct pkt_pool *pool = &w->dp->pool->face;
	const struct pkt *about = &b->pkt[i];
	const struct addr *from = source(w, port, about->l3[0] >> 4 == 6);
	struct pkt pkt;
	unsigned int row;
	int len;

	// Our own errors are never answered; neither is anything over the rate.
	if (!from || b->origin[i] == FROM_GATEWAY || again->n == BURST ||
		!bucket_take(&w->icmp, w->now) || pool->get(pool, &pkt, 1) != 1)
		return;
	len = pkt.tail < ICMP_ERROR_ROOM
		      ? -1
		      : icmp_error((enum icmp_error)kind, from, about->l3, about->len, mtu, pkt.l3);
	if (len < 0) {
		pool->put(pool, &pkt, 1);
		return;
	}
	pkt_put(&pkt, (uint16_t)len);
	row = burst_add(again, &pkt);
	again->origin[row] = FROM_GATEWAY;
	again->port[row] = (uint8_t)port;
	again->id[row] = 0;
}
