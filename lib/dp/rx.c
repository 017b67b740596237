#include <errno.h>
#include <string.h>

#include "dp/classify.h"
#include "dp/stage.h"
#include "net/icmp.h"
#include "net/ip.h"

// Ports of this worker fill bursts with l3 at the Ethernet header.

static uint16_t ethertype(const uint8_t *eth)
{
	return be16_get(eth + 12);
}

static bool mac_eq(const uint8_t *a, const uint8_t *b)
{
	return !memcmp(a, b, 6);
}

// RFC 4861: what must reach the kernel although its destination is multicast.
static bool is_nd(const uint8_t *l3, uint32_t len)
{
	return len >= IP6_HEAD + 4 && l3[0] >> 4 == 6 && l3[6] == IP_ICMP6 && l3[7] == 255 &&
	       l3[IP6_HEAD] >= 133 && l3[IP6_HEAD] <= 137;
}

// Finish a TCP or UDP checksum that its sender left to hardware: the field then holds the folded
// sum of the pseudo header. When a finished one happens to be the same, finishing it again gives
// the same value.
static void csum_finish(struct pkt *pkt)
{
	uint32_t sum;
	uint8_t *l4, *field;
	struct ip_info ip;
	size_t len;

	if (ip_read(pkt->l3, pkt->len, false, &ip) || ip.fragment)
		return;
	if (ip.proto != IP_TCP && ip.proto != IP_UDP)
		return;
	l4 = pkt->l3 + ip.head_len;
	len = ip.total_len - ip.head_len;
	field = l4 + (ip.proto == IP_TCP ? 16 : 6);
	if (field + 2 > l4 + len)
		return;
	sum = ip.proto + (uint32_t)len;
	sum = csum_add(sum, ip.src.b, addr_len(&ip.src));
	sum = csum_add(sum, ip.dst.b, addr_len(&ip.dst));
	if ((be16_get(field) ^ csum_fold(sum)) != UINT16_MAX)
		return;
	be16_put(field, 0);
	be16_put(field, l4_csum(&ip.src, &ip.dst, ip.proto, l4, len));
}

// Take the Ethernet header off. returns the verdict of what is not IP for us.
static uint8_t ethernet(struct worker *w, struct burst *b, unsigned int i)
{
	struct dp_port *port = &w->dp->port[b->port[i]];
	struct pkt *pkt = &b->pkt[i];
	const uint8_t *eth = pkt->l3;
	uint16_t type;

	b->origin[i] = FROM_PORT;
	b->out[i] = b->port[i];
	if (pkt->len < ETH_HEAD)
		return V_MALFORMED;
	type = ethertype(eth);
	pkt_pull(pkt, ETH_HEAD);
	if (__builtin_expect(!mac_eq(eth, port->mac), 0)) {
		if (!(eth[0] & 1))
			return V_NOT_OURS;
		if (type == ETHERTYPE_ARP || (type == ETHERTYPE_V6 && is_nd(pkt->l3, pkt->len)))
			return V_HOST;
		return type == ETHERTYPE_V4 || type == ETHERTYPE_V6 ? V_NOT_UNICAST : V_ETHERTYPE;
	}
	if (type != ETHERTYPE_V4 && type != ETHERTYPE_V6)
		return type == ETHERTYPE_ARP ? V_HOST : V_ETHERTYPE;
	if (!pkt->len || pkt->l3[0] >> 4 != (type == ETHERTYPE_V4 ? 4 : 6))
		return V_MALFORMED;
	if (port->csum_unfinished)
		csum_finish(pkt);
	return V_GO;
}

void rx_inside(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++)
		burst_stop(b, i, ethernet(w, b, i));
}

// An IKE message of an SA that we know goes before strangers' (RFC 7296 s3.1: both SPIs first).
static uint8_t ike_class(struct worker *w, const uint8_t *msg, uint32_t len)
{
	uint64_t spi[2];

	if (len < 28)
		return V_MALFORMED;
	spi[0] = (uint64_t)be32_get(msg) << 32 | be32_get(msg + 4);
	spi[1] = (uint64_t)be32_get(msg + 8) << 32 | be32_get(msg + 12);
	return ikespi_has(&w->dp->ikespi, spi[0]) || ikespi_has(&w->dp->ikespi, spi[1]) ? V_IKE
											: V_IKE_NEW;
}

// RFC 3948 s2: behind UDP 4500 stands a keepalive, the non-ESP marker and IKE, or ESP.
static uint8_t natt(
	struct worker *w, struct burst *b, unsigned int i, const uint8_t *udp, uint32_t len)
{
	const uint8_t *data = udp + UDP_HEAD;

	if (len < UDP_HEAD || be16_get(udp + 4) != len)
		return V_MALFORMED;
	len -= UDP_HEAD;
	if (len == 1 && data[0] == 0xff)
		return V_KEEPALIVE;
	if (len < 4)
		return V_MALFORMED;
	if (!be32_get(data))
		return ike_class(w, data + 4, len - 4);
	b->l4[i] = (uint16_t)(data - b->pkt[i].l3);
	return V_GO;
}

