#include "dp/ethernet.h"
#include "dp/fit.h"
#include "dp/stage.h"
#include "esp/encap.h"
#include "net/icmp.h"
#include "net/ip.h"

// Too long for the tunnel: cut before encapsulation, so that the peer need not reassemble ESP; or
// tell the sender (RFC 4301 s8.1).
static uint8_t too_long(struct worker *w, struct burst *b, unsigned int i, uint32_t mtu)
{
	struct burst *again = &w->again[GATE_PROTECT];
	struct pkt piece[FRAGMENTS];
	unsigned int n;

	if (!fit_may_cut(&b->pkt[i])) {
		fit_tell(w, b, i, ICMP_TOO_BIG, mtu, b->port[i]);
		return V_TOO_BIG;
	}
	n = fit_cut(w, &b->pkt[i], mtu, piece);
	if (!n)
		return V_NO_BUFFER;
	for (unsigned int k = 0; k < n; k++) {
		unsigned int row;

		if (again->n == BURST)
			pipeline_run(w, again, GATE_PROTECT);
		row = burst_copy(again, b, i);
		again->pkt[row] = piece[k];
		// The whole packet has been routed already.
		again->flags[row] = IS_UNROUTED;
	}
	return V_FRAGMENTED;
}

static uint8_t protect(struct worker *w, struct burst *b, unsigned int i)
{
	struct dp_child *child = b->to[i];
	struct pkt *pkt = &b->pkt[i];
	uint32_t mtu = atomic_load_explicit(&child->inner_mtu, memory_order_relaxed);

	b->child[i] = child;
	if (__builtin_expect(child->owner != w->id, 0)) {
		b->owner[i] = child->owner;
		return V_HANDED;
	}
	b->sa[i] = atomic_load_explicit(&child->out, memory_order_acquire);
	if (!(b->flags[i] & IS_UNROUTED) && !ip_ttl_dec(pkt->l3)) {
		fit_tell(w, b, i, ICMP_TTL_EXCEEDED, 0, b->port[i]);
		return V_TTL;
	}
	if (__builtin_expect(b->flags[i] & IS_SYN, 0) &&
		atomic_load_explicit(&child->tunnel->clamp_mss, memory_order_relaxed))
		fit_mss(pkt, b->l4[i], mtu);
	if (__builtin_expect(pkt->len > mtu, 0))
		return too_long(w, b, i, mtu);
	return V_GO;
}

void outbound_protect(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++)
		burst_stop(b, i, protect(w, b, i));
}

// How many packets from i on have the same SA: they are numbered and counted together.
static unsigned int run_of(const struct burst *b, unsigned int i)
{
	unsigned int end = i + 1;

	while (end < b->n && b->sa[end] == b->sa[i])
		end++;
	return end - i;
}

// What the SA itself refused.
static void refused(struct burst *b, unsigned int i, unsigned int n)
{
	for (unsigned int end = i + n; i < end; i++) {
		if (!b->verdict[i])
			continue;
		esp_live_add(&b->sa[i]->live->drop[b->verdict[i]], 1);
		burst_stop(b, i, verdict_of_esp(b->verdict[i]));
	}
}

// Why an SA gives out no more numbers.
static uint8_t used_up(const struct esp_sa *sa)
{
	return sa->live->seq == (sa->esn ? UINT64_MAX : UINT32_MAX) ? V_SEQ_USED_UP : V_SA_LIMIT;
}

static void encap_run(struct worker *w, struct burst *b, unsigned int i, unsigned int run)
{
	const struct esp_sa *sa = b->sa[i];
	unsigned int end = i + run, n, bad;
	uint64_t seq, bytes = 0;

	for (unsigned int k = i; k < end; k++)
		bytes += b->pkt[k].len;
	n = esp_seq_take(sa, run, &seq);
	bad = esp_encap_run(sa, seq, n, &b->pkt[i], &b->op[i], &b->verdict[i]);
	if (__builtin_expect(bad, 0))
		refused(b, i, n);
	for (unsigned int k = i + n; k < end; k++) {
		bytes -= b->pkt[k].len;
		burst_stop(b, k, used_up(sa));
	}
	esp_live_count(sa->live, n - bad, bytes, w->now);
}

void outbound_encap(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n;) {
		unsigned int run = run_of(b, i);

		encap_run(w, b, i, run);
		i += run;
	}
	b->ops = b->n;
}

void outbound_outer(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n;) {
		unsigned int run = run_of(b, i), end = i + run;
		const struct esp_sa *sa = b->sa[i];
		const struct dp_tunnel *tunnel = b->child[i]->tunnel;
		unsigned int port = atomic_load_explicit(&tunnel->port, memory_order_relaxed);
		struct neigh *hop = atomic_load_explicit(&tunnel->hop, memory_order_acquire);
		uint64_t mac = neigh_mac(hop);

		if (__builtin_expect(!mac, 0))
			note_neigh(w, port, &hop->addr);
		for (; i < end; i++) {
			struct pkt *pkt = &b->pkt[i];

			if (__builtin_expect(!mac, 0)) {
				burst_stop(b, i, V_NEIGH);
				continue;
			}
			if (__builtin_expect(sa->finish, 0))
				esp_encap_finish(sa, pkt);
			ethernet_put(pkt, mac, w->dp->port[port].mac);
			b->out[i] = (uint8_t)port;
			b->passes[i] = V_ESP_OUT;
		}
	}
	tx_burst(w, b);
}
