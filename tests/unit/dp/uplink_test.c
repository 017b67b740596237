// What goes up to the control core and comes down from it: IKE, the kernel's frames, events,
// traces.

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "unit/dp/world.h"

// An IKE datagram from the peer with these SPIs; dport 4500 puts the marker before it.
static void ike_make(struct parcel *p, uint16_t dport, uint64_t spi_i, uint64_t spi_r, uint16_t len)
{
	uint8_t *msg;

	ip_make(p, (struct ip_spec){.src = "198.51.100.9",
			   .dst = "192.0.2.1",
			   .sport = dport,
			   .dport = dport,
			   .len = (uint16_t)(28 + len + (dport == 4500 ? 4 : 0))});
	msg = p->pkt.l3 + 28;
	if (dport == 4500) {
		be32_put(msg, 0);
		msg += 4;
	}
	be32_put(msg, (uint32_t)(spi_i >> 32));
	be32_put(msg + 4, (uint32_t)spi_i);
	be32_put(msg + 8, (uint32_t)(spi_r >> 32));
	be32_put(msg + 12, (uint32_t)spi_r);
}

static void ike_reaches_the_control_core_with_its_endpoints(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ike_make(&p, 500, 0x1122334455667788, 0, 100);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(poll_up(w), 1);
	assert_int_equal(w->ikes, 1);
	assert_int_equal(w->last_len, 100);
	assert_int_equal(w->last[0], 0x11);
	assert_false(w->marker);
	assert_int_equal(w->remote.port, 500);
	assert_memory_equal(w->remote.addr.b, ((uint8_t[]){198, 51, 100, 9}), 4);
	assert_memory_equal(w->local.addr.b, ((uint8_t[]){192, 0, 2, 1}), 4);

	ike_make(&p, 4500, 0x1122334455667788, 5, 100);
	feed(w, OUT, &p);
	turn(w);
	poll_up(w);
	assert_int_equal(w->last_len, 100);
	assert_int_equal(w->last[0], 0x11);
	assert_true(w->marker);
}

// Notes the order in which things come up.
struct order {
	struct world *w;
	char text[64];
	unsigned int n;
};

static void order_ike(void *ctx, unsigned int, const struct endpoint *, const struct endpoint *,
	bool, const uint8_t *msg, size_t)
{
	struct order *o = ctx;

	o->text[o->n++] = msg[15] == 0xaa ? 'k' : 'n';
}

static void order_host(void *ctx, unsigned int, const uint8_t *, size_t)
{
	struct order *o = ctx;

	o->text[o->n++] = 'h';
}

static const struct dp_sink in_order = {.ike = order_ike, .host = order_host};

// 3 frames for the kernel, 5 of strangers and 4 of a known SA, last of all.
static void feed_all_classes(struct world *w)
{
	struct parcel p;

	assert_int_equal(dp_ike_spi_set(w->dp, 0xaaaa, true), 0);
	for (unsigned int i = 0; i < 3; i++)
		feed_ip(w, OUT,
			(struct ip_spec){.src = "198.51.100.9", .dst = "192.0.2.1", .proto = 1});
	for (unsigned int i = 0; i < 5; i++) {
		ike_make(&p, 500, 0xbbbb, 0, 100);
		feed(w, OUT, &p);
	}
	for (unsigned int i = 0; i < 4; i++) {
		ike_make(&p, 500, 0xcccc, 0xaaaa, 100);
		feed(w, OUT, &p);
	}
	turn(w);
}

static void known_ike_goes_before_strangers_and_hosts(void **state)
{
	struct order o = {.w = *state};

	feed_all_classes(o.w);
	assert_count(o.w, "punt_ike", 4);
	assert_count(o.w, "punt_ike_new", 5);
	assert_count(o.w, "punt_host", 3);
	assert_int_equal(dp_poll(o.w->dp, &in_order, &o, NULL, o.w->now), 12);
	assert_string_equal(o.text, "kkkknnnnnhhh");
}

