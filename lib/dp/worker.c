#include "dp/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <unistd.h>
#include <rte_cycles.h>
#include <rte_pause.h>

#include "dp/stage.h"
#include "dp/tracing.h"

enum {
	ICMP_PPS = 1000,
	ASK_PPS = 100,
	HEARD_PPS = 100,
	UNKNOWN_PPS = 4,
	TRACE_RECORDS = 4096,
	NOTES = 1024
};
enum { NAP_AFTER = 64, NAP_NS = 20000 };

// The queues of each port that this worker polls: queue q belongs to worker q modulo their number.
static int rx_queues(struct dp *dp, struct worker *w)
{
	w->rx = calloc(DP_PORTS * DP_WORKERS, sizeof(w->rx[0]));
	if (!w->rx)
		return -ENOMEM;
	for (unsigned int p = 0; p < dp->n_ports; p++) {
		for (uint16_t q = w->id; q < dp->port[p].rx_queues; q += (uint16_t)dp->n_workers)
			w->rx[w->n_rx++] = (struct rx_queue){(uint8_t)p, q};
	}
	return 0;
}

// With fewer transmit queues than workers, those without one hand their frames to one that has.
static int tx_queues(struct dp *dp, struct worker *w)
{
	for (unsigned int p = 0; p < dp->n_ports; p++) {
		uint16_t queues = dp->port[p].tx_queues;
		struct tx_queue *q = calloc(1, sizeof(*q));

		if (!q)
			return -ENOMEM;
		q->queue = w->id % queues;
		q->hand_to = w->id < queues ? -1 : (int16_t)(w->id % queues);
		w->tx[p] = q;
	}
	return 0;
}

static int rings(struct dp *dp, struct worker *w)
{
	bool ok = true;

	for (unsigned int i = 0; i < dp->n_workers; i++) {
		if (i != w->id)
			ok &= !!(w->from[i] = ring_new(dp->ring, sizeof(struct hand)));
	}
	for (unsigned int i = 0; i < DP_CLASSES; i++)
		ok &= !!(w->punt[i] = ring_new(dp->ring, sizeof(struct hand)));
	ok &= !!(w->from_control = ring_new(dp->ring, sizeof(struct hand)));
	ok &= !!(w->notes = ring_new(NOTES, sizeof(struct note)));
	ok &= !!(w->trace = ring_new(TRACE_RECORDS, sizeof(struct trace_record)));
	return ok ? 0 : -ENOMEM;
}

static int lanes(struct dp *dp, struct worker *w)
{
	int err = 0;

	for (unsigned int d = 0; d < dp->n_drivers && !err; d++)
		err = dp->driver[d]->lane_open(BURST, &w->lane[d]);
	return err;
}

static unsigned int share(const struct dp *dp, unsigned int pps)
{
	return pps / dp->n_workers ? pps / dp->n_workers : 1;
}

// Flows come in no order: without huge pages each would need a page table entry of its own.
static struct flow_entry *flows_alloc(size_t size)
{
	enum { HUGE_PAGE = 2 << 20 };
	void *p = aligned_alloc(size % HUGE_PAGE ? 128 : HUGE_PAGE, size);

	// Not every kernel gives them; small pages are slower, not wrong.
	if (p && !(size % HUGE_PAGE))
		(void)madvise(p, size, MADV_HUGEPAGE);
	return p;
}

int worker_new(struct dp *dp, unsigned int id, struct worker **result)
{
	struct worker *w = aligned_alloc(64, (sizeof(*w) + 63) / 64 * 64);
	size_t flows = 2; // a set
	int err;

	if (!w)
		return -ENOMEM;
	memset(w, 0, sizeof(*w));
	w->dp = dp;
	w->id = (uint16_t)id;
	for (unsigned int i = 0; i < DP_CLASSES * DP_PORTS; i++) {
		const struct dp_rate *rate = &dp->punt_rate[i / DP_PORTS];

		w->police[i / DP_PORTS][i % DP_PORTS] = bucket_of(
			share(dp, rate->pps), share(dp, rate->burst));
	}
	w->icmp = bucket_of(share(dp, ICMP_PPS), 0);
	w->ask = bucket_of(share(dp, ASK_PPS), 0);
	w->heard = bucket_of(share(dp, HEARD_PPS), 0);
	w->unknown = bucket_of(share(dp, UNKNOWN_PPS), 0);
	while (flows < dp->flows)
		flows *= 2;
	w->flow_mask = (uint32_t)flows - 1;
	w->flow = flows_alloc(flows * sizeof(w->flow[0]));
	err = w->flow ? 0 : -ENOMEM;
	if (!err) {
		// Generation 0 is never published: an entry of zeros answers nothing.
		memset(w->flow, 0, flows * sizeof(w->flow[0]));
		err = rx_queues(dp, w);
	}
	err = err ? err : tx_queues(dp, w);
	err = err ? err : rings(dp, w);
	err = err ? err : lanes(dp, w);
	if (err)
		worker_free(w);
	else
		*result = w;
	return err;
}

