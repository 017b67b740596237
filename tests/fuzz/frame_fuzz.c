// Frames at the ports of a gateway, packets out of its peer's SAs, and what its kernel sends,
// through the whole pipeline. The sentences of docs/packet.md, "What may pass", must hold for each
// frame that leaves, whatever came.
//
// Input: see frame_op.h.
#include "fuzz/frame_op.h"
#include "fuzz/frame_world.h"

enum { OPS = FED, FED_IN = 1 << IN, FED_OUT = 1 << OUT | 1 << OUT2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

// What may leave

static bool has_run(enum frame_kind kind)
{
	return gw.kinds >> kind & 1;
}

static bool peer_has_spoken(void)
{
	return has_run(FRAME_INNER) || has_run(FRAME_TEXT);
}

static bool kernel_has_spoken(void)
{
	return has_run(FRAME_KERNEL) || has_run(FRAME_TUN);
}

static bool is_claimed(const struct addr *dst)
{
	return cidr_has(&gw.claimed[0], dst) || cidr_has(&gw.claimed[1], dst) ||
	       cidr_has(&gw.claimed[2], dst) || cidr_has(&gw.claimed6, dst);
}

// In clear by policy, and somebody has sent such a packet.
static bool is_cleared(unsigned int from, const struct addr *in, const struct addr *out)
{
	return (gw.fed_ports & from || kernel_has_spoken()) && cidr_has(&gw.clear_inside, in) &&
	       cidr_has(&gw.clear_outside, out);
}

// ESP of this SA: the peer must take it and find a packet within the selectors.
static bool is_esp(unsigned int i, const uint8_t *l3, const struct ip_info *ip)
{
	const struct esp_sa *sa = gw.peer_in[i];
	struct ip_info inner;
	struct crypto_op op;
	struct flow flow;
	struct parcel p;
	uint64_t seq;

	if (!gw.child[i] || ip->proto != (i == UDP ? IP_UDP : IP_ESP) ||
		!addr_eq(&ip->src, &gw.own[OUT]) ||
		!addr_eq(&ip->dst, &dp_child_out(gw.child[i])->outer_dst.addr) ||
		ip->total_len < sa->head || be32_get(l3 + sa->outer_len) != sa->spi ||
		(i == UDP && be16_get(l3 + IP4_HEAD) != NATT_PORT))
		return false;
	parcel_of(&p, l3, ip->total_len);
	if (esp_decap(sa, &p.pkt, sa->outer_len, &seq, &op))
		goto not_ours;
	toy_run(&op);
	if (esp_decap_finish(sa, &p.pkt, seq, &op))
		goto not_ours;
	must(seq > gw.seq[i]);
	gw.seq[i] = seq;
	must(!flow_read(p.pkt.l3, p.pkt.len, &flow, &inner));
	return esp_sa_passes(dp_child_out(gw.child[i]), &flow);

not_ours:
	// The kernel and the control core may send what looks like it from the port's own address.
	must(has_run(FRAME_KERNEL) || has_run(FRAME_IKE));
	return false;
}

static bool may_leave_outside(unsigned int port, const uint8_t *l3, const struct ip_info *ip)
{
	for (unsigned int i = 0; i < CHILDREN && port == OUT; i++) {
		if (is_esp(i, l3, ip))
			return true;
	}
	if (port == OUT && is_cleared(FED_IN, &ip->src, &ip->dst))
		return true;
	return (has_run(FRAME_KERNEL) || has_run(FRAME_IKE)) && addr_eq(&ip->src, &gw.own[port]) &&
	       !is_claimed(&ip->dst);
}

// Out of an SA whose selectors hold it.
static bool is_decrypted(const uint8_t *l3, const struct ip_info *ip)
{
	bool passes = false;
	struct ip_info again;
	struct flow flow;

	must(!flow_read(l3, ip->total_len, &flow, &again));
	for (unsigned int i = 0; i < CHILDREN && peer_has_spoken(); i++)
		passes |= gw.child[i] && esp_sa_passes(dp_child_in(gw.child[i]), &flow);
	return passes;
}

static bool may_leave_inside(const uint8_t *l3, const struct ip_info *ip)
{
	bool from_inside = cidr_has(&gw.inside, &ip->src) || cidr_has(&gw.inside6, &ip->src);

	if (addr_eq(&ip->src, &gw.own[IN]) || addr_eq(&ip->src, &gw.own6))
		return ip->proto == IP_ICMP || ip->proto == IP_ICMP6 || kernel_has_spoken();
	if (kernel_has_spoken() || is_cleared(FED_OUT, &ip->dst, &ip->src))
		return true;
	if (from_inside && gw.fed_ports & FED_IN)
		return true;
	return is_decrypted(l3, ip);
}

static bool is_nd(const uint8_t *frame, size_t len)
{
	const uint8_t *l3 = frame + ETH_HEAD;

	return len > ETH_HEAD + IP6_HEAD && be16_get(frame + 12) == ETHERTYPE_V6 &&
	       l3[6] == IP_ICMP6 && l3[7] == 255 && l3[IP6_HEAD] >= 133 && l3[IP6_HEAD] <= 137;
}

static void left(unsigned int port, const struct pkt *frame)
{
	const uint8_t *l3 = frame->l3 + ETH_HEAD;
	size_t len = frame->len - ETH_HEAD;
	struct ip_info ip;

	must(frame->len > ETH_HEAD);
	// Address resolution is the kernel's.
	if (has_run(FRAME_KERNEL) &&
		(be16_get(frame->l3 + 12) == ETHERTYPE_ARP || is_nd(frame->l3, frame->len)))
		return;
	must(!ip_read(l3, len, true, &ip) && ip.total_len == len);
	must(len <= 1500 || has_run(FRAME_KERNEL));
	must(port == IN ? may_leave_inside(l3, &ip) : may_leave_outside(port, l3, &ip));
}

// What may go up

static volatile uint8_t sink;

static void touch(const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sink = b[i];
}

static void heard_event(void *, const struct dp_event *event)
{
	if (event->type == DP_NEIGH)
		gw.asked = *event;
	if (event->type == DP_NAT_MOVED)
		gw.moved = *event;
}

static void heard_ike(void *, unsigned int port, const struct endpoint *local,
	const struct endpoint *remote, bool marker, const uint8_t *msg, size_t len)
{
	must(port != IN && addr_eq(&local->addr, &gw.own[port]) && addr_is_unicast(&remote->addr));
	must(marker == (local->port == NATT_PORT));
	touch(msg, len);
}

// To the kernel goes what is addressed to it, on the port that has the address.
static void heard_host(void *, unsigned int port, const uint8_t *frame, size_t len)
{
	struct ip_info ip;
	bool ours;

	touch(frame, len);
	must(len >= ETH_HEAD);
	if (be16_get(frame + 12) == ETHERTYPE_ARP || (frame[0] & 1))
		return;
	must(!ip_read(frame + ETH_HEAD, len - ETH_HEAD, false, &ip));
	ours = addr_eq(&ip.dst, &gw.own[port]);
	if (port == IN)
		ours |= addr_eq(&ip.dst, &gw.own[OUT]) || addr_eq(&ip.dst, &gw.own[OUT2]) ||
			addr_eq(&ip.dst, &gw.own6);
	must(ours);
}

// Out of an SA alone, and addressed to us. Half of them are the kernel's.
static bool heard_echo(void *, struct dp_tunnel *tunnel, const uint8_t *packet, size_t len)
{
	struct ip_info ip;

	must(tunnel && peer_has_spoken());
	touch(packet, len);
	must(!ip_read(packet, len, false, &ip) && (ip.proto == IP_ICMP || ip.proto == IP_ICMP6));
	must(is_decrypted(packet, &ip));
	return len & 1;
}

static void heard_tun(void *, struct dp_tunnel *tunnel, const uint8_t *packet, size_t len)
{
	must(tunnel == gw.tunnel[0] &&
		(peer_has_spoken() || kernel_has_spoken() || gw.fed_ports & FED_IN));
	touch(packet, len);
}

static void heard_trace(void *, const struct dp_trace *entry)
{
	touch((const uint8_t *)entry->packet_text, strlen(entry->packet_text));
}

static void run(void)
{
	static const struct dp_sink to = {.event = heard_event,
		.ike = heard_ike,
		.host = heard_host,
		.echo = heard_echo,
		.tun = heard_tun};
	struct dp *dp = gw.world.dp;
	unsigned int n;

	do {
		n = 0;
		for (unsigned int i = 0; i < WORKERS; i++)
			n += dp_worker_turn(dp, i, gw.world.now);
		// Nobody has woken the control core: nothing waits for it.
		if (!atomic_load(&dp->asleep) || dp->n_events)
			n += dp_poll(dp, &to, NULL, 0, gw.world.now);
	} while (n);
}

// Operations

struct op {
	enum frame_kind kind;
	uint8_t how;
	struct rd bytes;
};

// Length and header checksum, as a sender makes them.
static void put_right(const struct op *op, uint8_t *l3, size_t len)
{
	size_t head = len ? (l3[0] & 15) * 4u : 0;

	if (op->how & FRAME_AS_IS || len < IP4_HEAD || l3[0] >> 4 != 4 || head < IP4_HEAD ||
		head > len)
		return;
	be16_put(l3 + 2, (uint16_t)len);
	ip4_csum_set(l3, head);
}

static void arrive(
	const struct op *op, unsigned int port, const uint8_t *eth, const uint8_t *b, size_t len)
{
	unsigned int queue = op->how & FRAME_QUEUE ? 1 : 0;
	size_t head = eth ? ETH_HEAD : 0;
	struct pkt pkt = packet_new(head + len + (op->how & FRAME_TIGHT ? 0 : POOL_TAIL));

	pkt_put(&pkt, (uint16_t)(head + len));
	if (eth)
		memcpy(pkt.l3, eth, ETH_HEAD);
	if (len)
		memcpy(pkt.l3 + head, b, len);
	ports[port].fed[queue].pkt[ports[port].fed[queue].n++] = pkt;
	gw.entered++;
}

static void arrive_ip(const struct op *op, unsigned int port, const uint8_t *b, size_t len)
{
	uint8_t eth[ETH_HEAD];

	dp_port_mac(gw.world.dp, port, eth);
	memcpy(eth + 6, host_mac, 6);
	be16_put(eth + 12, len && b[0] >> 4 == 6 ? ETHERTYPE_V6 : ETHERTYPE_V4);
	arrive(op, port, eth, b, len);
}

static unsigned int port_of(const struct op *op)
{
	return (op->how & FRAME_PORT) % WORLD_PORTS;
}

static void op_ethernet(const struct op *op)
{
	gw.fed_ports |= 1u << port_of(op);
	arrive(op, port_of(op), NULL, op->bytes.p, rd_left(&op->bytes));
}

static void op_ip(const struct op *op)
{
	uint8_t b[DATA_MAX];
	size_t len = rd_left(&op->bytes);

	memcpy(b, op->bytes.p, len);
	put_right(op, b, len);
	gw.fed_ports |= 1u << port_of(op);
	arrive_ip(op, port_of(op), b, len);
}

// RFC 4303 s2, RFC 4106 s3-5: a text in the peer's SA, right but for what it says.
static void wrap(const struct op *op, const uint8_t *text, size_t len)
{
	const struct esp_sa *sa = gw.peer_out[op->how & FRAME_UDP ? UDP : 0];
	size_t total = sa->head + len + sa->icv_len;
	uint8_t b[DATA_MAX + 128], *esp = b + sa->outer_len;
	uint64_t seq = sa->live->seq += op->how & FRAME_REPLAY ? 0 : 1;
	struct crypto_op crypt = {.key = sa->key, .aad_len = 8};

	memcpy(b, sa->outer, sa->outer_len + 4u);
	be16_put(b + 2, (uint16_t)total);
	b[1] = op->how & FRAME_TIGHT ? 3 : 0; // congestion was met
	ip4_csum_set(b, IP4_HEAD);
	if (sa->udp)
		be16_put(esp - 4, (uint16_t)(total - IP4_HEAD));
	be32_put(esp + 4, (uint32_t)seq);
	be32_put(esp + 8, 0);
	be32_put(esp + 12, (uint32_t)seq);
	memcpy(crypt.iv, &sa->salt, 4);
	memcpy(crypt.iv + 4, esp + 8, 8);
	crypt.iv[15] = 1;
	memcpy(crypt.aad, esp, 8);
	memcpy(esp + 16, text, len);
	crypt.data = esp + 16;
	crypt.len = (uint32_t)len;
	crypt.tag = crypt.data + len;
	toy_run(&crypt);
	// A peer that has moved behind a NAT.
	if (sa->udp && op->how & FRAME_PORT) {
		be16_put(b + IP4_HEAD, 1024);
		b[15] ^= 1;
		ip4_csum_set(b, IP4_HEAD);
	}
	arrive_ip(op, OUT, b, total);
}

static void op_inner(const struct op *op)
{
	uint8_t b[DATA_MAX + 32];
	size_t len = rd_left(&op->bytes);
	uint8_t pad = (uint8_t)(-(len + 2) & 3);

	memcpy(b, op->bytes.p, len);
	put_right(op, b, len);
	for (uint8_t i = 0; i < pad; i++)
		b[len + i] = (uint8_t)(i + 1);
	b[len + pad] = pad;
	b[len + pad + 1u] = len && b[0] >> 4 == 6 ? IP_IPV6 : IP_IPIP;
	wrap(op, b, len + pad + 2);
}

static void op_text(const struct op *op)
{
	wrap(op, op->bytes.p, rd_left(&op->bytes));
}

static void op_kernel(const struct op *op)
{
	const uint8_t *b = op->bytes.p;
	size_t len = rd_left(&op->bytes);
	uint16_t type = len > ETH_HEAD ? be16_get(b + 12) : 0;
	int err = dp_from_kernel(gw.world.dp, port_of(op), b, len);

	must(!err || err == -EINVAL || err == -EMSGSIZE);
	gw.entered += !err && (type == ETHERTYPE_V4 || type == ETHERTYPE_V6) && !is_nd(b, len);
}

static void op_tun(const struct op *op)
{
	int err = dp_from_tun(gw.tunnel[0], op->bytes.p, rd_left(&op->bytes));

	must(!err || err == -EMSGSIZE);
	gw.entered += !err;
}

static void op_ike(const struct op *op)
{
	struct endpoint local = {gw.own[OUT], op->how & FRAME_UDP ? 4500 : 500};
	struct endpoint remote = {gw.peer, local.port};
	int err = dp_send_ike(gw.world.dp, OUT, &gw.hop, &local, &remote, op->how & FRAME_UDP,
		op->bytes.p, rd_left(&op->bytes));

	must(!err);
}

static void wait_for(mono_us_t time)
{
	gw.world.now += time;
	dp_tick(gw.world.dp, gw.world.now);
}

static void answer(const uint8_t *mac)
{
	if (gw.asked.addr.family)
		must(!dp_neigh_set(gw.world.dp, gw.asked.port, &gw.asked.addr, mac));
}

static void move(void)
{
	const struct endpoint local = {gw.own[OUT], 4500};

	if (gw.moved.child)
		must(!dp_child_move(gw.moved.child, &local, &gw.moved.from, true));
	gw.moved.child = NULL;
}

// Another one stands in for it meanwhile; two of one SPI cannot be.
static void renew(void)
{
	struct dp_child *meanwhile, *twin;

	must(child_add(UDP, 0x1001 + UDP, &twin) == -EEXIST);
	must(!child_add(UDP, 0x1101, &meanwhile));
	must(!dp_child_use(meanwhile, gw.child[UDP]));
	child_del(UDP);
	child_new(UDP);
	dp_child_del(meanwhile);
	gw.seq[UDP] = 0;
	gw.moved.child = NULL;
}

static void op_events(const struct op *op)
{
	struct world *w = &gw.world;

	for (size_t i = 0; i < rd_left(&op->bytes) && i < 16; i++) {
		switch ((enum frame_event)(op->bytes.p[i] % FRAME_EVENTS_KNOWN)) {
		case FRAME_WAIT:
			wait_for(MONO_MS(10));
			break;
		case FRAME_WAIT_LONG:
			wait_for(MONO_S(11));
			break;
		case FRAME_TRACE:
			dp_trace_start(w->dp, 4);
			break;
		case FRAME_FORGET_HOST:
			must(!dp_neigh_set(w->dp, IN, &gw.host, NULL));
			break;
		case FRAME_FORGET_HOP:
			must(!dp_neigh_set(w->dp, OUT, &gw.hop, NULL));
			break;
		case FRAME_ANSWER:
			answer(gw.asked.port == OUT ? hop_mac : host_mac);
			break;
		case FRAME_SILENCE:
			answer(NULL);
			break;
		case FRAME_MOVE:
			move();
			break;
		case FRAME_RENEW:
			renew();
			break;
		case FRAME_TRAPPED:
			if (!gw.child[TRAP])
				child_new(TRAP);
			break;
		case FRAME_FULL:
			ports_full = true;
			break;
		case FRAME_EVENTS_KNOWN:
			break;
		}
	}
	must(!dp_commit(w->dp));
}

// One input

static void (*const ops[FRAME_KINDS])(const struct op *) = {
	[FRAME_ETHERNET] = op_ethernet,
	[FRAME_IP] = op_ip,
	[FRAME_INNER] = op_inner,
	[FRAME_TEXT] = op_text,
	[FRAME_KERNEL] = op_kernel,
	[FRAME_TUN] = op_tun,
	[FRAME_IKE] = op_ike,
	[FRAME_EVENTS] = op_events,
};

// Verdicts of the workers since the last time.
static void count(uint64_t since[VERDICTS])
{
	for (unsigned int v = 0; v < VERDICTS; v++) {
		uint64_t now = 0;

		for (unsigned int i = 0; i < WORKERS; i++)
			now += gw.world.dp->worker[i]->count[v];
		since[v] = now - gw.count[v];
		gw.count[v] = now;
	}
}

// Each packet that entered has left by one verdict. What goes through twice is counted twice;
// errors and fragments are packets that we have made, and what waited for an SA enters again.
static void account(void)
{
	uint64_t n[VERDICTS], sum = 0;
	bool more;

	count(n);
	for (unsigned int v = 0; v < VERDICTS; v++)
		sum += n[v];
	sum -= n[V_HANDED] + n[V_HUB] + n[V_TX_FULL];
	more = n[V_FRAGMENTED] || n[V_TTL] || n[V_TOO_BIG] || n[V_ACQUIRE];
	must(more ? sum >= gw.entered : sum == gw.entered);
}

static bool is_known_from_birth(const struct neigh *neigh)
{
	return !memcmp(neigh->addr.b, gw.host.b, 16) || !memcmp(neigh->addr.b, gw.host6.b, 16) ||
	       !memcmp(neigh->addr.b, gw.hop.b, 16);
}

// Nobody waits for a neighbour, and none is known that was not at first.
static void neighbours_reset(void)
{
	struct dp *dp = gw.world.dp;
	struct neigh *neigh, *next;
	struct addr addr;

	for (neigh = TAILQ_FIRST(&dp->neighs); neigh; neigh = next) {
		next = TAILQ_NEXT(neigh, entry);
		addr = neigh->addr;
		if (neigh->held || (neigh_mac(neigh) && !is_known_from_birth(neigh)))
			must(!dp_neigh_set(dp, neigh->port, &addr, NULL));
	}
	must(!dp_neigh_set(dp, IN, &gw.host, host_mac) && !dp_neigh_set(dp, OUT, &gw.hop, hop_mac));
}

// The gateway as it was before the input: no packet is left, nothing is remembered.
static void begin_again(void)
{
	struct dp *dp = gw.world.dp;
	const struct endpoint local = {gw.own[OUT], 4500};

	if (gw.child[TRAP])
		child_del(TRAP);
	free(gw.tunnel[TRAP]->held.b);
	gw.tunnel[TRAP]->held = (struct held){};
	ports_full = false;
	neighbours_reset();
	gw.moved.child = NULL;
	if (!addr_eq(
		    &dp_child_in(gw.child[UDP])->outer_src.addr, &gw.peer_out[UDP]->outer_src.addr))
		must(!dp_child_move(gw.child[UDP], &local, &gw.peer_out[UDP]->outer_src, true));
	must(!dp_commit(dp));
	dp_trace_start(dp, 0);
	wait_for(MONO_S(700)); // learned path MTUs are old, policed rates are full, fragments gone
	run();
	must(!packets_out && !dp->n_held);
	for (unsigned int i = 0; i < CHILDREN; i++) {
		gw.seq[i] = 0;
		esp_live_rewind(gw.peer_out[i]->live, 0);
		if (i == TRAP)
			continue;
		esp_live_rewind(dp_child_in(gw.child[i])->live, 0);
		esp_live_rewind(dp_child_out(gw.child[i])->live, 0);
	}
	dp_changed(dp);
	gw.asked = gw.moved = (struct dp_event){};
	gw.kinds = gw.fed_ports = 0;
	gw.entered = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);

	if (!gw.world.dp)
		gateway_open();
	for (unsigned int i = 0; i < OPS && rd_left(&rd); i++) {
		struct op op = {.kind = rd_u8(&rd) % FRAME_KINDS, .how = rd_u8(&rd)};
		size_t take = rd_u16(&rd);

		if (rd.bad)
			break;
		take = take < rd_left(&rd) ? take : rd_left(&rd);
		op.bytes = rd_sub(&rd, take < DATA_MAX ? take : DATA_MAX);
		gw.kinds |= 1u << op.kind;
		ops[op.kind](&op);
		if (!(op.how & FRAME_STAY))
			run();
	}
	run();
	dp_trace_read(gw.world.dp, heard_trace, NULL);
	account();
	begin_again();
	return 0;
}
