#include <string.h>

#include "dp/ethernet.h"
#include "dp/stage.h"

void drop(struct worker *w, struct pkt *pkt, uint8_t verdict)
{
	struct pkt_pool *pool = &w->dp->pool->face;

	stat_add(&w->count[verdict], 1);
	pool->put(pool, pkt, 1);
}

static void hands_flush(struct worker *w, unsigned int to)
{
	struct worker *peer = w->dp->worker[to];
	unsigned int n = w->out[to].n;
	unsigned int done = hand_put(peer->from[w->id], w->out[to].hand, n);

	for (; done < n; done++)
		drop(w, &w->out[to].hand[done].pkt, V_HAND_FULL);
	w->out[to].n = 0;
}

void hand_over(struct worker *w, unsigned int to, const struct hand *hand)
{
	w->out[to].hand[w->out[to].n++] = *hand;
	if (w->out[to].n == HAND_ROOM)
		hands_flush(w, to);
}

void note(struct worker *w, const struct note *n)
{
	if (!rte_ring_sp_enqueue_elem(w->notes, (void *)(uintptr_t)n, sizeof(*n)))
		w->woke = true;
}

void note_neigh(struct worker *w, unsigned int port, const struct addr *addr)
{
	if (bucket_take(&w->ask, w->now))
		note(w, &(struct note){
				.type = DP_NEIGH, .port = (uint16_t)port, .from = {*addr, 0}});
}

static struct hand hand_of(const struct burst *b, unsigned int i)
{
	return (struct hand){
		.pkt = b->pkt[i],
		.gate = b->verdict[i],
		.origin = b->origin[i],
		.port = b->port[i],
		.id = b->id[i],
		.trace = b->trace[i],
		.l4 = b->l4[i],
	};
}

static void punt(struct worker *w, struct hand *hand, enum dp_class class)
{
	if (!bucket_take(&w->police[class][hand->port], w->now))
		drop(w, &hand->pkt, (uint8_t)(V_POLICED + class));
	else if (hand_put(w->punt[class], hand, 1) != 1)
		drop(w, &hand->pkt, (uint8_t)(V_FULL + class));
	else
		w->woke = true;
}

static void punt_ike(struct worker *w, struct burst *b, unsigned int i)
{
	struct hand hand = hand_of(b, i);

	punt(w, &hand, b->verdict[i] == V_IKE ? DP_CLASS_IKE : DP_CLASS_IKE_NEW);
}

// An Ethernet header to the port from an address that nobody has.
static void from_nobody(struct worker *w, struct hand *hand)
{
	static const uint8_t nobody[6] = {2, 0, 0, 0, 0, 1};
	uint64_t mac = 0;

	memcpy(&mac, w->dp->port[hand->port].mac, 6);
	ethernet_put(&hand->pkt, mac, nobody);
}

// To the kernel's mirror, which wants an Ethernet header: the one it came with, or a new one.
static void punt_host(struct worker *w, struct burst *b, unsigned int i)
{
	struct hand hand = hand_of(b, i);

	hand.port = b->out[i];
	if (b->origin[i] == FROM_PORT)
		pkt_push(&hand.pkt, ETH_HEAD);
	else
		from_nobody(w, &hand);
	punt(w, &hand, DP_CLASS_HOST);
}

// The answer to a ping of the control core, or of the kernel: then it goes on to the mirror.
static void punt_echo(struct worker *w, struct burst *b, unsigned int i)
{
	struct hand hand = hand_of(b, i);

	hand.port = b->out[i];
	hand.id = b->child[i]->tunnel->id;
	from_nobody(w, &hand);
	punt(w, &hand, DP_CLASS_ECHO);
}

// A packet for a tunnel's own device, or one that waits for a tunnel's SA.
static void punt_tunnel(struct worker *w, struct burst *b, unsigned int i)
{
	struct hand hand = hand_of(b, i);

	hand.id = ((const struct dp_tunnel *)b->to[i])->id;
	punt(w, &hand, DP_CLASS_HOST);
}

// A packet for the inside whose next hop's MAC is not known: the control core finds the hop again.
static void punt_await(struct worker *w, struct burst *b, unsigned int i)
{
	struct hand hand = hand_of(b, i);

	punt(w, &hand, DP_CLASS_HOST);
}

static void to_owner(struct worker *w, struct burst *b, unsigned int i)
{
	struct hand hand = hand_of(b, i);

	// What came in on an outside port can only be ESP here.
	hand.gate = b->origin[i] == FROM_PORT && w->dp->port[b->port[i]].role == DP_OUTSIDE
			    ? GATE_INWARD
			    : GATE_OUTWARD;
	hand_over(w, b->owner[i], &hand);
}

static void to_forward(struct worker *w, struct burst *b, unsigned int i)
{
	struct burst *again = &w->again[GATE_FORWARD];
	unsigned int row;

	if (again->n == BURST)
		pipeline_run(w, again, GATE_FORWARD);
	row = burst_copy(again, b, i);
	again->passes[row] = b->verdict[i];
}

static void to_outward(struct worker *w, struct burst *b, unsigned int i)
{
	struct burst *again = &w->again[GATE_OUTWARD];
	unsigned int row;

	if (again->n == BURST) {
		drop(w, &b->pkt[i], V_AGAIN_FULL);
		return;
	}
	row = burst_copy(again, b, i);
	again->origin[row] = FROM_HUB;
	again->flags[row] = 0;
}

// The kernel's own frame, with the Ethernet header that the kernel gave it.
static void to_tx(struct worker *w, struct burst *b, unsigned int i)
{
	struct pkt *pkt = &b->pkt[i];

	if (b->origin[i] != FROM_KERNEL) {
		struct pkt_pool *pool = &w->dp->pool->face;

		pool->put(pool, pkt, 1);
		return;
	}
	pkt_push(pkt, ETH_HEAD);
	tx_frame(w, b->port[i], pkt);
}

// Where packets go on; all other verdicts end here.
static void (*const onward[VERDICTS])(struct worker *, struct burst *, unsigned int) = {
	[V_FORWARD] = to_forward,
	[V_BYPASS] = to_forward,
	[V_DIRECT] = to_tx,
	[V_HANDED] = to_owner,
	[V_HUB] = to_outward,
	[V_IKE] = punt_ike,
	[V_IKE_NEW] = punt_ike,
	[V_IKE_FRAGMENT] = punt_ike,
	[V_HOST] = punt_host,
	[V_ECHO] = punt_echo,
	[V_TUN] = punt_tunnel,
	[V_ACQUIRE] = punt_tunnel,
	[V_AWAIT] = punt_await,
};

void dispose(struct worker *w, struct burst *b)
{
	for (unsigned int i = b->n; i < b->all; i++) {
		uint8_t verdict = b->verdict[i];

		if (!onward[verdict]) {
			drop(w, &b->pkt[i], verdict);
			continue;
		}
		// What is sent in clear counts when it has been sent.
		if (onward[verdict] != to_forward)
			stat_add(&w->count[verdict], 1);
		onward[verdict](w, b, i);
	}
}

void dispose_flush(struct worker *w)
{
	for (unsigned int to = 0; to < w->dp->n_workers; to++) {
		if (w->out[to].n)
			hands_flush(w, to);
	}
}
