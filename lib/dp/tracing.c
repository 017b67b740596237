#include "dp/tracing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "net/flow.h"
#include "net/ip.h"

void tracing_mark(struct worker *w, struct burst *b)
{
	unsigned int left = atomic_load_explicit(&w->dp->trace_left, memory_order_relaxed);

	w->tracing = false;
	for (unsigned int i = 0; i < b->n; i++) {
		while (!b->trace[i] && left) {
			if (atomic_compare_exchange_weak(&w->dp->trace_left, &left, left - 1))
				b->trace[i] = 1 + atomic_fetch_add(&w->dp->trace_next, 1);
		}
		w->tracing |= b->trace[i] != 0;
	}
}

void tracing_stage(struct worker *w, struct burst *b, const char *stage, bool last)
{
	for (unsigned int i = 0; i < b->all; i++) {
		struct trace_record record = {.packet = b->trace[i], .stage = stage};
		struct pkt *pkt = &b->pkt[i];

		if (!b->trace[i])
			continue;
		record.len = (uint16_t)pkt->len;
		record.verdict = i < b->n && last ? b->passes[i] : b->verdict[i];
		record.head_len = pkt->len < sizeof(record.head) ? (uint8_t)pkt->len
								 : sizeof(record.head);
		memcpy(record.head, pkt->l3, record.head_len);
		(void)rte_ring_sp_enqueue_elem(w->trace, &record, sizeof(record));
		// Its journey in this burst is over.
		if (record.verdict != V_GO && i >= b->n && record.verdict != V_HANDED &&
			record.verdict != V_HUB && record.verdict != V_FORWARD &&
			record.verdict != V_BYPASS)
			b->trace[i] = 0;
	}
}

// For its reader the packet ends where what was written down of it does.
static int head_read(uint8_t *l3, size_t len, struct ip_info *ip)
{
	bool v4 = l3[0] >> 4 == 4;
	uint8_t *field = l3 + (v4 ? 2 : 4);
	size_t before = v4 ? 0 : IP6_HEAD;

	if (len < before || (!v4 && l3[0] >> 4 != 6))
		return -EINVAL;
	if (be16_get(field) + before > len)
		be16_put(field, (uint16_t)(len - before));
	return ip_read(l3, len, false, ip);
}

// The packet in words, by what was written down of it.
static void describe(struct trace_record *r, char *dst, size_t size)
{
	char src_text[ADDR_TEXT], dst_text[ADDR_TEXT], flow_text[128];
	size_t len = r->head_len;
	uint8_t *l3 = r->head, *l4;
	struct ip_info ip;
	struct flow flow;

	// After the Ethernet header was put on, IP starts behind it.
	if (r->head_len > ETH_HEAD + IP4_HEAD && l3[0] >> 4 != 4 && l3[0] >> 4 != 6)
		l3 += ETH_HEAD, len -= ETH_HEAD;
	if (len < IP4_HEAD || head_read(l3, len, &ip)) {
		snprintf(dst, size, "%u bytes", r->len);
		return;
	}
	l4 = l3 + ip.head_len;
	if (ip.proto == IP_ESP && ip.head_len + 8u <= len) {
		snprintf(dst, size, "esp %s > %s spi %08x seq %u", addr_show(&ip.src, src_text),
			addr_show(&ip.dst, dst_text), be32_get(l4), be32_get(l4 + 4));
		return;
	}
	flow = (struct flow){.proto = ip.proto, .family = ip.src.family};
	memcpy(flow.src, ip.src.b, 16);
	memcpy(flow.dst, ip.dst.b, 16);
	if (ip.head_len + 4u <= len)
		ip_ports(&ip, l4, 4, &flow.src_port, &flow.dst_port);
	snprintf(dst, size, "%s", flow_show(&flow, flow_text));
}

void dp_trace_start(struct dp *dp, unsigned int n)
{
	atomic_store(&dp->trace_left, n);
}

unsigned int dp_trace_read(
	struct dp *dp, void (*fn)(void *ctx, const struct dp_trace *entry), void *ctx)
{
	struct trace_record record;
	unsigned int n = 0;

	for (unsigned int w = 0; w < dp->n_workers; w++) {
		while (!rte_ring_sc_dequeue_elem(dp->worker[w]->trace, &record, sizeof(record))) {
			struct dp_trace entry = {.packet = record.packet,
				.worker = (uint16_t)w,
				.len = record.len,
				.stage = record.stage};

			if (record.verdict != V_GO)
				entry.verdict = dp_verdict_table[record.verdict].name;
			describe(&record, entry.packet_text, sizeof(entry.packet_text));
			fn(ctx, &entry);
			n++;
		}
	}
	return n;
}
