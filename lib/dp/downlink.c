#include "dp/downlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dp/ethernet.h"
#include "dp/told.h"
#include "dp/uplink.h"
#include "dp/worker.h"
#include "net/ip.h"

enum {
	DATAGRAM = 8192,
	HELD_MAX = 256, // packets that wait, so that a sweep or a flood cannot eat the memory
	TCP_AT_FLAGS = 13,
	TCP_SYN = 0x02,
};

// Bytes into a packet of the pool. returns 0, -ENOBUFS or -EMSGSIZE
static int fill(struct dp *dp, const uint8_t *b, size_t len, struct pkt *pkt)
{
	struct pkt_pool *pool = &dp->pool->face;

	if (pool->get(pool, pkt, 1) != 1)
		return -ENOBUFS;
	if (len + POOL_TAIL > pkt->tail) {
		pool->put(pool, pkt, 1);
		return -EMSGSIZE;
	}
	memcpy(pkt->l3, b, len);
	pkt_put(pkt, (uint16_t)len);
	return 0;
}

// Give a packet to a worker; it is taken or freed. returns 0 or -ENOBUFS
static int hand_down(struct dp *dp, unsigned int worker, const struct hand *hand)
{
	struct pkt_pool *pool = &dp->pool->face;
	struct pkt pkt = hand->pkt;

	if (hand_put(dp->worker[worker]->from_control, hand, 1) == 1)
		return 0;
	pool->put(pool, &pkt, 1);
	return -ENOBUFS;
}

static unsigned int worker_of(const struct dp *dp, unsigned int port)
{
	return port % dp->n_workers;
}

static int send_frame(struct dp *dp, unsigned int port, const struct pkt *pkt)
{
	return hand_down(dp, worker_of(dp, port),
		&(struct hand){.pkt = *pkt, .gate = GATE_TX, .port = (uint8_t)port});
}

static int send_whole(struct dp *dp, struct neigh *neigh, const uint8_t *ip, size_t len)
{
	struct pkt pkt;
	int err = fill(dp, ip, len, &pkt);

	if (err)
		return err;
	ethernet_put(&pkt, neigh_mac(neigh), dp->port[neigh->port].mac);
	return send_frame(dp, neigh->port, &pkt);
}

// RFC 791 s3.2: pieces of a datagram of ours, whose header has no options.
static int send_pieces(
	struct dp *dp, struct neigh *neigh, const uint8_t *ip, size_t len, uint16_t mtu)
{
	uint8_t piece[DATAGRAM];
	size_t step = (size_t)(mtu - IP4_HEAD) & ~(size_t)7;
	int err = 0;

	for (size_t at = 0; at < len - IP4_HEAD && !err; at += step) {
		size_t left = len - IP4_HEAD - at, n = left < step ? left : step;

		memcpy(piece, ip, IP4_HEAD);
		memcpy(piece + IP4_HEAD, ip + IP4_HEAD + at, n);
		be16_put(piece + 2, (uint16_t)(IP4_HEAD + n));
		be16_put(piece + 6, (uint16_t)(at / 8 | (left > n ? IP4_MF : 0)));
		ip4_csum_set(piece, IP4_HEAD);
		err = send_whole(dp, neigh, piece, IP4_HEAD + n);
	}
	return err;
}

// Send an IP datagram of our own to a neighbour, in fragments when it must be; kept while the MAC
// is not known. returns 0, -EMSGSIZE or -ENOBUFS
static int send_ip(struct dp *dp, struct neigh *neigh, const uint8_t *ip, size_t len)
{
	uint16_t mtu = dp->port[neigh->port].mtu;
	uint8_t *copy;

	if (!neigh_mac(neigh)) {
		if (!neigh->held && dp->n_held >= HELD_MAX)
			return -ENOBUFS;
		copy = malloc(len);
		if (!copy)
			return -ENOBUFS;
		memcpy(copy, ip, len);
		neigh->refs += !neigh->held;
		dp->n_held += !neigh->held;
		free(neigh->held);
		neigh->held = copy;
		neigh->held_len = len;
		uplink_event(
			dp, &(struct dp_event){
				    .type = DP_NEIGH, .port = neigh->port, .addr = neigh->addr});
		return 0;
	}
	if (len <= mtu)
		return send_whole(dp, neigh, ip, len);
	if (ip[0] >> 4 != 4)
		return -EMSGSIZE;
	return send_pieces(dp, neigh, ip, len, mtu);
}

static bool is_syn(const struct ip_info *ip, const uint8_t *l3)
{
	return ip->proto == IP_TCP && ip->first &&
	       ip->total_len > ip->head_len + (uint32_t)TCP_AT_FLAGS &&
	       l3[ip->head_len + TCP_AT_FLAGS] & TCP_SYN;
}

// The route may have changed since the worker looked: whatever it is now must lead inside.
static int await(struct dp *dp, struct pkt *pkt, uint8_t origin)
{
	const struct view *view = atomic_load_explicit(&dp->view, memory_order_relaxed);
	const struct dest *dest;
	struct neigh *neigh;
	struct ip_info ip;
	int err;

	if (ip_read(pkt->l3, pkt->len, false, &ip))
		return -EINVAL;
	dest = fib_find(view->routes, &ip.dst);
	if (!dest || dest->type != DP_NEXT_PORT || dp->port[dest->port].role != DP_INSIDE ||
		ip.total_len > dp->port[dest->port].mtu || is_syn(&ip, pkt->l3))
		return -EHOSTUNREACH;
	neigh = told_neigh_get(dp, dest->port, dest->gateway ? &dest->gateway->addr : &ip.dst);
	if (!neigh)
		return -ENOMEM;
	if (origin != FROM_KERNEL && !ip_ttl_dec(pkt->l3))
		err = -EHOSTUNREACH;
	else
		err = send_ip(dp, neigh, pkt->l3, ip.total_len);
	told_neigh_put(dp, neigh);
	return err;
}

