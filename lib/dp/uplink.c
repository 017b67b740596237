#include "dp/uplink.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dp/children.h"
#include "dp/downlink.h"
#include "dp/ethernet.h"
#include "dp/reasm.h"
#include "dp/tunnels.h"
#include "dp/worker.h"
#include "net/ip.h"

enum { HELD_S = 5 }; // a packet that waits for an SA is not given up for another

// What one dp_poll is about.
struct delivery {
	struct dp *dp;
	const struct dp_sink *sink;
	void *ctx;
	mono_us_t now;
	unsigned int left[DP_CLASSES]; // of the budget
};

static void wake_self(struct dp *dp)
{
	static const uint64_t one = 1;

	// The counter of an eventfd is full only when it is readable anyway.
	if (write(dp->wake, &one, sizeof(one)) < 0)
		return;
}

bool uplink_event(struct dp *dp, const struct dp_event *event)
{
	if (dp->n_events == DP_EVENTS)
		return false;
	dp->event[dp->n_events++] = *event;
	wake_self(dp);
	return true;
}

static void forget(struct dp *dp, const struct dp_child *child, const struct dp_tunnel *tunnel)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < dp->n_events; i++) {
		const struct dp_event *e = &dp->event[i];

		if ((child && e->child == child) || (tunnel && e->tunnel == tunnel))
			continue;
		dp->event[n++] = *e;
	}
	dp->n_events = n;
}

void uplink_forget(struct dp *dp, const struct dp_child *child)
{
	forget(dp, child, NULL);
}

void uplink_forget_tunnel(struct dp *dp, const struct dp_tunnel *tunnel)
{
	forget(dp, NULL, tunnel);
}

// The first packet waits; what has waited in vain makes room for a later one.
static void hold(struct held *held, const struct hand *hand, mono_us_t now)
{
	uint8_t *copy;

	if (held->b && now < held->at + MONO_S(HELD_S))
		return;
	copy = malloc(hand->pkt.len);
	if (!copy)
		return;
	memcpy(copy, hand->pkt.l3, hand->pkt.len);
	free(held->b);
	*held = (struct held){copy, hand->pkt.len, hand->origin, hand->port, hand->id, now};
}

static void acquire(struct delivery *d, const struct hand *hand)
{
	struct dp_tunnel *tunnel = dp_tunnel_by_id(d->dp, hand->id);

	if (!tunnel)
		return;
	hold(&tunnel->held, hand, d->now);
	// It may have got its SA while the packet was on its way here.
	if (children_take_held(tunnel))
		downlink_held(tunnel);
	else
		d->sink->event(d->ctx, &(struct dp_event){.type = DP_ACQUIRE, .tunnel = tunnel});
}

// A UDP datagram to a gateway address: IKE, or something else that came in fragments.
static void udp(struct delivery *d, unsigned int port, uint8_t *l3, size_t len)
{
	struct endpoint local, remote;
	struct ip_info ip;
	uint8_t *msg;
	size_t msg_len;
	bool marker;

	if (ip_read(l3, len, true, &ip) || ip.proto != IP_UDP ||
		ip.total_len - ip.head_len < UDP_HEAD)
		return;
	msg = l3 + ip.head_len;
	ip_ports(&ip, msg, UDP_HEAD, &remote.port, &local.port);
	local.addr = ip.dst;
	remote.addr = ip.src;
	msg_len = be16_get(msg + 4);
	if (msg_len < UDP_HEAD || msg_len > ip.total_len - ip.head_len)
		return;
	msg += UDP_HEAD;
	msg_len -= UDP_HEAD;
	marker = local.port == NATT_PORT;
	if (marker && (msg_len < 4 || be32_get(msg))) {
		d->dp->count[V_ESP_FRAGMENT]++; // no worker lets whole ones through to here
		return;
	}
	if (local.port != IKE_PORT && !marker) {
		struct pkt frame = {.l3 = l3, .len = (uint32_t)len, .head = ETH_HEAD};
		uint64_t mac = 0;

		memcpy(&mac, d->dp->port[port].mac, 6);
		ethernet_put(&frame, mac, d->dp->port[port].mac);
		d->sink->host(d->ctx, port, frame.l3, frame.len);
		return;
	}
	d->sink->ike(d->ctx, port, &local, &remote, marker, msg + 4 * marker, msg_len - 4 * marker);
}

// Answers that nobody here has asked for take their share of what is for the kernel.
static void echo(struct delivery *d, struct hand *hand)
{
	struct dp_tunnel *tunnel = dp_tunnel_by_id(d->dp, hand->id);
	const struct pkt *frame = &hand->pkt;

	if (tunnel && d->sink->echo &&
		d->sink->echo(d->ctx, tunnel, frame->l3 + ETH_HEAD, frame->len - ETH_HEAD))
		return;
	if (d->left[DP_CLASS_HOST]) {
		d->left[DP_CLASS_HOST]--;
		d->sink->host(d->ctx, hand->port, frame->l3, frame->len);
	} else {
		d->dp->count[V_POLICED + DP_CLASS_HOST]++;
	}
}