static void each_class_has_a_budget(void **state)
{
	struct order o = {.w = *state};
	struct pollfd fd = {.fd = dp_fd(o.w->dp), .events = POLLIN};

	feed_all_classes(o.w);
	dp_poll(o.w->dp, &in_order, &o, (unsigned int[]){3, 0, 2, 1}, o.w->now);
	assert_string_equal(o.text, "kkknnh");
	assert_int_equal(poll(&fd, 1, 0), 1);
	dp_poll(o.w->dp, &in_order, &o, (unsigned int[]){3, 0, 2, 1}, o.w->now);
	assert_string_equal(o.text, "kkknnhknnh");
	dp_poll(o.w->dp, &in_order, &o, (unsigned int[]){3, 0, 2, 1}, o.w->now);
	assert_string_equal(o.text, "kkknnhknnhnh");
	assert_int_equal(poll(&fd, 1, 0), 0);
}

// An SPI of ours may stand in either place: IKEv1's cookies have no flag that says which.
static void either_spi_makes_a_message_known(void **state)
{
	struct world *w = *state;
	struct parcel p;

	assert_int_equal(dp_ike_spi_set(w->dp, 0xaaaa, true), 0);
	ike_make(&p, 500, 0xaaaa, 0xcccc, 100);
	feed(w, OUT, &p);
	ike_make(&p, 4500, 0xcccc, 0xaaaa, 100);
	feed(w, OUT, &p);
	ike_make(&p, 4500, 0xcccc, 0xbbbb, 100);
	feed(w, OUT, &p);
	turn(w);
	assert_count(w, "punt_ike", 2);
	assert_count(w, "punt_ike_new", 1);
	assert_int_equal(dp_ike_spi_set(w->dp, 0xaaaa, false), 0);
	ike_make(&p, 500, 0xaaaa, 0xcccc, 100);
	feed(w, OUT, &p);
	turn(w);
	assert_count(w, "punt_ike_new", 2);
}

// More of one class than its bucket holds; the others notice nothing.
static void flood_of_strangers_is_policed_and_known_ike_passes(void **state)
{
	struct world *w = *state;
	struct parcel p;

	assert_int_equal(dp_ike_spi_set(w->dp, 0xaaaa, true), 0);
	for (unsigned int i = 0; i < 500; i++) {
		ike_make(&p, 500, 0x10000 + i, 0, 100);
		feed(w, OUT, &p);
	}
	ike_make(&p, 500, 0xaaaa, 1, 100);
	feed(w, OUT, &p);
	for (unsigned int i = 0; i < 9; i++)
		turn(w);
	// A stranger at another port is not one of them.
	ike_make(&p, 500, 0x20000, 0, 100);
	memcpy(p.pkt.l3 + 16, at("203.0.113.1").b, 4);
	ip4_csum_set(p.pkt.l3, IP4_HEAD);
	feed(w, OUT2, &p);
	turn(w);
	assert_count(w, "ike_new_policed", 500 - WORLD_IKE_NEW_BURST);
	assert_int_equal(dp_verdict_of(w->dp, "ike_new_full"), 0);
	poll_up(w);
	assert_int_equal(w->ikes, WORLD_IKE_NEW_BURST + 2);
	assert_count(w, "punt_ike", 1);
	assert_int_equal(dp_verdict_of(w->dp, "ike_policed"), 0);
	assert_int_equal(dp_verdict_of(w->dp, "host_policed"), 0);
}

// Answers to forged addresses that nobody has: what waits for a MAC is bounded.
static void answers_to_many_unknown_neighbours_are_bounded(void **state)
{
	struct world *w = *state;
	struct endpoint local = {at("192.0.2.1"), 500};
	unsigned int kept = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		struct endpoint remote = {addr_v4(0xc6330000u + i), 500};
		int err = dp_send_ike(w->dp, OUT, &remote.addr, &local, &remote, false,
			(const uint8_t *)"message", 7);

		assert_true(!err || err == -ENOBUFS);
		kept += !err;
	}
	assert_int_equal(kept, 256);
}

static void control_core_is_woken_when_it_sleeps(void **state)
{
	struct world *w = *state;
	struct pollfd fd = {.fd = dp_fd(w->dp), .events = POLLIN};
	struct parcel p;

	poll_up(w);
	assert_int_equal(poll(&fd, 1, 0), 0);
	ike_make(&p, 500, 7, 0, 100);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(poll(&fd, 1, 0), 1);
	poll_up(w);
	assert_int_equal(poll(&fd, 1, 0), 0);
}

