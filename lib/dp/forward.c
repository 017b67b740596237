#include "dp/ethernet.h"
#include "dp/fit.h"
#include "dp/stage.h"
#include "net/icmp.h"

static uint8_t too_long(struct worker *w, struct burst *b, unsigned int i, uint64_t mac)
{
	unsigned int port = b->out[i], n;
	uint16_t mtu = w->dp->port[port].mtu;
	struct pkt piece[FRAGMENTS];

	if (!fit_may_cut(&b->pkt[i])) {
		fit_tell(w, b, i, ICMP_TOO_BIG, mtu, port);
		return V_TOO_BIG;
	}
	n = fit_cut(w, &b->pkt[i], mtu, piece);
	if (!n)
		return V_NO_BUFFER;
	for (unsigned int k = 0; k < n; k++) {
		ethernet_put(&piece[k], mac, w->dp->port[port].mac);
		tx_frame(w, port, &piece[k]);
	}
	return V_FRAGMENTED;
}

static void mss(struct burst *b, unsigned int i)
{
	const struct dp_child *child = b->child[i];

	// The answer to this SYN leaves through the same tunnel.
	if (b->origin[i] == FROM_TUNNEL &&
		atomic_load_explicit(&child->tunnel->clamp_mss, memory_order_relaxed))
		fit_mss(&b->pkt[i], b->l4[i],
			atomic_load_explicit(&child->inner_mtu, memory_order_relaxed));
}

static uint8_t clear(struct worker *w, struct burst *b, unsigned int i)
{
	const struct neigh *neigh = b->to[i];
	uint64_t mac = neigh_mac(neigh);
	struct pkt *pkt = &b->pkt[i];

	if (__builtin_expect(!mac, 0)) {
		note_neigh(w, neigh->port, &neigh->addr);
		return neigh_missing(w, neigh->port);
	}
	if (!(b->flags[i] & IS_UNROUTED) && !ip_ttl_dec(pkt->l3)) {
		fit_tell(w, b, i, ICMP_TTL_EXCEEDED, 0, b->port[i]);
		return V_TTL;
	}
	if (__builtin_expect(b->flags[i] & IS_SYN, 0))
		mss(b, i);
	if (__builtin_expect(pkt->len > w->dp->port[b->out[i]].mtu, 0))
		return too_long(w, b, i, mac);
	ethernet_put(pkt, mac, w->dp->port[b->out[i]].mac);
	return V_GO;
}

void forward(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++)
		burst_stop(b, i, clear(w, b, i));
	tx_burst(w, b);
}