static void deliver(struct delivery *d, struct hand *hand)
{
	struct dp_tunnel *tunnel;
	uint8_t *whole;
	size_t len;
	bool bad;

	switch ((enum verdict)hand->gate) {
	case V_IKE_FRAGMENT:
		whole = reasm_add(d->dp->reasm, hand->pkt.l3, hand->pkt.len, d->now, &len, &bad);
		d->dp->count[V_REASSEMBLY] += bad;
		if (whole)
			udp(d, hand->port, whole, len);
		break;
	case V_HOST:
		d->sink->host(d->ctx, hand->port, hand->pkt.l3, hand->pkt.len);
		break;
	case V_ECHO:
		echo(d, hand);
		break;
	case V_TUN:
		tunnel = dp_tunnel_by_id(d->dp, hand->id);
		if (tunnel)
			d->sink->tun(d->ctx, tunnel, hand->pkt.l3, hand->pkt.len);
		break;
	case V_ACQUIRE:
		acquire(d, hand);
		break;
	case V_AWAIT:
		downlink_await(d->dp, &hand->pkt, hand->origin);
		break;
	default:
		udp(d, hand->port, hand->pkt.l3, hand->pkt.len);
	}
}

// One packet of the first class that has any and may, from the workers in turn. returns false when
// there is none.
static bool next(struct delivery *d)
{
	struct dp *dp = d->dp;
	struct pkt_pool *pool = &dp->pool->face;
	struct hand hand;

	for (unsigned int cls = 0; cls < DP_CLASSES; cls++) {
		for (unsigned int i = 0; d->left[cls] && i < dp->n_workers; i++) {
			if (++dp->next_worker >= dp->n_workers)
				dp->next_worker = 0;
			if (!hand_take(dp->worker[dp->next_worker]->punt[cls], &hand, 1))
				continue;
			d->left[cls]--;
			deliver(d, &hand);
			pool->put(pool, &hand.pkt, 1);
			return true;
		}
	}
	return false;
}

static void path_mtu(struct delivery *d, const struct note *n)
{
	struct dp_child *child = tunnels_quoted(d->dp, n->spi, &n->from.addr);
	struct dp_event event = {.type = DP_PMTU};

	if (!child || !tunnels_path_mtu(child->tunnel, n->mtu, d->now))
		return;
	event.tunnel = child->tunnel;
	event.mtu = dp_tunnel_path_mtu(child->tunnel);
	d->sink->event(d->ctx, &event);
}

static void neighbour(struct delivery *d, const struct note *n)
{
	struct neigh *neigh = neigh_lookup(&d->dp->neighs, n->port, &n->from.addr);

	// Asked for once per tick; learned meanwhile: nothing to do.
	if (neigh && (neigh->asked || neigh_mac(neigh)))
		return;
	if (neigh)
		neigh->asked = 1;
	d->sink->event(d->ctx,
		&(struct dp_event){.type = DP_NEIGH, .port = n->port, .addr = n->from.addr});
}

static void nat_moved(struct delivery *d, const struct note *n)
{
	struct dp_child *child = tunnels_child(d->dp, n->id);

	if (child)
		d->sink->event(d->ctx, &(struct dp_event){.type = DP_NAT_MOVED,
					       .tunnel = child->tunnel,
					       .child = child,
					       .from = n->from});
}

static void unknown_spi(struct delivery *d, const struct note *n)
{
	d->sink->event(d->ctx,
		&(struct dp_event){
			.type = DP_UNKNOWN_SPI, .from = n->from, .addr = n->local, .spi = n->spi});
}

static unsigned int notes(struct delivery *d)
{
	static void (*const heard[])(struct delivery *, const struct note *) = {
		[DP_PMTU] = path_mtu,
		[DP_NEIGH] = neighbour,
		[DP_NAT_MOVED] = nat_moved,
		[DP_UNKNOWN_SPI] = unknown_spi,
	};
	unsigned int n = 0;
	struct note note;

	for (unsigned int w = 0; w < d->dp->n_workers; w++) {
		struct rte_ring *ring = d->dp->worker[w]->notes;

		for (; !rte_ring_sc_dequeue_elem(ring, &note, sizeof(note)); n++)
			heard[note.type](d, &note);
	}
	return n;
}

static void events(struct delivery *d)
{
	struct dp *dp = d->dp;

	while (dp->n_events) {
		struct dp_event event = dp->event[0];

		memmove(dp->event, dp->event + 1, --dp->n_events * sizeof(event));
		d->sink->event(d->ctx, &event);
	}
}

// left: of each class, for which it is asked; NULL: for all.
static bool is_waiting(const struct dp *dp, const unsigned int *left)
{
	for (unsigned int w = 0; w < dp->n_workers; w++) {
		if (!rte_ring_empty(dp->worker[w]->notes))
			return true;
		for (unsigned int cls = 0; cls < DP_CLASSES; cls++) {
			if ((!left || left[cls]) && !rte_ring_empty(dp->worker[w]->punt[cls]))
				return true;
		}
	}
	return false;
}

int dp_fd(const struct dp *dp)
{
	return dp->wake;
}

unsigned int dp_poll(struct dp *dp, const struct dp_sink *sink, void *ctx,
	const unsigned int budget[DP_CLASSES], mono_us_t now)
{
	struct delivery d = {.dp = dp, .sink = sink, .ctx = ctx, .now = now};
	unsigned int n = 0;
	uint64_t drained;

	for (unsigned int cls = 0; cls < DP_CLASSES; cls++)
		d.left[cls] = budget ? budget[cls] : UINT_MAX;
	dp->now = now;
	if (read(dp->wake, &drained, sizeof(drained)) < 0)
		drained = 0; // nobody woke us: looking does no harm
	do {
		atomic_store_explicit(&dp->asleep, false, memory_order_relaxed);
		notes(&d);
		events(&d);
		while (next(&d))
			n++;
		// From here on workers wake us. What they queued before, they did not.
		atomic_store_explicit(&dp->asleep, true, memory_order_relaxed);
		atomic_thread_fence(memory_order_seq_cst);
	} while (is_waiting(dp, d.left));
	if (is_waiting(dp, NULL))
		wake_self(dp);
	return n;
}