static void budget_leaves_the_rest_for_the_next_call(void **state)
{
	struct world *w = *state;
	struct dp_sink sink = {.ike = on_ike};
	struct pollfd fd = {.fd = dp_fd(w->dp), .events = POLLIN};
	struct parcel p;

	for (unsigned int i = 0; i < 10; i++) {
		ike_make(&p, 500, 7 + i, 0, 100);
		feed(w, OUT, &p);
	}
	turn(w);
	assert_int_equal(dp_poll(w->dp, &sink, w,
				 (unsigned int[DP_CLASSES]){[DP_CLASS_IKE_NEW] = 4}, w->now),
		4);
	assert_int_equal(poll(&fd, 1, 0), 1);
	assert_int_equal(dp_poll(w->dp, &sink, w, NULL, w->now), 6);
}

static void fragments_feed(
	struct world *w, const struct parcel *whole, const uint8_t order[], int n)
{
	for (int i = 0; i < n; i++) {
		uint32_t at = order[i] * 400u, left = whole->pkt.len - 20 - at;
		uint32_t len = left < 400 ? left : 400;
		struct parcel p;

		parcel_of(&p, whole->pkt.l3, 20);
		memcpy(p.pkt.l3 + 20, whole->pkt.l3 + 20 + at, len);
		pkt_put(&p.pkt, (uint16_t)len);
		be16_put(p.pkt.l3 + 2, (uint16_t)(20 + len));
		be16_put(p.pkt.l3 + 6, (uint16_t)(at / 8 | (left > 400 ? IP4_MF : 0)));
		ip4_csum_set(p.pkt.l3, 20);
		feed(w, OUT, &p);
	}
}

static void fragmented_ike_is_put_together(void **state)
{
	struct world *w = *state;
	struct parcel whole;

	ike_make(&whole, 500, 0x1122334455667788, 0, 1500);
	fragments_feed(w, &whole, (uint8_t[]){3, 0, 2, 1}, 4);
	turn(w);
	assert_int_equal(poll_up(w), 4);
	assert_int_equal(w->ikes, 1);
	assert_int_equal(w->last_len, 1500);
	assert_memory_equal(w->last, whole.pkt.l3 + 28, 1500);
}

static void overlapping_or_missing_fragments_give_nothing(void **state)
{
	struct world *w = *state;
	struct parcel whole;

	ike_make(&whole, 500, 0x1122334455667788, 0, 1500);
	fragments_feed(w, &whole, (uint8_t[]){0, 1, 1, 2, 3}, 5);
	turn(w);
	poll_up(w);
	fragments_feed(w, &whole, (uint8_t[]){3, 1, 2}, 3);
	turn(w);
	poll_up(w);
	assert_int_equal(w->ikes, 0);
	assert_count(w, "reassembly", 2);
}

static void host_traffic_goes_to_the_mirror_of_its_port(void **state)
{
	struct world *w = *state;
	struct parcel p;
	uint8_t mac[6];

	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.1.0.1", .proto = 1});
	turn(w);
	poll_up(w);
	assert_int_equal(w->hosts, 1);
	assert_int_equal(w->last_len, 78);
	assert_memory_equal(w->last + 6, host_mac, 6);

	// Decrypted: it gets a header that the mirror accepts.
	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.1", .proto = 1});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	poll_up(w);
	assert_int_equal(w->hosts, 2);
	dp_port_mac(w->dp, IN, mac);
	assert_memory_equal(w->last, mac, 6);
	assert_int_equal(be16_get(w->last + 12), ETHERTYPE_V4);
}

// a forged one from outside must not keep a dead tunnel alive, and what the control core has
// asked for is not the kernel's.
static void answer_to_a_ping_counts_only_out_of_a_tunnel(void **state)
{
	static const struct ip_spec reply = {.src = "10.2.0.9", .dst = "10.1.0.1", .proto = 1};
	struct world *w = *state;
	struct parcel p;

	w->takes_echoes = true;
	feed_ip(w, OUT, reply);
	feed_ip(w, OUT, (struct ip_spec){.src = "198.51.100.9", .dst = "192.0.2.1", .proto = 1});
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.1.0.1", .proto = 1});
	turn(w);
	poll_up(w);
	assert_int_equal(w->echoes, 0);
	assert_count(w, "clear_from_outside", 1);
	assert_int_equal(w->hosts, 2);

	ip_make(&p, reply);
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	poll_up(w);
	assert_int_equal(w->echoes, 1);
	assert_ptr_equal(w->echo_from, w->tunnel);
	assert_int_equal(w->last_len, 64);
	assert_int_equal(w->last[0], 0x45);
	assert_int_equal(w->hosts, 2);
	assert_count(w, "punt_echo", 1);
}

