// A gateway between two ports in memory, with hosts, a next hop and a peer around it.
//
//   host 10.1.0.2 -- [in 10.1.0.1  gateway  192.0.2.1 out] -- 192.0.2.254 -- peer 198.51.100.9
//                                                                             10.2.0.0/16
//
// Workers are turned by the test; the crypto back end is the toy of the codec's tests.
#pragma once

#include "dp/dp.h"
#include "drv/port_mem.h"
#include "esp/decap.h"
#include "esp/encap.h"
#include "net/ip.h"
#include "unit/dp/eal.h"
#include "unit/esp/toy.h"

enum { IN, OUT, OUT2, WORLD_PORTS = 3 };

struct crypto_lane {
	int unused;
};

static int lane_open(unsigned int, struct crypto_lane **lane)
{
	*lane = calloc(1, sizeof(**lane));
	return *lane ? 0 : -ENOMEM;
}

static void lane_close(struct crypto_lane *lane)
{
	free(lane);
}

static unsigned int toy_submit(struct crypto_lane *, struct crypto_op *op[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		toy_run(op[i]);
	return n;
}

static const struct crypto_driver toy_lanes = {
	.name = "toy",
	.can = toy_can,
	.key_new = toy_key_new,
	.key_free = toy_key_free,
	.lane_open = lane_open,
	.lane_close = lane_close,
	.submit = toy_submit,
	.immediate = true,
};

static const uint8_t host_mac[6] = {2, 1, 1, 1, 1, 1}, hop_mac[6] = {2, 9, 9, 9, 9, 9};
static const uint8_t world_key[36] = {3, 1, 4, 1, 5, 9};
static const struct suite world_suite = {.encr = &alg_table[ALG_AES128_GCM16]};

enum { WORLD_IKE_NEW_BURST = 200 }; // shared by the workers

struct world {
	struct dp *dp;
	struct port *port[WORLD_PORTS];
	struct dp_conn *conn;
	struct dp_tunnel *tunnel;
	struct dp_child *child;
	struct esp_sa *peer_in, *peer_out; // the other end's SAs of child
	unsigned int workers;
	mono_us_t now;
	uint64_t soft_packets, hard_packets, hard_bytes; // of children made from now on

	// what dp_poll has brought
	unsigned int ikes, hosts, tuns, events, echoes;
	bool takes_echoes;
	struct dp_tunnel *echo_from;
	struct dp_event event;
	uint8_t last[2048];
	size_t last_len;
	bool marker;
	struct endpoint local, remote;
};

static inline struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_read(text, &a), 0);
	return a;
}

static inline struct cidr net(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return c;
}

static inline struct selector sel(const char *text)
{
	struct cidr c = net(text);

	return selector_of_cidr(&c);
}

static inline void route(struct world *w, const char *dst, struct dp_next next)
{
	struct cidr c = net(dst);

	assert_int_equal(dp_route_set(w->dp, &c, &next), 0);
}

static inline void neighbour(
	struct world *w, unsigned int port, const char *text, const uint8_t *mac)
{
	struct addr a = at(text);

	assert_int_equal(dp_neigh_set(w->dp, port, &a, mac), 0);
}

static inline void address(struct world *w, unsigned int port, const char *text)
{
	struct addr a = at(text);

	assert_int_equal(dp_addr_set(w->dp, port, &a, true), 0);
}

static inline struct dp_tunnel_conf world_tunnel(struct world *w)
{
	return (struct dp_tunnel_conf){.name = "t1",
		.conn = w->conn,
		.port = OUT,
		.next_hop = at("192.0.2.254"),
		.clamp_mss = true};
}

// A child with these selectors and SPIs 0x1000 + n (in) and 0x2000 + n (out), and its other end.
static inline struct dp_child *world_child(struct world *w, struct dp_tunnel *tunnel, uint32_t n,
	const char *local, const char *remote, bool udp, struct esp_sa **peer_in,
	struct esp_sa **peer_out)
{
	struct selector l = sel(local), r = sel(remote);
	struct dp_child_conf conf = {
		.suite = &world_suite,
		.driver = &toy_lanes,
		.spi_in = 0x1000 + n,
		.spi_out = 0x2000 + n,
		.encr_in = world_key,
		.encr_out = world_key,
		.local = {at("192.0.2.1"), 4500},
		.remote = {at("198.51.100.9"), 4500},
		.udp = udp,
		.local_ts = &l,
		.n_local_ts = 1,
		.remote_ts = &r,
		.n_remote_ts = 1,
		.window = 64,
		.dscp = ESP_DSCP_COPY,
		.soft_packets = w->soft_packets,
		.hard_packets = w->hard_packets,
		.hard_bytes = w->hard_bytes,
	};
	struct esp_params p = {
		.suite = &world_suite,
		.driver = &toy,
		.encr = world_key,
		.udp = udp,
		.src = conf.local,
		.dst = conf.remote,
		.dscp = ESP_DSCP_COPY,
		.window = 64,
		.dir = CRYPTO_DECRYPT,
		.spi = conf.spi_out,
	};
	struct dp_child *child;