static void hands_free(struct worker *w, struct rte_ring *ring)
{
	struct pkt_pool *pool = &w->dp->pool->face;
	struct hand hand;

	while (ring && hand_take(ring, &hand, 1))
		pool->put(pool, &hand.pkt, 1);
	ring_free(ring);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	for (unsigned int d = 0; d < DP_DRIVERS; d++) {
		if (w->lane[d])
			w->dp->driver[d]->lane_close(w->lane[d]);
	}
	for (unsigned int i = 0; i < DP_WORKERS; i++)
		hands_free(w, w->from[i]);
	for (unsigned int i = 0; i < DP_CLASSES; i++)
		hands_free(w, w->punt[i]);
	hands_free(w, w->from_control);
	ring_free(w->notes);
	ring_free(w->trace);
	for (unsigned int p = 0; p < DP_PORTS; p++)
		free(w->tx[p]);
	free(w->rx);
	free(w->flow);
	free(w);
}

static unsigned int receive(struct worker *w, const struct rx_queue *q)
{
	const struct dp_port *port = &w->dp->port[q->port];
	struct burst *b = &w->burst;
	unsigned int n = port->driver->rx(port->port, q->queue, b->pkt, w->dp->burst);

	if (!n)
		return 0;
	b->n = b->all = n;
	for (unsigned int i = 0; i < n; i++) {
		// The next lines that the stages read: the packet's start.
		__builtin_prefetch(b->pkt[i].l3);
		b->flags[i] = 0;
		b->port[i] = q->port;
		b->id[i] = 0;
		b->trace[i] = 0;
	}
	if (__builtin_expect(
		    atomic_load_explicit(&w->dp->trace_left, memory_order_relaxed) || w->tracing,
		    0))
		tracing_mark(w, b);
	pipeline_rx(w, b, port->role);
	return n;
}

static void enter(struct worker *w, const struct hand *hand)
{
	struct burst *b = &w->burst;
	unsigned int i = burst_add(b, &hand->pkt);

	b->origin[i] = hand->origin;
	b->port[i] = b->out[i] = hand->port;
	b->id[i] = hand->id;
	b->l4[i] = hand->l4;
	b->trace[i] = hand->trace;
	w->tracing |= hand->trace != 0;
}

// Packets from another core: runs of the same gate go through together, in order.
static unsigned int take(struct worker *w, struct rte_ring *ring)
{
	struct hand hand[BURST];
	unsigned int n = hand_take(ring, hand, BURST);

	for (unsigned int i = 0; i < n; i++) {
		if (hand[i].gate == GATE_TX) {
			tx_frame(w, hand[i].port, &hand[i].pkt);
			continue;
		}
		__builtin_prefetch(hand[i].pkt.l3);
		enter(w, &hand[i]);
		if (i + 1 == n || hand[i + 1].gate != hand[i].gate)
			pipeline_run(w, &w->burst, (enum gate)hand[i].gate);
	}
	return n;
}

// The control core may sleep: whoever finds the flag set clears it and wakes it. The fence stands
// between what was queued and the flag, as its counterpart in dp_poll does the other way round.
static void wake_control(struct worker *w)
{
	static const uint64_t one = 1;

	w->woke = false;
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&w->dp->asleep, memory_order_relaxed) ||
		!atomic_exchange_explicit(&w->dp->asleep, false, memory_order_relaxed))
		return;
	// The counter of an eventfd is full only when it is readable anyway.
	if (write(w->dp->wake, &one, sizeof(one)) < 0)
		return;
}

unsigned int worker_turn(struct worker *w, mono_us_t now)
{
	struct dp *dp = w->dp;
	unsigned int n = 0, handed = 0;

	w->now = now;
	// The generation first: a decision made from newer tables is then forgotten too early,
	// never too late.
	w->generation = atomic_load_explicit(&dp->generation, memory_order_acquire);
	w->view = atomic_load_explicit(&dp->view, memory_order_acquire);
	for (unsigned int i = 0; i < dp->n_workers; i++) {
		if (w->from[i])
			handed += take(w, w->from[i]);
	}
	n += take(w, w->from_control);
	for (unsigned int i = 0; i < w->n_rx; i++)
		n += receive(w, &w->rx[i]);
	tx_flush(w);
	dispose_flush(w);
	if (__builtin_expect(w->woke, 0))
		wake_control(w);
	reclaim_pass(&dp->reclaim, w->id);
	stat_add(&w->turns, 1);
	stat_add(&w->packets, n + handed);
	stat_add(&w->handed, handed);
	return n + handed;
}

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
}

int worker_loop(void *arg)
{
	struct worker *w = arg;
	struct dp *dp = w->dp;
	// Microseconds from cycles by multiplication: us = tsc * scale >> 32.
	uint64_t scale = (UINT64_C(1000000) << 32) / rte_get_tsc_hz();
	unsigned int idle = 0;

	while (!atomic_load_explicit(&dp->stop, memory_order_relaxed)) {
		uint64_t start = rte_rdtsc();
		__extension__ unsigned __int128 us = (unsigned __int128)start * scale >> 32;

		if (worker_turn(w, (mono_us_t)us)) {
			idle = 0;
			stat_add(&w->busy_turns, 1);
			stat_add(&w->busy_cycles, rte_rdtsc() - start);
			continue;
		}
		if (dp->idle == DP_IDLE_SLEEP && ++idle > NAP_AFTER)
			nap();
		else
			rte_pause();
	}
	return 0;
}