static void answer_that_nobody_here_wants_is_the_kernels(void **state)
{
	struct world *w = *state;
	struct parcel p;
	uint8_t mac[6];

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.1", .proto = 1});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	poll_up(w);
	assert_int_equal(w->echoes, 1);
	assert_int_equal(w->hosts, 1);
	assert_int_equal(w->last_len, 78);
	dp_port_mac(w->dp, IN, mac);
	assert_memory_equal(w->last, mac, 6);
	// Any other ICMP is the kernel's at once.
	ip_make(&p, (struct ip_spec){
			    .src = "10.2.0.9", .dst = "10.1.0.1", .proto = 1, .sport = 8 << 8});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	poll_up(w);
	assert_int_equal(w->echoes, 1);
	assert_int_equal(w->hosts, 2);
}

// X-10's alarm must not be pulled by whoever floods the gateway with pings.
static void flood_for_the_kernel_leaves_answers_alone(void **state)
{
	struct world *w = *state;
	struct parcel p;

	for (unsigned int i = 0; i < 600; i++) {
		ip_make(&p, (struct ip_spec){
				    .src = "10.2.0.9", .dst = "10.1.0.1", .sport = 9, .dport = 9});
		peer_wrap(w->peer_out, &p);
		feed(w, OUT, &p);
	}
	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.1", .proto = 1});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	for (unsigned int i = 0; i < 11; i++)
		turn(w);
	assert_true(dp_verdict_of(w->dp, "host_policed") > 0);
	assert_int_equal(dp_verdict_of(w->dp, "echo_policed"), 0);
	w->takes_echoes = true;
	poll_up(w);
	assert_int_equal(w->echoes, 1);
}

static void tunnel_device_speaks_through_its_own_tunnel(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct dp_tunnel *standby;
	struct esp_sa *in, *out;
	struct dp_child *child;
	struct parcel p;

	assert_int_equal(dp_tunnel_new(w->dp, &conf, &standby), 0);
	child = world_child(w, standby, 5, "169.254.10.0/30", "169.254.10.0/30", false, &in, &out);
	assert_int_equal(dp_child_use(child, NULL), 0);
	route(w, "169.254.10.1/32", (struct dp_next){.type = DP_NEXT_HOST, .tunnel = standby});
	assert_int_equal(dp_commit(w->dp), 0);

	ip_make(&p, (struct ip_spec){.src = "169.254.10.1", .dst = "169.254.10.2"});
	assert_int_equal(dp_from_tun(standby, p.pkt.l3, p.pkt.len), 0);
	ip_make(&p, (struct ip_spec){.src = "169.254.10.2", .dst = "169.254.10.1"});
	peer_wrap(out, &p);
	feed(w, OUT, &p);
	turn(w);
	poll_up(w);
	assert_int_equal(w->tuns, 1);
	assert_int_equal(w->last_len, 64);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(in, &p), ESP_PASS);
	assert_int_equal(p.pkt.l3[8], 64);
	esp_sa_free(in);
	esp_sa_free(out);
}