	assert_int_equal(dp_child_add(tunnel, &conf, &child, NULL), 0);
	assert_int_equal(esp_sa_new(&p, peer_in, NULL), 0);
	p.src = conf.remote;
	p.dst = conf.local;
	p.dir = CRYPTO_ENCRYPT;
	p.spi = conf.spi_in;
	assert_int_equal(esp_sa_new(&p, peer_out, NULL), 0);
	return child;
}

static inline void world_tables(struct world *w)
{
	address(w, IN, "10.1.0.1");
	address(w, OUT, "192.0.2.1");
	address(w, OUT2, "203.0.113.1");
	neighbour(w, IN, "10.1.0.2", host_mac);
	neighbour(w, OUT, "192.0.2.254", hop_mac);
	route(w, "10.1.0.0/16", (struct dp_next){.type = DP_NEXT_PORT, .port = IN});
	route(w, "0.0.0.0/0",
		(struct dp_next){.type = DP_NEXT_PORT, .port = OUT, .gateway = at("192.0.2.254")});
	route(w, "10.2.0.0/16", (struct dp_next){.type = DP_NEXT_CONN, .conn = w->conn});
	assert_int_equal(dp_commit(w->dp), 0);
}

static inline struct world *world_open(unsigned int workers, const char *outside)
{
	static const struct crypto_driver *const drivers[] = {&toy_lanes, NULL};
	struct dp_port_conf port[WORLD_PORTS] = {
		{.name = "in", .device = "in", .role = DP_INSIDE},
		{.name = "out", .device = outside, .role = DP_OUTSIDE},
		{.name = "out2", .device = "out2", .role = DP_OUTSIDE},
	};
	struct dp_conf conf = {.port = port,
		.n_ports = WORLD_PORTS,
		.n_workers = workers,
		.crypto = drivers,
		.packets = 4095,
		.flows = 256,
		.sas = 64,
		.ike_sas = 16,
		.ring = 256,
		.punt = {[DP_CLASS_IKE_NEW] = {.pps = 2000, .burst = WORLD_IKE_NEW_BURST}}};
	struct world *w = calloc(1, sizeof(*w));

	w->workers = workers;
	w->now = MONO_S(100);
	for (unsigned int i = 0; i < WORLD_PORTS; i++) {
		port[i].driver = &port_mem;
		port[i].mtu = 1500;
	}
	assert_int_equal(dp_new(&conf, &w->dp, NULL), 0);
	for (unsigned int i = 0; i < WORLD_PORTS; i++)
		w->port[i] = port_mem_find(port[i].device);
	assert_int_equal(dp_start(w->dp, NULL), 0);
	assert_int_equal(dp_conn_new(w->dp, "c1", NULL, &w->conn), 0);
	world_tables(w);
	return w;
}

// With a tunnel that is up: selectors 10.1/16 and 10.2/16.
static inline struct world *world_new(unsigned int workers)
{
	struct world *w = world_open(workers, "out");
	struct dp_tunnel_conf conf = world_tunnel(w);

	assert_int_equal(dp_tunnel_new(w->dp, &conf, &w->tunnel), 0);
	w->child = world_child(
		w, w->tunnel, 1, "10.1.0.0/16", "10.2.0.0/16", false, &w->peer_in, &w->peer_out);
	assert_int_equal(dp_child_use(w->child, NULL), 0);
	dp_conn_switch(w->conn, w->tunnel);
	return w;
}

static inline void world_free(struct world *w)
{
	dp_stop(w->dp);
	dp_free(w->dp);
	esp_sa_free(w->peer_in);
	esp_sa_free(w->peer_out);
	free(w);
}

static inline int world_up(void **state)
{
	*state = world_new(1);
	return 0;
}

static inline int world_down(void **state)
{
	world_free(*state);
	return 0;
}

// A packet in the making, with room for everything before and behind.
struct parcel {
	struct pkt pkt;
	uint8_t b[4096];
};

static inline void parcel_of(struct parcel *p, const uint8_t *data, size_t len)
{
	if (len)
		memmove(p->b + 256, data, len);
	p->pkt = (struct pkt){.l3 = p->b + 256,
		.len = (uint32_t)len,
		.head = 256,
		.tail = (uint16_t)(sizeof(p->b) - 256 - len)};
}

struct ip_spec {
	const char *src, *dst;
	uint8_t proto; // 0: UDP
	uint16_t sport, dport;
	uint16_t len; // of the IP packet; 0: 64
	bool df;
	uint16_t fragment; // flags and offset
	uint8_t ttl;	   // 0: 64
};