void downlink_await(struct dp *dp, struct pkt *pkt, uint8_t origin)
{
	dp->count[V_NEIGH] += await(dp, pkt, origin) != 0;
}

void downlink_drop(struct dp *dp, struct neigh *neigh)
{
	if (!neigh->held)
		return;
	free(neigh->held);
	neigh->held = NULL;
	dp->n_held--;
	dp->count[V_NEIGH]++;
	told_neigh_put(dp, neigh);
}

void downlink_release(struct dp *dp, struct neigh *neigh)
{
	uint8_t *held = neigh->held;

	if (!held)
		return;
	neigh->held = NULL;
	dp->n_held--;
	// A message that finds no room now is lost as on the way: its sender repeats it.
	dp->count[V_NO_BUFFER] += send_ip(dp, neigh, held, neigh->held_len) != 0;
	free(held);
	told_neigh_put(dp, neigh);
}

void downlink_held(struct dp_tunnel *tunnel)
{
	struct held held = tunnel->held;
	struct dp *dp = tunnel->dp;
	struct pkt pkt;

	tunnel->held = (struct held){};
	if (!held.b)
		return;
	if (fill(dp, held.b, held.len, &pkt) || hand_down(dp, tunnel->owner,
							&(struct hand){.pkt = pkt,
								.gate = GATE_OUTWARD,
								.origin = held.origin,
								.port = held.port,
								.id = held.id}))
		dp->count[V_NO_BUFFER]++;
	free(held.b);
}

static size_t ip_head(uint8_t *b, const struct endpoint *local, const struct endpoint *remote,
	size_t data, uint16_t id)
{
	bool v4 = local->addr.family == ADDR_V4;

	memset(b, 0, IP6_HEAD);
	if (v4) {
		b[0] = 0x45;
		be16_put(b + 2, (uint16_t)(IP4_HEAD + data));
		be16_put(b + 4, id);
		b[8] = 64;
		b[9] = IP_UDP;
		memcpy(b + 12, local->addr.b, 4);
		memcpy(b + 16, remote->addr.b, 4);
		ip4_csum_set(b, IP4_HEAD);
		return IP4_HEAD;
	}
	b[0] = 0x60;
	be16_put(b + 4, (uint16_t)data);
	b[6] = IP_UDP;
	b[7] = 64;
	memcpy(b + 8, local->addr.b, 16);
	memcpy(b + 24, remote->addr.b, 16);
	return IP6_HEAD;
}

int dp_send_ike(struct dp *dp, unsigned int port, const struct addr *next_hop,
	const struct endpoint *local, const struct endpoint *remote, bool marker,
	const uint8_t *msg, size_t len)
{
	size_t data = UDP_HEAD + (marker ? 4 : 0) + len, head;
	uint8_t b[DATAGRAM], *udp;
	struct neigh *neigh;
	int err;

	if (port >= dp->n_ports || local->addr.family != remote->addr.family)
		return -EINVAL;
	if (IP6_HEAD + data > sizeof(b))
		return -EMSGSIZE;
	head = ip_head(b, local, remote, data, ++dp->ip_id);
	udp = b + head;
	be16_put(udp, local->port);
	be16_put(udp + 2, remote->port);
	be16_put(udp + 4, (uint16_t)data);
	be16_put(udp + 6, 0);
	if (marker)
		be32_put(udp + UDP_HEAD, 0);
	memcpy(udp + data - len, msg, len);
	be16_put(udp + 6, l4_csum(&local->addr, &remote->addr, IP_UDP, udp, data));
	neigh = told_neigh_get(dp, port, next_hop);
	if (!neigh)
		return -ENOBUFS;
	err = send_ip(dp, neigh, b, head + data);
	told_neigh_put(dp, neigh);
	return err;
}

static bool is_nd(const uint8_t *frame, size_t len)
{
	const uint8_t *l3 = frame + ETH_HEAD;

	return len > ETH_HEAD + IP6_HEAD && be16_get(frame + 12) == ETHERTYPE_V6 &&
	       l3[6] == IP_ICMP6 && l3[7] == 255 && l3[IP6_HEAD] >= 133 && l3[IP6_HEAD] <= 137;
}

int dp_from_kernel(struct dp *dp, unsigned int port, const uint8_t *frame, size_t len)
{
	struct hand hand = {.gate = GATE_OUTWARD, .origin = FROM_KERNEL, .port = (uint8_t)port};
	uint16_t type;
	int err;

	if (port >= dp->n_ports || len <= ETH_HEAD)
		return -EINVAL;
	type = be16_get(frame + 12);
	if (type != ETHERTYPE_V4 && type != ETHERTYPE_V6 && type != ETHERTYPE_ARP)
		return 0; // what we do not speak stays in the kernel
	err = fill(dp, frame, len, &hand.pkt);
	if (err)
		return err;
	if (type == ETHERTYPE_ARP || is_nd(frame, len))
		return send_frame(dp, port, &hand.pkt);
	pkt_pull(&hand.pkt, ETH_HEAD);
	return hand_down(dp, worker_of(dp, port), &hand);
}

int dp_from_tun(struct dp_tunnel *tunnel, const uint8_t *packet, size_t len)
{
	struct hand hand = {.gate = GATE_OUTWARD, .origin = FROM_TUN, .id = tunnel->id};
	int err = fill(tunnel->dp, packet, len, &hand.pkt);

	return err ? err : hand_down(tunnel->dp, tunnel->owner, &hand);
}