static void trap_holds_a_packet_until_its_sa_comes(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct parcel p;

	dp_child_del(w->child);
	conf.trap = true;
	assert_int_equal(dp_tunnel_set(w->tunnel, &conf), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	turn(w);
	poll_up(w);
	assert_int_equal(w->event.type, DP_ACQUIRE);
	assert_ptr_equal(w->event.tunnel, w->tunnel);
	// A second one does not take its place.
	w->now += MONO_S(2);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.10"});
	turn(w);
	poll_up(w);
	assert_int_equal(sents(w, OUT), 0);
	esp_sa_free(w->peer_in);
	esp_sa_free(w->peer_out);
	w->child = world_child(
		w, w->tunnel, 3, "10.1.0.0/16", "10.2.0.0/16", false, &w->peer_in, &w->peer_out);
	assert_int_equal(dp_child_use(w->child, NULL), 0);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_int_equal(p.pkt.l3[8], 63);
	assert_int_equal(p.pkt.l3[19], 9);
}

// One of two children is there: a packet for the other waits for it, whatever else comes up.
static void trap_asks_for_the_child_that_is_missing(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct esp_sa *in, *out;
	struct dp_child *other;
	struct parcel p;

	conf.trap = true;
	conf.children = 3;
	assert_int_equal(dp_tunnel_set(w->tunnel, &conf), 0);
	route(w, "10.3.0.0/16", (struct dp_next){.type = DP_NEXT_CONN, .conn = w->conn});
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.3.0.9"});
	turn(w);
	poll_up(w);
	assert_int_equal(w->events, 1);
	assert_int_equal(w->event.type, DP_ACQUIRE);
	other = world_child(w, w->tunnel, 4, "10.1.0.0/16", "10.4.0.0/16", false, &in, &out);
	assert_int_equal(dp_child_use(other, NULL), 0);
	esp_sa_free(in);
	esp_sa_free(out);
	turn(w);
	assert_int_equal(sents(w, OUT), 0);
	other = world_child(w, w->tunnel, 5, "10.1.0.0/16", "10.3.0.0/16", false, &in, &out);
	assert_int_equal(dp_child_use(other, NULL), 0);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(in, &p), ESP_PASS);
	// All three are in use: what none takes is outside of all.
	port_mem_clear(w->port[OUT], true);
	route(w, "10.9.0.0/16", (struct dp_next){.type = DP_NEXT_CONN, .conn = w->conn});
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.9.0.9"});
	turn(w);
	assert_count(w, "ts_out", 1);
	esp_sa_free(in);
	esp_sa_free(out);
}

static void feed_missing(struct world *w, uint16_t sport)
{
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.77", .sport = sport});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
}

static void missing_neighbour_is_asked_for_once_per_tick(void **state)
{
	struct world *w = *state;

	for (uint16_t i = 0; i < 5; i++)
		feed_missing(w, i);
	turn(w);
	poll_up(w);
	assert_int_equal(w->event.type, DP_NEIGH);
	assert_int_equal(w->event.port, IN);
	assert_memory_equal(w->event.addr.b, ((uint8_t[]){10, 1, 0, 77}), 4);
	neighbour(w, IN, "10.1.0.77", host_mac);
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.1.0.77"});
	turn(w);
	assert_count(w, "forward", 1);
}

static void packet_waits_for_its_neighbour(void **state)
{
	struct world *w = *state;
	struct parcel p;

	feed_missing(w, 1);
	feed_missing(w, 2);
	turn(w);
	poll_up(w);
	assert_count(w, "await_neighbour", 2);
	assert_int_equal(sents(w, IN), 0);
	neighbour(w, IN, "10.1.0.77", host_mac);
	turn(w);
	assert_int_equal(sents(w, IN), 1); // the newest
	sent_packet(w, IN, 0, &p);
	assert_int_equal(p.pkt.l3[8], 63);
	assert_int_equal(be16_get(p.pkt.l3 + IP4_HEAD), 2);
}

static void packet_for_a_silent_neighbour_is_dropped(void **state)
{
	struct world *w = *state;

	feed_missing(w, 1);
	turn(w);
	poll_up(w);
	neighbour(w, IN, "10.1.0.77", NULL);
	assert_count(w, "no_neighbour", 1);
	neighbour(w, IN, "10.1.0.77", host_mac);
	turn(w);
	assert_int_equal(sents(w, IN), 0);
}

static void ike_is_sent_with_both_headers(void **state)
{
	struct world *w = *state;
	struct endpoint local = {at("192.0.2.1"), 4500}, remote = {at("198.51.100.9"), 4500};
	struct addr hop = at("192.0.2.254");
	uint8_t msg[200] = {0xab};
	struct parcel p;

	assert_int_equal(dp_send_ike(w->dp, OUT, &hop, &local, &remote, true, msg, sizeof(msg)), 0);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(p.pkt.len, 20 + 8 + 4 + 200);
	assert_int_equal(p.pkt.l3[32], 0xab);
	assert_int_equal(
		l4_csum(&local.addr, &remote.addr, IP_UDP, p.pkt.l3 + 20, p.pkt.len - 20), 0xffff);
}