// "Too big" about our ESP is heard here, within a rate; the control core validates it. Other errors
// must not narrow the path: a peer whose socket is full says "protocol unreachable".
static uint8_t icmp_heard(struct worker *w, const struct pkt *pkt)
{
	struct icmp_quote quote;

	if (icmp_quote_read(pkt->l3, pkt->len, &quote) || !quote.spi || !quote.too_big)
		return V_HOST;
	if (!bucket_take(&w->heard, w->now))
		return V_ICMP_POLICED;
	note(w, &(struct note){.type = DP_PMTU,
			.spi = quote.spi,
			.mtu = quote.mtu,
			.from = {quote.dst, quote.dst_port}});
	return V_PMTU;
}

static uint8_t to_gateway(
	struct worker *w, struct burst *b, unsigned int i, const struct ip_info *ip)
{
	struct pkt *pkt = &b->pkt[i];
	uint8_t *l4 = pkt->l3 + ip->head_len;
	uint32_t len = ip->total_len - ip->head_len;

	if (ip->fragment && ip->proto != IP_UDP)
		return ip->proto == IP_ESP ? V_ESP_FRAGMENT : V_HOST;
	if (ip->fragment)
		return V_IKE_FRAGMENT;
	switch (ip->proto) {
	case IP_ESP:
		b->l4[i] = ip->head_len;
		return V_GO;
	case IP_UDP:
		if (len >= UDP_HEAD && be16_get(l4 + 2) == NATT_PORT)
			return natt(w, b, i, l4, len);
		if (len >= UDP_HEAD && be16_get(l4 + 2) == IKE_PORT)
			return ike_class(w, l4 + UDP_HEAD, len - UDP_HEAD);
		return V_HOST;
	case IP_ICMP:
	case IP_ICMP6:
		return icmp_heard(w, pkt);
	default:
		return V_HOST;
	}
}

// A clear packet from outside that is not for us: in only by an explicit bypass.
static uint8_t clear(struct worker *w, struct burst *b, unsigned int i, const struct flow *flow,
	const struct ip_info *ip)
{
	const struct view *view = w->view;
	const struct spd_rule *rule = view->spd->bypasses ? spd_arriving(view->spd, flow) : NULL;
	const struct dest *dest;

	if (!rule || rule->action != DP_BYPASS)
		return V_CLEAR_FROM_OUTSIDE;
	if (!addr_is_unicast(&ip->src) || fib_find(view->own, &ip->src))
		return V_MARTIAN;
	dest = fib_find(view->routes, &ip->dst);
	if (!dest || dest->type != DP_NEXT_PORT)
		return V_CLEAR_FROM_OUTSIDE;
	b->out[i] = dest->port;
	b->to[i] = dest->gateway ? dest->gateway : neigh_find(view->neighs, dest->port, &ip->dst);
	if (!b->to[i]) {
		note_neigh(w, dest->port, &ip->dst);
		return V_NEIGH;
	}
	return V_BYPASS;
}

// All but plain IPv4 ESP, looked at closely.
static uint8_t outside(struct worker *w, struct burst *b, unsigned int i)
{
	struct pkt *pkt = &b->pkt[i];
	const struct dest *own;
	struct ip_info ip;
	struct flow flow;
	int err = flow_read(pkt->l3, pkt->len, &flow, &ip);

	if (err)
		return err == -EBADMSG ? V_CHECKSUM : V_MALFORMED;
	pkt_trim(pkt, (uint16_t)(pkt->len - ip.total_len));
	own = fib_find(w->view->own, &ip.dst);
	// A gateway address is taken on the port that has it, and nowhere else.
	if (!own || own->port != b->port[i])
		return clear(w, b, i, &flow, &ip);
	if (!addr_is_unicast(&ip.src) || fib_find(w->view->own, &ip.src))
		return V_MARTIAN;
	return to_gateway(w, b, i, &ip);
}

// Plain ESP, raw or in UDP: whether its address is ours, the SAD knows.
static bool is_plain_esp(struct burst *b, unsigned int i)
{
	struct pkt *pkt = &b->pkt[i];
	const uint8_t *h = pkt->l3;
	uint32_t total;

	if (pkt->len < IP4_HEAD + UDP_HEAD || h[0] != 0x45 ||
		(be16_get(h + 6) & (IP4_MF | IP4_OFFSET)))
		return false;
	total = be16_get(h + 2);
	if (h[9] != IP_ESP || total > pkt->len || total < IP4_HEAD + ESP_HEAD || !ip4_csum_ok(h))
		return false;
	pkt_trim(pkt, (uint16_t)(pkt->len - total));
	b->l4[i] = IP4_HEAD;
	return true;
}

void rx_outside(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++) {
		uint8_t verdict = ethernet(w, b, i);

		if (verdict == V_GO && !is_plain_esp(b, i))
			verdict = outside(w, b, i);
		burst_stop(b, i, verdict);
	}
}