// An IPv4 packet whose payload counts upwards; the first four bytes of it are the ports.
static inline void ip_make(struct parcel *p, struct ip_spec s)
{
	struct addr src = at(s.src), dst = at(s.dst);
	uint8_t b[2048];

	s.len = s.len ? s.len : 64;
	for (unsigned int i = 0; i < s.len; i++)
		b[i] = (uint8_t)i;
	memset(b, 0, 20);
	b[0] = 0x45;
	be16_put(b + 2, s.len);
	be16_put(b + 4, 77);
	be16_put(b + 6, s.fragment | (s.df ? IP4_DF : 0));
	b[8] = s.ttl ? s.ttl : 64;
	b[9] = s.proto ? s.proto : IP_UDP;
	memcpy(b + 12, src.b, 4);
	memcpy(b + 16, dst.b, 4);
	ip4_csum_set(b, 20);
	be16_put(b + 20, s.sport);
	be16_put(b + 22, s.dport);
	if (b[9] == IP_UDP) {
		be16_put(b + 24, (uint16_t)(s.len - 20));
		be16_put(b + 26, 0);
	}
	parcel_of(p, b, s.len);
}

// Put an Ethernet header before a packet and feed it to a port.
static inline void feed_to(
	struct world *w, unsigned int port, uint16_t queue, const struct parcel *p)
{
	uint8_t frame[4200];

	dp_port_mac(w->dp, port, frame);
	memcpy(frame + 6, host_mac, 6);
	be16_put(frame + 12, p->pkt.l3[0] >> 4 == 6 ? ETHERTYPE_V6 : ETHERTYPE_V4);
	memcpy(frame + 14, p->pkt.l3, p->pkt.len);
	assert_int_equal(port_mem_feed(w->port[port], queue, frame, p->pkt.len + 14), 0);
}

static inline void feed(struct world *w, unsigned int port, const struct parcel *p)
{
	feed_to(w, port, 0, p);
}

static inline void feed_ip(struct world *w, unsigned int port, struct ip_spec s)
{
	struct parcel p;

	ip_make(&p, s);
	feed(w, port, &p);
}

// The peer encrypts a packet.
static inline void peer_wrap(struct esp_sa *sa, struct parcel *p)
{
	struct crypto_op op;
	uint64_t seq;

	assert_int_equal(esp_seq_take(sa, 1, &seq), 1);
	assert_int_equal(esp_encap(sa, seq, &p->pkt, &op), ESP_PASS);
	toy_run(&op);
}

// Each worker takes some turns.
static inline void turn(struct world *w)
{
	for (unsigned int round = 0; round < 4; round++) {
		for (unsigned int i = 0; i < w->workers; i++)
			dp_worker_turn(w->dp, i, w->now);
	}
}

// The i-th packet that left a port, without Ethernet; fails when there is none.
static inline void sent_packet(struct world *w, unsigned int port, unsigned int i, struct parcel *p)
{
	const uint8_t *frame;
	size_t len;

	frame = port_mem_sent(w->port[port], i, &len);
	assert_non_null(frame);
	parcel_of(p, frame + 14, len - 14);
}

// The peer decrypts it.
static inline enum esp_verdict peer_unwrap(struct esp_sa *sa, struct parcel *p)
{
	struct crypto_op op;
	uint64_t seq;
	enum esp_verdict v = esp_decap(sa, &p->pkt, sa->outer_len, &seq, &op);

	if (v)
		return v;
	toy_run(&op);
	return esp_decap_finish(sa, &p->pkt, seq, &op);
}

static inline unsigned int sents(struct world *w, unsigned int port)
{
	return port_mem_sents(w->port[port]);
}

#define assert_count(w, name, n) assert_int_equal(dp_verdict_of((w)->dp, name), n)

static inline void assert_nothing_left(struct world *w)
{
	for (unsigned int i = 0; i < WORLD_PORTS; i++)
		assert_int_equal(sents(w, i), 0);
}

static void on_event(void *ctx, const struct dp_event *event)
{
	struct world *w = ctx;

	w->events++;
	w->event = *event;
}

static inline void keep(struct world *w, const uint8_t *b, size_t len)
{
	w->last_len = len < sizeof(w->last) ? len : sizeof(w->last);
	memcpy(w->last, b, w->last_len);
}

static void on_ike(void *ctx, unsigned int, const struct endpoint *local,
	const struct endpoint *remote, bool marker, const uint8_t *msg, size_t len)
{
	struct world *w = ctx;

	w->ikes++;
	w->local = *local;
	w->remote = *remote;
	w->marker = marker;
	keep(w, msg, len);
}

static void on_host(void *ctx, unsigned int, const uint8_t *frame, size_t len)
{
	struct world *w = ctx;

	w->hosts++;
	keep(w, frame, len);
}

static void on_tun(void *ctx, struct dp_tunnel *, const uint8_t *packet, size_t len)
{
	struct world *w = ctx;

	w->tuns++;
	keep(w, packet, len);
}

static bool on_echo(void *ctx, struct dp_tunnel *from, const uint8_t *packet, size_t len)
{
	struct world *w = ctx;

	w->echoes++;
	w->echo_from = from;
	keep(w, packet, len);
	return w->takes_echoes;
}

static inline unsigned int poll_up(struct world *w)
{
	static const struct dp_sink sink = {
		.event = on_event, .ike = on_ike, .host = on_host, .echo = on_echo, .tun = on_tun};

	return dp_poll(w->dp, &sink, w, NULL, w->now);
}