static void long_ike_is_sent_in_fragments(void **state)
{
	struct world *w = *state;
	struct endpoint local = {at("192.0.2.1"), 500}, remote = {at("198.51.100.9"), 500};
	struct addr hop = at("192.0.2.254");
	uint8_t msg[4000] = {0};
	struct parcel p;

	assert_int_equal(
		dp_send_ike(w->dp, OUT, &hop, &local, &remote, false, msg, sizeof(msg)), 0);
	turn(w);
	assert_int_equal(sents(w, OUT), 3);
	sent_packet(w, OUT, 2, &p);
	assert_int_equal(be16_get(p.pkt.l3 + 6), 2960 / 8);
	assert_int_equal(
		dp_send_ike(w->dp, OUT, &hop, &local, &remote, false, msg, 9000), -EMSGSIZE);
}

static void ike_waits_for_an_unknown_next_hop(void **state)
{
	struct world *w = *state;
	struct endpoint local = {at("192.0.2.1"), 500}, remote = {at("192.0.2.66"), 500};
	uint8_t msg[100] = {0};

	assert_int_equal(
		dp_send_ike(w->dp, OUT, &remote.addr, &local, &remote, false, msg, sizeof(msg)), 0);
	poll_up(w);
	assert_int_equal(w->event.type, DP_NEIGH);
	assert_int_equal(w->event.port, OUT);
	neighbour(w, OUT, "192.0.2.66", hop_mac);
	turn(w);
	assert_int_equal(sents(w, OUT), 1);
}

struct journey {
	unsigned int n;
	char stages[256];
	char first[96];
};

static void on_trace(void *ctx, const struct dp_trace *e)
{
	struct journey *j = ctx;
	size_t at = strlen(j->stages);

	if (!j->n++)
		strcpy(j->first, e->packet_text);
	snprintf(j->stages + at, sizeof(j->stages) - at, "%s%s%s ", e->stage, e->verdict ? "=" : "",
		e->verdict ? e->verdict : "");
}

static void trace_tells_the_journey(void **state)
{
	struct world *w = *state;
	struct journey out = {}, in = {};
	struct parcel p;

	dp_trace_start(w->dp, 1);
	for (unsigned int i = 0; i < 3; i++)
		feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .sport = 7});
	turn(w);
	dp_trace_read(w->dp, on_trace, &out);
	assert_string_equal(out.stages, "rx classify lookup protect encap crypto outer=esp_out ");
	assert_string_equal(out.first, "10.1.0.2:7 > 10.2.0.9:0 proto 17");

	dp_trace_start(w->dp, 1);
	ip_make(&p, (struct ip_spec){.src = "10.3.0.9", .dst = "10.1.0.2"});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	dp_trace_read(w->dp, on_trace, &in);
	assert_string_equal(in.stages, "rx sad decap crypto finish classify lookup=ts_in ");
	assert_string_equal(in.first, "esp 198.51.100.9 > 192.0.2.1 spi 00001001 seq 1");
}

// Extension headers longer than what a trace writes down of a packet.
static void trace_reads_only_what_it_has_written_down(void **state)
{
	struct world *w = *state;
	struct journey journey = {};
	uint8_t b[600] = {0x60};
	struct parcel p;

	be16_put(b + 4, sizeof(b) - 40);
	b[7] = 64;
	b[40] = IP_UDP;
	b[41] = 60;
	parcel_of(&p, b, sizeof(b));
	dp_trace_start(w->dp, 1);
	feed(w, IN, &p);
	turn(w);
	dp_trace_read(w->dp, on_trace, &journey);
	assert_string_equal(journey.first, "600 bytes");
}

