#include <string.h>

#include "dp/stage.h"
#include "esp/decap.h"
#include "net/ip.h"

// Whether the packet is addressed to its SA. UDP or not is the sender's choice at any time (RFC
// 7296 s2.23).
static bool is_addressed(const struct pkt *pkt, const struct esp_sa *sa)
{
	if (pkt->l3[0] >> 4 != (sa->v6 ? 6 : 4))
		return false;
	return sa->v6 ? !memcmp(pkt->l3 + 24, sa->outer_dst.addr.b, 16)
		      : !memcmp(pkt->l3 + 16, sa->outer_dst.addr.b, 4);
}

static bool in_udp(const uint8_t *outer)
{
	return outer[outer[0] >> 4 == 4 ? 9 : 6] == IP_UDP;
}

static uint8_t unknown_spi(struct worker *w, const struct burst *b, unsigned int i, uint32_t spi)
{
	const uint8_t *l3 = b->pkt[i].l3;
	const struct dest *own;
	struct ip_info ip;

	if (ip_read(b->pkt[i].l3, b->pkt[i].len, false, &ip))
		return V_MALFORMED;
	own = fib_find(w->view->own, &ip.dst);
	if (!own || own->port != b->port[i])
		return V_CLEAR_FROM_OUTSIDE;
	// Anybody can send these, as many as he likes.
	if (bucket_take(&w->unknown, w->now))
		note(w, &(struct note){.type = DP_UNKNOWN_SPI,
				.spi = spi,
				.local = ip.dst,
				.from = {ip.src,
					in_udp(l3) ? be16_get(l3 + b->l4[i] - UDP_HEAD) : 0}});
	return V_NO_SPI;
}

static uint8_t sad(struct worker *w, struct burst *b, unsigned int i, uint32_t spi)
{
	struct dp_child *child = b->child[i];

	if (__builtin_expect(!child || child->spi_in != spi, 0))
		return unknown_spi(w, b, i, spi);
	if (__builtin_expect(child->owner != w->id, 0)) {
		b->owner[i] = child->owner;
		return V_HANDED;
	}
	b->sa[i] = atomic_load_explicit(&child->in, memory_order_acquire);
	__builtin_prefetch(b->sa[i]->live);
	return is_addressed(&b->pkt[i], b->sa[i]) ? V_GO : V_SPI_ADDRESS;
}

// Each pass over the burst asks for the memory that the next one reads.
void inbound_sad(struct worker *w, struct burst *b)
{
	const struct sad *table = &w->dp->sad;
	uint32_t spi[BURST];

	for (unsigned int i = 0; i < b->n; i++) {
		spi[i] = esp_spi(b->pkt[i].l3 + b->l4[i], b->pkt[i].len - b->l4[i]);
		__builtin_prefetch(sad_home(table, spi[i]));
	}
	for (unsigned int i = 0; i < b->n; i++) {
		b->child[i] = sad_find(table, spi[i]);
		__builtin_prefetch(b->child[i]);
	}
	for (unsigned int i = 0; i < b->n; i++)
		burst_stop(b, i, sad(w, b, i, spi[i]));
}

static void refused(struct burst *b, unsigned int i, enum esp_verdict verdict)
{
	if (verdict)
		esp_live_add(&b->sa[i]->live->drop[verdict], 1);
	burst_stop(b, i, verdict_of_esp(verdict));
}

void inbound_decap(struct worker *, struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++)
		refused(b, i, esp_decap(b->sa[i], &b->pkt[i], b->l4[i], &b->seq[i], &b->op[i]));
	b->ops = b->n;
}

// Authentic packets come from another endpoint than the SA names: the peer's NAT has moved (RFC
// 7296 s2.23). One that was overtaken says nothing. Told once; the control core asks again.
static void moved(struct worker *w, const struct burst *b, unsigned int i, const uint8_t *outer)
{
	const struct esp_sa *sa = b->sa[i];
	struct dp_child *child = b->child[i];
	const uint8_t *src = outer + (sa->v6 ? 8 : 12);
	uint16_t port = be16_get(outer + b->l4[i] - UDP_HEAD);

	if (port == sa->outer_src.port && !memcmp(src, sa->outer_src.addr.b, sa->v6 ? 16 : 4))
		return;
	if (b->seq[i] < sa->live->seq)
		return;
	if (atomic_exchange_explicit(&child->moved, true, memory_order_relaxed))
		return;
	note(w, &(struct note){.type = DP_NAT_MOVED,
			.id = child->id,
			.from = {addr_from_wire(src, sa->v6 ? ADDR_V6 : ADDR_V4), port}});
}

static enum esp_verdict finish(struct worker *w, struct burst *b, unsigned int i)
{
	const struct esp_sa *sa = b->sa[i];
	const uint8_t *outer = b->pkt[i].l3;
	enum esp_verdict verdict = esp_decap_finish(sa, &b->pkt[i], b->seq[i], &b->op[i]);

	if (verdict)
		return verdict;
	if (__builtin_expect(sa->udp, 0) && in_udp(outer))
		moved(w, b, i, outer);
	b->origin[i] = FROM_TUNNEL;
	b->passes[i] = V_ESP_IN;
	return ESP_PASS;
}

void inbound_finish(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n;) {
		const struct esp_sa *sa = b->sa[i];
		uint64_t packets = 0, bytes = 0;

		for (; i < b->n && b->sa[i] == sa; i++) {
			enum esp_verdict verdict = finish(w, b, i);

			refused(b, i, verdict);
			packets += !verdict;
			bytes += verdict ? 0 : b->pkt[i].len;
		}
		esp_live_count(sa->live, packets, bytes, w->now);
	}
	b->ops = 0;
}
