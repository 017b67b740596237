// The gateway that frame_fuzz feeds: packets, ports and tags of its own around a real dataplane.
//
//   host 10.1.0.2 -- [in 10.1.0.1  gateway  192.0.2.1 out] -- 192.0.2.254 -- peer 198.51.100.9
//                                                                     10.2.0.0/16, 10.4.0.0/16
//
// Two SAs: 10/8 to 10.2/16, and in UDP 10/8 to 10.4/16; a third one to 10.3/16 when it is asked
// for. In clear by policy only 10.1.5/24 to 100.64.0/24. Every packet has memory of its own,
// exactly as long as it may be touched.
#pragma once

#include <stdlib.h>
#include <string.h>
#include <rte_mbuf.h>

#include "base/bytes.h"
#include "dp/core.h"
#include "dp/downlink.h"
#include "dp/worker.h"
#include "fuzz/frame_op.h"
#include "fuzz/must.h"
#include "net/flow.h"
#include "unit/dp/world.h"

enum { WORKERS = 2, FED = 32, HEADROOM = 128, CHILDREN = 3, DATA_MAX = 2048 };

// Packets

static unsigned int packets_out; // given out and not back yet

// One packet with this much behind its data.
static struct pkt packet_new(size_t room)
{
	uint8_t *b = malloc(HEADROOM + room);

	must(b);
	packets_out++;
	return (struct pkt){.l3 = b + HEADROOM, .head = HEADROOM, .tail = (uint16_t)room, .buf = b};
}