static void cleared_counters_start_from_here(void **state)
{
	struct world *w = *state;
	struct port_stats stats;

	feed_ip(w, OUT, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	turn(w);
	dp_counters_clear(w->dp);
	assert_count(w, "clear_from_outside", 0);
	dp_port_stats(w->dp, OUT, &stats);
	assert_int_equal(stats.rx_packets, 0);
	port_mem_clear(w->port[OUT], true);
	feed_ip(w, OUT, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	turn(w);
	assert_count(w, "clear_from_outside", 1);
}

// The tunnel's only child from now on, with the world's limits.
static void renew(struct world *w, uint32_t n)
{
	struct dp_child *child;

	esp_sa_free(w->peer_in);
	esp_sa_free(w->peer_out);
	child = world_child(
		w, w->tunnel, n, "10.1.0.0/16", "10.2.0.0/16", false, &w->peer_in, &w->peer_out);
	assert_int_equal(dp_child_use(child, w->child), 0);
	dp_child_del(w->child);
	w->child = child;
}

static void feed_out(struct world *w, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	turn(w);
	w->events = 0;
	dp_tick(w->dp, w->now);
	poll_up(w);
}

static void limits_of_an_sa_are_told_once_and_kept(void **state)
{
	struct world *w = *state;

	w->soft_packets = 3;
	w->hard_packets = 5;
	renew(w, 7);
	feed_out(w, 2);
	assert_int_equal(w->events, 0);
	feed_out(w, 1);
	assert_int_equal(w->events, 1);
	assert_int_equal(w->event.type, DP_SOFT_LIMIT);
	assert_ptr_equal(w->event.child, w->child);
	feed_out(w, 1);
	assert_int_equal(w->events, 0);
	feed_out(w, 4);
	assert_int_equal(w->events, 1);
	assert_int_equal(w->event.type, DP_HARD_LIMIT);
	assert_count(w, "esp_out", 5);
	assert_count(w, "sa_limit", 3);
	assert_int_equal(sents(w, OUT), 5);
}

static void bytes_of_an_sa_are_limited_too(void **state)
{
	struct world *w = *state;

	w->hard_bytes = 100;
	renew(w, 7);
	feed_out(w, 1);
	assert_int_equal(w->events, 0);
	feed_out(w, 1);
	assert_int_equal(w->event.type, DP_HARD_LIMIT);
	feed_out(w, 1);
	assert_count(w, "esp_out", 2);
	assert_count(w, "sa_limit", 1);
}

// RFC 4303 s3.3.3: without ESN no number after 2^32 - 1; the control core knows long before.
static void sequence_numbers_that_run_out_are_told(void **state)
{
	struct world *w = *state;
	struct esp_live *live = dp_child_out(w->child)->live;

	esp_live_rewind(live, UINT32_MAX / 8 * 7 - 2);
	feed_out(w, 1);
	assert_int_equal(w->events, 0);
	feed_out(w, 1);
	assert_int_equal(w->events, 1);
	assert_int_equal(w->event.type, DP_SEQ_LOW);
	esp_live_rewind(live, UINT32_MAX - 1);
	feed_out(w, 3);
	assert_count(w, "seq_used_up", 2);
	assert_count(w, "esp_out", 3);
}

#define in_world(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_world(ike_reaches_the_control_core_with_its_endpoints),
		in_world(known_ike_goes_before_strangers_and_hosts),
		in_world(each_class_has_a_budget),
		in_world(answers_to_many_unknown_neighbours_are_bounded),
		in_world(either_spi_makes_a_message_known),
		in_world(flood_of_strangers_is_policed_and_known_ike_passes),
		in_world(control_core_is_woken_when_it_sleeps),
		in_world(budget_leaves_the_rest_for_the_next_call),
		in_world(fragmented_ike_is_put_together),
		in_world(overlapping_or_missing_fragments_give_nothing),
		in_world(host_traffic_goes_to_the_mirror_of_its_port),
		in_world(answer_to_a_ping_counts_only_out_of_a_tunnel),
		in_world(answer_that_nobody_here_wants_is_the_kernels),
		in_world(flood_for_the_kernel_leaves_answers_alone),
		in_world(tunnel_device_speaks_through_its_own_tunnel),
		in_world(trap_holds_a_packet_until_its_sa_comes),
		in_world(trap_asks_for_the_child_that_is_missing),
		in_world(missing_neighbour_is_asked_for_once_per_tick),
		in_world(packet_waits_for_its_neighbour),
		in_world(packet_for_a_silent_neighbour_is_dropped),
		in_world(ike_is_sent_with_both_headers),
		in_world(long_ike_is_sent_in_fragments),
		in_world(ike_waits_for_an_unknown_next_hop),
		in_world(trace_tells_the_journey),
		in_world(trace_reads_only_what_it_has_written_down),
		in_world(cleared_counters_start_from_here),
		in_world(limits_of_an_sa_are_told_once_and_kept),
		in_world(bytes_of_an_sa_are_limited_too),
		in_world(sequence_numbers_that_run_out_are_told),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}
