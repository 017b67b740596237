#include "dp/stage.h"

static void flush(struct worker *w, unsigned int port)
{
	struct tx_queue *q = w->tx[port];
	const struct dp_port *p = &w->dp->port[port];
	unsigned int sent = 0, n = q->n;

	if (q->hand_to >= 0) {
		for (; sent < n; sent++)
			hand_over(w, (unsigned int)q->hand_to,
				&(struct hand){.pkt = q->pkt[sent],
					.gate = GATE_TX,
					.port = (uint8_t)port});
	} else {
		sent = p->driver->tx(p->port, q->queue, q->pkt, n);
	}
	// Queues are emptied by the card while we fill them: one more try, then they are lost.
	if (__builtin_expect(sent < n, 0) && sent)
		sent += p->driver->tx(p->port, q->queue, q->pkt + sent, n - sent);
	for (; sent < n; sent++)
		drop(w, &q->pkt[sent], V_TX_FULL);
	q->n = 0;
}

void tx_frame(struct worker *w, unsigned int port, const struct pkt *pkt)
{
	struct tx_queue *q = w->tx[port];

	// Field by field: the packet's have just been written one by one, and the core cannot load
	// them as one word before these stores have left it.
	q->pkt[q->n].l3 = pkt->l3;
	q->pkt[q->n].len = pkt->len;
	q->pkt[q->n].head = pkt->head;
	q->pkt[q->n].tail = pkt->tail;
	q->pkt[q->n++].buf = pkt->buf;
	if (q->n == TX_ROOM)
		flush(w, port);
}

// A pass of its own over the burst: a struct pkt copied right after its fields were written would
// wait for those stores (9 cycles per packet).
void tx_burst(struct worker *w, const struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++) {
		if (b->verdict[i] == V_GO)
			tx_frame(w, b->out[i], &b->pkt[i]);
	}
}

void tx_flush(struct worker *w)
{
	for (unsigned int port = 0; port < w->dp->n_ports; port++) {
		if (w->tx[port]->n)
			flush(w, port);
	}
}