static unsigned int pool_get(struct pkt_pool *, struct pkt pkt[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		pkt[i] = packet_new(RTE_MBUF_DEFAULT_DATAROOM);
	return n;
}

static void pool_put(struct pkt_pool *, struct pkt pkt[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		free(pkt[i].buf);
	packets_out -= n;
}

// Ports

struct port {
	unsigned int id;
	struct {
		struct pkt pkt[FED];
		unsigned int n;
	} fed[WORKERS];
};

static struct port ports[WORLD_PORTS];
static void left(unsigned int port, const struct pkt *frame);

static int port_open(const struct port_conf *conf, struct port **result, struct why *)
{
	*result = &ports[conf->name[0] == 'i' ? IN : conf->name[3] ? OUT2 : OUT];
	(*result)->id = (unsigned int)(*result - ports);
	return 0;
}

static int port_start(struct port *, struct why *)
{
	return 0;
}

static void port_close(struct port *)
{
}

static unsigned int port_rx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int)
{
	unsigned int n = port->fed[queue].n;

	memcpy(pkt, port->fed[queue].pkt, n * sizeof(pkt[0]));
	port->fed[queue].n = 0;
	return n;
}

static bool ports_full;

static unsigned int port_tx(struct port *port, uint16_t, struct pkt pkt[], unsigned int n)
{
	n = ports_full && n ? 1 : n;
	for (unsigned int i = 0; i < n; i++)
		left(port->id, &pkt[i]);
	pool_put(NULL, pkt, n);
	return n;
}

static void port_mac(struct port *port, uint8_t mac[static 6])
{
	memcpy(mac, (const uint8_t[]){2, 0, 0, 0, 0, (uint8_t)port->id}, 6);
}

static bool port_link_up(struct port *)
{
	return true;
}

static void port_stats(struct port *, struct port_stats *stats)
{
	*stats = (struct port_stats){};
}

static uint16_t port_rx_queues(struct port *)
{
	return WORKERS;
}

// Inside, one worker sends for both.
static uint16_t port_tx_queues(struct port *port)
{
	return port->id == IN ? 1 : WORKERS;
}

static bool port_csum_unfinished(struct port *port)
{
	return port->id == IN;
}

static const struct port_driver fuzzed_port = {
	.name = "fuzz",
	.open = port_open,
	.start = port_start,
	.close = port_close,
	.rx = port_rx,
	.tx = port_tx,
	.mac = port_mac,
	.link_up = port_link_up,
	.stats = port_stats,
	.rx_queues = port_rx_queues,
	.tx_queues = port_tx_queues,
	.csum_unfinished = port_csum_unfinished,
};

// The toy cipher, with a tag whose comparison a fuzzer cannot watch: a forger must not learn it.
static unsigned int blind_submit(struct crypto_lane *, struct crypto_op *op[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		uint8_t tag[16], differs = 0;

		toy_tag(op[i], tag, sizeof(tag));
		for (size_t k = 0; k < sizeof(tag) && op[i]->key->dir == CRYPTO_DECRYPT; k++)
			differs |= tag[k] ^ op[i]->tag[k];
		op[i]->status = differs ? CRYPTO_BAD_TAG : CRYPTO_OK;
		if (!differs)
			toy_cipher(op[i]);
		if (op[i]->key->dir == CRYPTO_ENCRYPT) {
			toy_tag(op[i], tag, sizeof(tag));
			memcpy(op[i]->tag, tag, sizeof(tag));
		}
	}
	return n;
}

static const struct crypto_driver blind_toy = {
	.name = "toy",
	.can = toy_can,
	.key_new = toy_key_new,
	.key_free = toy_key_free,
	.lane_open = lane_open,
	.lane_close = lane_close,
	.submit = blind_submit,
	.immediate = true,
};

// The gateway

static struct gateway {
	struct world world;
	struct dp_tunnel *tunnel[CHILDREN]; // the last one has a trap
	struct dp_child *child[CHILDREN];
	struct esp_sa *peer_in[CHILDREN], *peer_out[CHILDREN];
	struct cidr inside, inside6, clear_inside, clear_outside, claimed[CHILDREN], claimed6;
	struct selector anything, anything6;
	struct addr own[WORLD_PORTS], own6, host, host6, hop, peer;

	// of this input
	unsigned int kinds;	// bit per enum frame_kind that has been run
	unsigned int fed_ports; // bit per port that clear frames have come in on
	uint64_t entered;	// packets that a verdict must account for
	uint64_t seq[CHILDREN];
	uint64_t count[VERDICTS]; // before it
	struct dp_event asked, moved;
} gw;

static const char *const remotes[CHILDREN] = {"10.2.0.0/16", "10.4.0.0/16", "10.3.0.0/16"};
enum { UDP = 1, TRAP = 2 };

static void tunnel_new(unsigned int i)
{
	struct dp_tunnel_conf conf = {.name = remotes[i],
		.port = OUT,
		.next_hop = gw.hop,
		.trap = i == TRAP,
		.clamp_mss = true};

	must(!dp_conn_new(gw.world.dp, conf.name, NULL, &conf.conn));
	must(!dp_tunnel_new(gw.world.dp, &conf, &gw.tunnel[i]));
	dp_conn_switch(conf.conn, gw.tunnel[i]);
	route(&gw.world, conf.name, (struct dp_next){.type = DP_NEXT_CONN, .conn = conf.conn});
}

static int child_add(unsigned int i, uint32_t spi_in, struct dp_child **child)
{
	struct selector local_ts[] = {gw.anything, gw.anything6};
	struct selector remote_ts[] = {selector_of_cidr(&gw.claimed[i]), gw.anything6};
	struct dp_child_conf conf = {
		.suite = &world_suite,
		.driver = &blind_toy,
		.spi_in = spi_in,
		.spi_out = 0x2001 + i,
		.encr_in = world_key,
		.encr_out = world_key,
		.local = {gw.own[OUT], 4500},
		.remote = {gw.peer, 4500},
		.udp = i == UDP,
		.local_ts = local_ts,
		.n_local_ts = 2,
		.remote_ts = remote_ts,
		.n_remote_ts = 2,
		.window = 64,
		.dscp = ESP_DSCP_COPY,
	};

	return dp_child_add(gw.tunnel[i], &conf, child, NULL);
}

static void child_new(unsigned int i)
{
	must(!child_add(i, 0x1001 + i, &gw.child[i]));
	must(!dp_child_use(gw.child[i], NULL));
}

static void child_del(unsigned int i)
{
	dp_child_del(gw.child[i]);
	gw.child[i] = NULL;
}

static void peer_new(unsigned int i)
{
	struct esp_params p = {
		.suite = &world_suite,
		.driver = &toy,
		.encr = world_key,
		.udp = i == UDP,
		.src = {gw.own[OUT], 4500},
		.dst = {gw.peer, 4500},
		.dir = CRYPTO_DECRYPT,
		.spi = 0x2001 + i,
	};

	must(!esp_sa_new(&p, &gw.peer_in[i], NULL));
	p.dst = p.src;
	p.src.addr = gw.peer;
	p.dir = CRYPTO_ENCRYPT;
	p.spi = 0x1001 + i;
	must(!esp_sa_new(&p, &gw.peer_out[i], NULL));
}

static void policies_set(void)
{
	const struct dp_policy policies[] = {
		{.name = "clear",
			.priority = 1,
			.local = selector_of_cidr(&gw.clear_inside),
			.remote = selector_of_cidr(&gw.clear_outside),
			.action = DP_BYPASS},
		{.name = "never",
			.priority = 2,
			.local = sel("10.1.6.0/24"),
			.remote = sel("0.0.0.0/0"),
			.action = DP_DISCARD},
	};

	must(!dp_policies_set(gw.world.dp, policies, 2));
}

static void gateway_open(void)
{
	static const struct crypto_driver *const drivers[] = {&blind_toy, NULL};
	struct dp_port_conf port[WORLD_PORTS] = {
		{.name = "in", .role = DP_INSIDE},
		{.name = "out", .role = DP_OUTSIDE},
		{.name = "out2", .role = DP_OUTSIDE},
	};
	struct dp_conf conf = {.port = port,
		.n_ports = WORLD_PORTS,
		.n_workers = WORKERS,
		.crypto = drivers,
		.packets = 63,
		.flows = 64,
		.sas = 16,
		.ike_sas = 16,
		.ring = 256};
	struct world *w = &gw.world;

	must(!eal_up(NULL));
	for (unsigned int i = 0; i < WORLD_PORTS; i++) {
		port[i].driver = &fuzzed_port;
		port[i].mtu = 1500;
	}
	*w = (struct world){.workers = WORKERS, .now = MONO_S(1000)};
	must(!dp_new(&conf, &w->dp, NULL) && !dp_start(w->dp, NULL));
	w->dp->pool->face.get = pool_get;
	w->dp->pool->face.put = pool_put;
	gw.own[IN] = at("10.1.0.1");
	gw.own[OUT] = at("192.0.2.1");
	gw.own[OUT2] = at("203.0.113.1");
	gw.inside = net("10.1.0.0/16");
	gw.inside6 = net("fd00:1::/64");
	gw.own6 = at("fd00:1::1");
	gw.host = at("10.1.0.2");
	gw.host6 = at("fd00:1::2");
	gw.hop = at("192.0.2.254");
	gw.claimed6 = net("fd00:2::/32");
	gw.anything = sel("10.0.0.0/8");
	gw.anything6 = sel("fd00::/16");
	gw.peer = at("198.51.100.9");
	gw.clear_inside = net("10.1.5.0/24");
	gw.clear_outside = net("100.64.0.0/24");
	must(!dp_conn_new(w->dp, "unused", NULL, &w->conn));
	world_tables(w);
	address(w, IN, "fd00:1::1");
	neighbour(w, IN, "fd00:1::2", host_mac);
	route(w, "fd00:1::/64", (struct dp_next){.type = DP_NEXT_PORT, .port = IN});
	for (unsigned int i = 0; i < CHILDREN; i++) {
		gw.claimed[i] = net(remotes[i]);
		tunnel_new(i);
		peer_new(i);
		if (i != TRAP)
			child_new(i);
	}
	route(w, "fd00:2::/32", (struct dp_next){.type = DP_NEXT_TUNNEL, .tunnel = gw.tunnel[0]});
	route(w, "10.1.9.0/24", (struct dp_next){.type = DP_NEXT_HOST, .tunnel = gw.tunnel[0]});
	route(w, "10.1.8.0/24", (struct dp_next){.type = DP_NEXT_DROP});
	policies_set();
	must(!dp_commit(w->dp) && !dp_ike_spi_set(w->dp, 0xaaaa, true));
}
