// What may pass: the sentences of docs/packet.md, one test each, the forbidden ones first.

#include "unit/dp/world.h"

// Outside

static void forged_clear_packet_from_outside_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, OUT, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "clear_from_outside", 1);
}

static void clear_packet_to_an_inside_address_of_ours_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, OUT, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.1"});
	turn(w);
	assert_int_equal(poll_up(w), 0);
	assert_count(w, "clear_from_outside", 1);
}

static void packet_from_outside_with_our_own_source_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, OUT,
		(struct ip_spec){
			.src = "192.0.2.1", .dst = "192.0.2.1", .sport = 500, .dport = 500});
	turn(w);
	assert_int_equal(poll_up(w), 0);
	assert_count(w, "martian", 1);
}

static void esp_with_unknown_spi_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, OUT,
		(struct ip_spec){.src = "198.51.100.9", .dst = "192.0.2.1", .proto = IP_ESP});
	turn(w);
	assert_count(w, "no_spi", 1);
	poll_up(w);
	assert_int_equal(w->event.type, DP_UNKNOWN_SPI);
	assert_int_equal(w->event.from.port, 0);
	assert_memory_equal(w->event.from.addr.b, ((uint8_t[]){198, 51, 100, 9}), 4);
	assert_memory_equal(w->event.addr.b, ((uint8_t[]){192, 0, 2, 1}), 4);
	// However many there are, the control core hears of few.
	for (unsigned int i = 0; i < 100; i++)
		feed_ip(w, OUT,
			(struct ip_spec){
				.src = "198.51.100.9", .dst = "192.0.2.1", .proto = IP_ESP});
	turn(w);
	poll_up(w);
	assert_count(w, "no_spi", 101);
	assert_in_range(w->events, 1, 4);
}

static void esp_to_an_address_that_is_not_ours_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, OUT,
		(struct ip_spec){.src = "198.51.100.9", .dst = "192.0.2.7", .proto = IP_ESP});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "clear_from_outside", 1);
}

static void esp_with_known_spi_to_another_address_of_ours_is_dropped(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(w->peer_out, &p);
	p.pkt.l3[16] = 203, p.pkt.l3[17] = 0, p.pkt.l3[18] = 113;
	ip4_csum_set(p.pkt.l3, 20);
	feed(w, OUT2, &p);
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "spi_address", 1);
}

static void esp_fragment_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, OUT,
		(struct ip_spec){.src = "198.51.100.9",
			.dst = "192.0.2.1",
			.proto = IP_ESP,
			.fragment = IP4_MF});
	turn(w);
	assert_count(w, "esp_fragment", 1);
}

static void decrypted_packet_outside_the_selectors_is_dropped(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.3.0.9", .dst = "10.1.0.2"});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "ts_in", 1);
}

static void altered_esp_is_dropped_and_does_not_move_the_window(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(w->peer_out, &p);
	p.pkt.l3[60] ^= 1;
	feed(w, OUT, &p);
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "esp_bad_tag", 1);
	assert_int_equal(dp_child_in(w->child)->live->seq, 0);
	p.pkt.l3[60] ^= 1;
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(sents(w, IN), 1);
}

static void replayed_esp_is_dropped(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	feed(w, OUT, &p);
	turn(w);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(sents(w, IN), 1);
	assert_count(w, "esp_replayed", 2);
	assert_int_equal(dp_child_in(w->child)->live->drop[ESP_REPLAYED], 2);
}

static void dummy_packet_is_dropped_quietly(void **state)
{
	struct world *w = *state;
	struct parcel p;
	struct crypto_op op;
	uint64_t seq;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	esp_seq_take(w->peer_out, 1, &seq);
	assert_int_equal(esp_encap(w->peer_out, seq, &p.pkt, &op), ESP_PASS);
	op.data[op.len - 1] = IP_NONE;
	toy_run(&op);
	feed(w, OUT, &p);
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "esp_dummy", 1);
	assert_int_equal(poll_up(w), 0);
}

static void frame_for_another_station_is_dropped(void **state)
{
	struct world *w = *state;
	uint8_t frame[80] = {2, 7, 7, 7, 7, 7, [12] = 8, [14] = 0x45};

	assert_int_equal(port_mem_feed(w->port[OUT], 0, frame, sizeof(frame)), 0);
	frame[12] = 0x88;
	dp_port_mac(w->dp, OUT, frame);
	assert_int_equal(port_mem_feed(w->port[OUT], 0, frame, sizeof(frame)), 0);
	turn(w);
	assert_count(w, "not_ours", 1);
	assert_count(w, "ethertype", 1);
}

static void malformed_and_corrupted_headers_are_dropped(void **state)
{
	struct world *w = *state;
	struct parcel p;

	for (unsigned int port = IN; port <= OUT; port++) {
		ip_make(&p, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
		be16_put(p.pkt.l3 + 2, 2000);
		ip4_csum_set(p.pkt.l3, 20);
		feed(w, port, &p);
		ip_make(&p, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
		p.pkt.l3[8]++;
		feed(w, port, &p);
	}
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "malformed", 2);
	assert_count(w, "ip_checksum", 2);
}

static void only_an_explicit_bypass_admits_a_clear_packet(void **state)
{
	struct world *w = *state;
	struct dp_policy policy = {.name = "dns",
		.local = sel("10.1.0.0/16"),
		.remote = sel("198.51.100.53/32"),
		.action = DP_BYPASS};

	assert_int_equal(dp_policies_set(w->dp, &policy, 1), 0);
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, OUT, (struct ip_spec){.src = "198.51.100.53", .dst = "10.1.0.2"});
	feed_ip(w, OUT, (struct ip_spec){.src = "198.51.100.54", .dst = "10.1.0.2"});
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "198.51.100.53"});
	turn(w);
	assert_int_equal(sents(w, IN), 1);
	assert_int_equal(sents(w, OUT), 1);
	assert_count(w, "clear_from_outside", 1);
	assert_count(w, "bypass", 2);
}

// Inside

static void inside_packet_without_route_is_dropped(void **state)
{
	struct world *w = *state;
	struct cidr any = net("0.0.0.0/0");

	dp_route_del(w->dp, &any);
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "172.16.0.1"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "no_route", 1);
}

static void inside_packet_whose_route_leads_outside_is_dropped(void **state)
{
	struct world *w = *state;

	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "172.16.0.1"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "clear_to_outside", 1);
}

static void packet_to_a_tunnel_that_is_down_is_dropped(void **state)
{
	struct world *w = *state;

	dp_conn_switch(w->conn, NULL);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	turn(w);
	dp_conn_switch(w->conn, w->tunnel);
	dp_child_del(w->child);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "no_sa", 2);
}

static void inside_source_must_be_routed_to_its_port(void **state)
{
	struct world *w = *state;

	feed_ip(w, IN, (struct ip_spec){.src = "10.2.0.9", .dst = "10.2.0.10"});
	feed_ip(w, IN, (struct ip_spec){.src = "192.0.2.77", .dst = "10.2.0.10"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "rpf", 2);
}

static void inside_source_must_be_unicast_and_not_ours(void **state)
{
	struct world *w = *state;

	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.1", .dst = "10.2.0.10"});
	feed_ip(w, IN, (struct ip_spec){.src = "224.0.0.1", .dst = "10.2.0.10"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "martian", 2);
}

static void packet_outside_the_outbound_selectors_is_dropped(void **state)
{
	struct world *w = *state;

	route(w, "10.3.0.0/16", (struct dp_next){.type = DP_NEXT_CONN, .conn = w->conn});
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.3.0.9"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "ts_out", 1);
}

static void discard_and_blackhole_drop(void **state)
{
	struct world *w = *state;
	struct dp_policy policy = {
		.local = sel("10.1.0.0/16"), .remote = sel("10.2.9.0/24"), .action = DP_DISCARD};

	route(w, "10.2.8.0/24", (struct dp_next){.type = DP_NEXT_DROP});
	assert_int_equal(dp_policies_set(w->dp, &policy, 1), 0);
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.9.9"});
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.8.9"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "discard", 1);
	assert_count(w, "blackhole", 1);
}

static void multicast_is_not_forwarded(void **state)
{
	struct world *w = *state;

	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "239.1.1.1"});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "not_unicast", 1);
}

// The kernel

static int from_kernel(struct world *w, unsigned int port, struct ip_spec s)
{
	uint8_t frame[2100] = {2, 5, 5, 5, 5, 5, 2, 6, 6, 6, 6, 6, 8, 0};
	struct parcel p;

	ip_make(&p, s);
	memcpy(frame + 14, p.pkt.l3, p.pkt.len);
	return dp_from_kernel(w->dp, port, frame, p.pkt.len + 14);
}

static void kernel_packet_to_the_remote_network_is_protected(void **state)
{
	struct world *w = *state;
	struct parcel p;

	from_kernel(w, IN, (struct ip_spec){.src = "10.1.0.1", .dst = "10.2.0.9"});
	turn(w);
	assert_int_equal(sents(w, IN), 0);
	assert_int_equal(sents(w, OUT), 1);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_int_equal(p.pkt.l3[8], 64); // ours: not routed, TTL as it was
}

static void kernel_packet_to_the_remote_network_never_leaves_in_clear(void **state)
{
	struct world *w = *state;

	// From the outside address: the tunnel's selectors do not hold it.
	from_kernel(w, OUT, (struct ip_spec){.src = "192.0.2.1", .dst = "10.2.0.9"});
	// Of a foreign source, as when the kernel forwards by itself.
	from_kernel(w, OUT, (struct ip_spec){.src = "10.9.0.1", .dst = "172.16.0.1"});
	turn(w);
	dp_conn_switch(w->conn, NULL);
	from_kernel(w, OUT, (struct ip_spec){.src = "192.0.2.1", .dst = "10.2.0.9", .sport = 9});
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "ts_out", 1);
	assert_count(w, "clear_to_outside", 1);
	assert_count(w, "no_sa", 1);
}

static void kernel_traffic_of_the_port_itself_leaves_directly(void **state)
{
	struct world *w = *state;
	const uint8_t *frame;
	size_t len;

	from_kernel(w, OUT, (struct ip_spec){.src = "192.0.2.1", .dst = "198.51.100.77"});
	turn(w);
	assert_int_equal(sents(w, OUT), 1);
	frame = port_mem_sent(w->port[OUT], 0, &len);
	assert_int_equal(frame[0], 2);
	assert_int_equal(frame[1], 5); // the Ethernet header that the kernel gave it
	assert_int_equal(frame[14 + 8], 64);
	assert_count(w, "direct", 1);
}

static void kernel_arp_leaves_directly(void **state)
{
	struct world *w = *state;
	uint8_t arp[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [12] = 8, [13] = 6};

	assert_int_equal(dp_from_kernel(w->dp, OUT, arp, sizeof(arp)), 0);
	turn(w);
	assert_int_equal(sents(w, OUT), 1);
}

// What must pass

static void inside_packet_leaves_encrypted(void **state)
{
	struct world *w = *state;
	const uint8_t *frame;
	struct parcel p, was;
	size_t len;

	ip_make(&was, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .len = 300});
	feed(w, IN, &was);
	turn(w);
	assert_int_equal(sents(w, OUT), 1);
	frame = port_mem_sent(w->port[OUT], 0, &len);
	assert_memory_equal(frame, hop_mac, 6);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(p.pkt.l3[9], IP_ESP);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_int_equal(p.pkt.len, 300);
	assert_int_equal(p.pkt.l3[8], 63); // a hop
	assert_memory_equal(p.pkt.l3 + 12, was.pkt.l3 + 12, 288);
	assert_count(w, "esp_out", 1);
	assert_int_equal(dp_child_out(w->child)->live->packets, 1);
	assert_int_equal(dp_child_out(w->child)->live->bytes, 300);
}

static void packet_of_the_peer_reaches_the_inside(void **state)
{
	struct world *w = *state;
	const uint8_t *frame;
	struct parcel p;
	size_t len;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2", .len = 100});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(sents(w, IN), 1);
	frame = port_mem_sent(w->port[IN], 0, &len);
	assert_int_equal(len, 114);
	assert_memory_equal(frame, host_mac, 6);
	assert_int_equal(frame[14 + 8], 63);
	assert_count(w, "esp_in", 1);
	assert_int_equal(dp_child_in(w->child)->live->packets, 1);
	assert_int_equal(dp_child_in(w->child)->live->bytes, 100);
}

static void frames_padded_by_ethernet_are_cut_to_the_packet(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .len = 30});
	pkt_put(&p.pkt, 16);
	feed(w, IN, &p);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_int_equal(p.pkt.len, 30);
}

static void policy_goes_before_route(void **state)
{
	struct world *w = *state;
	struct dp_policy policy[] = {
		{.priority = 20,
			.local = sel("10.1.0.0/16"),
			.remote = sel("0.0.0.0/0"),
			.action = DP_DISCARD},
		{.priority = 10,
			.local = sel("10.1.0.0/16"),
			.remote = sel("10.2.0.0/16"),
			.action = DP_PROTECT,
			.conn = w->conn},
	};
	struct cidr remote = net("10.2.0.0/16");

	dp_route_del(w->dp, &remote);
	assert_int_equal(dp_policies_set(w->dp, policy, 2), 0);
	assert_int_equal(dp_commit(w->dp), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.1.0.3"});
	turn(w);
	assert_count(w, "esp_out", 1);
	assert_count(w, "discard", 1);
}

static void udp_encapsulated_esp_passes_both_ways(void **state)
{
	struct world *w = *state;
	struct esp_sa *in, *out;
	struct dp_child *child = world_child(
		w, w->tunnel, 7, "10.1.0.0/16", "10.2.0.0/16", true, &in, &out);
	struct parcel p;

	assert_int_equal(dp_child_use(child, w->child), 0);
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(out, &p);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(sents(w, IN), 1);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(p.pkt.l3[9], IP_UDP);
	assert_int_equal(peer_unwrap(in, &p), ESP_PASS);
	esp_sa_free(in);
	esp_sa_free(out);
}

// The peer of a tunnel through UDP sends from port.
static void feed_udp(struct world *w, struct esp_sa *peer_out, uint16_t port)
{
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(peer_out, &p);
	be16_put(p.pkt.l3 + 20, port);
	feed(w, OUT, &p);
}

static void only_the_newest_packet_shows_where_the_peer_is(void **state)
{
	struct world *w = *state;
	struct esp_sa *in, *out;
	struct parcel late;

	assert_non_null(
		world_child(w, w->tunnel, 7, "10.1.0.0/16", "10.2.0.0/16", true, &in, &out));
	ip_make(&late, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(out, &late);
	be16_put(late.pkt.l3 + 20, 4999);
	feed_udp(w, out, 4500);
	turn(w);
	feed(w, OUT, &late); // an older one that was delayed, or sent again from elsewhere
	turn(w);
	poll_up(w);
	assert_count(w, "esp_in", 2);
	assert_int_equal(w->events, 0);
	feed_udp(w, out, 4999);
	turn(w);
	poll_up(w);
	assert_int_equal(w->event.type, DP_NAT_MOVED);
	assert_int_equal(w->event.from.port, 4999);
	esp_sa_free(in);
	esp_sa_free(out);
}

static void nat_keepalive_is_dropped(void **state)
{
	struct world *w = *state;
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "198.51.100.9",
			    .dst = "192.0.2.1",
			    .sport = 4500,
			    .dport = 4500,
			    .len = 29});
	p.pkt.l3[28] = 0xff;
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(poll_up(w), 0);
	assert_count(w, "nat_keepalive", 1);
}

static void ip6_make(struct parcel *p, const char *src, const char *dst, uint16_t len)
{
	struct addr from = at(src), to = at(dst);
	uint8_t b[2048] = {0x60};

	be16_put(b + 4, (uint16_t)(len - 40));
	b[6] = IP_UDP;
	b[7] = 64;
	memcpy(b + 8, from.b, 16);
	memcpy(b + 24, to.b, 16);
	be16_put(b + 44, (uint16_t)(len - 40));
	parcel_of(p, b, len);
}

// Structures know both families: IPv6 inside of ESP over IPv4, with its ICMP.
static void ipv6_passes_inside_of_the_tunnel(void **state)
{
	struct world *w = *state;
	struct parcel p;

	address(w, IN, "fd01::1");
	neighbour(w, IN, "fd01::2", host_mac);
	route(w, "fd01::/64", (struct dp_next){.type = DP_NEXT_PORT, .port = IN});
	route(w, "fd02::/64", (struct dp_next){.type = DP_NEXT_CONN, .conn = w->conn});
	assert_int_equal(dp_commit(w->dp), 0);
	dp_child_del(w->child);
	esp_sa_free(w->peer_in);
	esp_sa_free(w->peer_out);
	w->child = world_child(
		w, w->tunnel, 6, "fd01::/64", "fd02::/64", false, &w->peer_in, &w->peer_out);
	assert_int_equal(dp_child_use(w->child, NULL), 0);

	ip6_make(&p, "fd01::2", "fd02::9", 200);
	feed(w, IN, &p);
	ip6_make(&p, "fd01::2", "fd02::9", 1500);
	feed(w, IN, &p);
	ip6_make(&p, "fd01::2", "fd03::9", 200);
	feed(w, IN, &p);
	ip6_make(&p, "fd02::9", "fd01::2", 100);
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(sents(w, OUT), 1);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_int_equal(p.pkt.len, 200);
	assert_int_equal(p.pkt.l3[7], 63);
	assert_count(w, "no_route", 1);
	assert_int_equal(sents(w, IN), 2);
	sent_packet(w, IN, 0, &p);
	assert_int_equal(p.pkt.l3[6], IP_ICMP6);
	assert_int_equal(p.pkt.l3[40], 2);
	assert_int_equal(be32_get(p.pkt.l3 + 44), 1446);
	sent_packet(w, IN, 1, &p);
	assert_int_equal(p.pkt.len, 100);
}

// Two tunnels as spokes of this hub: what comes out of one enters the other.
static void decrypted_packet_may_enter_another_tunnel(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct dp_tunnel *spoke;
	struct esp_sa *in, *out;
	struct dp_conn *conn;
	struct dp_child *child;
	struct parcel p;

	assert_int_equal(dp_conn_new(w->dp, "c2", NULL, &conn), 0);
	conf.conn = conn;
	assert_int_equal(dp_tunnel_new(w->dp, &conf, &spoke), 0);
	child = world_child(w, spoke, 8, "10.2.0.0/16", "10.4.0.0/16", false, &in, &out);
	assert_int_equal(dp_child_use(child, NULL), 0);
	dp_conn_switch(conn, spoke);
	route(w, "10.4.0.0/16", (struct dp_next){.type = DP_NEXT_CONN, .conn = conn});
	assert_int_equal(dp_commit(w->dp), 0);
	dp_child_del(w->child);
	esp_sa_free(w->peer_in);
	esp_sa_free(w->peer_out);
	w->child = world_child(
		w, w->tunnel, 9, "0.0.0.0/0", "10.2.0.0/16", false, &w->peer_in, &w->peer_out);

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.4.0.5", .ttl = 9});
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(in, &p), ESP_PASS);
	assert_int_equal(p.pkt.l3[8], 8);
	assert_count(w, "hub", 1);
	esp_sa_free(in);
	esp_sa_free(out);
}

static void arrives(struct world *w, struct esp_sa *peer_out, unsigned int nth)
{
	struct parcel p;

	ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2"});
	peer_wrap(peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	assert_int_equal(sents(w, IN), nth);
}

static void leaves(struct world *w, struct esp_sa *peer_in, unsigned int nth)
{
	struct parcel p;

	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
	turn(w);
	sent_packet(w, OUT, nth, &p);
	assert_int_equal(peer_unwrap(peer_in, &p), ESP_PASS);
}

// Both tunnels of a connection have the same selectors (never "the last one wins"): each takes what
// comes in under its SA, and the active one carries what goes out, whichever was made last.
static void two_tunnels_with_the_same_selectors_stay_apart(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct dp_tunnel *standby;
	struct dp_child *child;
	struct esp_sa *in, *out;

	conf.name = "t2";
	assert_int_equal(dp_tunnel_new(w->dp, &conf, &standby), 0);
	child = world_child(w, standby, 8, "10.1.0.0/16", "10.2.0.0/16", false, &in, &out);
	assert_int_equal(dp_child_use(child, NULL), 0);
	leaves(w, w->peer_in, 0);
	arrives(w, out, 1);
	arrives(w, w->peer_out, 2);
	dp_conn_switch(w->conn, standby);
	leaves(w, in, 1);
	arrives(w, w->peer_out, 3);
	dp_conn_switch(w->conn, w->tunnel);
	dp_child_del(child);
	leaves(w, w->peer_in, 2);
	esp_sa_free(in);
	esp_sa_free(out);
}

static void ttl_of_one_ends_here_and_the_sender_is_told(void **state)
{
	struct world *w = *state;
	struct parcel p;

	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .ttl = 1});
	turn(w);
	assert_int_equal(sents(w, OUT), 0);
	assert_count(w, "ttl", 1);
	sent_packet(w, IN, 0, &p);
	assert_int_equal(p.pkt.l3[9], IP_ICMP);
	assert_int_equal(p.pkt.l3[20], 11);
}

static void order_survives_among_drops(void **state)
{
	struct world *w = *state;
	struct parcel p;

	for (uint16_t i = 0; i < 60; i++)
		feed_ip(w, IN,
			(struct ip_spec){.src = i % 3 ? "10.1.0.2" : "10.2.0.2",
				.dst = "10.2.0.9",
				.sport = i});
	turn(w);
	assert_int_equal(sents(w, OUT), 40);
	for (uint16_t i = 0, at = 0; i < 60; i++) {
		if (i % 3 == 0)
			continue;
		sent_packet(w, OUT, at++, &p);
		assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
		assert_int_equal(be16_get(p.pkt.l3 + 20), i);
	}
	assert_count(w, "rpf", 20);
}

#define in_world(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_world(forged_clear_packet_from_outside_is_dropped),
		in_world(clear_packet_to_an_inside_address_of_ours_is_dropped),
		in_world(packet_from_outside_with_our_own_source_is_dropped),
		in_world(esp_with_unknown_spi_is_dropped),
		in_world(esp_to_an_address_that_is_not_ours_is_dropped),
		in_world(esp_with_known_spi_to_another_address_of_ours_is_dropped),
		in_world(esp_fragment_is_dropped),
		in_world(decrypted_packet_outside_the_selectors_is_dropped),
		in_world(altered_esp_is_dropped_and_does_not_move_the_window),
		in_world(replayed_esp_is_dropped),
		in_world(dummy_packet_is_dropped_quietly),
		in_world(frame_for_another_station_is_dropped),
		in_world(malformed_and_corrupted_headers_are_dropped),
		in_world(only_an_explicit_bypass_admits_a_clear_packet),
		in_world(inside_packet_without_route_is_dropped),
		in_world(inside_packet_whose_route_leads_outside_is_dropped),
		in_world(packet_to_a_tunnel_that_is_down_is_dropped),
		in_world(inside_source_must_be_routed_to_its_port),
		in_world(inside_source_must_be_unicast_and_not_ours),
		in_world(packet_outside_the_outbound_selectors_is_dropped),
		in_world(discard_and_blackhole_drop),
		in_world(multicast_is_not_forwarded),
		in_world(kernel_packet_to_the_remote_network_is_protected),
		in_world(kernel_packet_to_the_remote_network_never_leaves_in_clear),
		in_world(kernel_traffic_of_the_port_itself_leaves_directly),
		in_world(kernel_arp_leaves_directly),
		in_world(inside_packet_leaves_encrypted),
		in_world(packet_of_the_peer_reaches_the_inside),
		in_world(frames_padded_by_ethernet_are_cut_to_the_packet),
		in_world(policy_goes_before_route),
		in_world(udp_encapsulated_esp_passes_both_ways),
		in_world(only_the_newest_packet_shows_where_the_peer_is),
		in_world(nat_keepalive_is_dropped),
		in_world(ipv6_passes_inside_of_the_tunnel),
		in_world(decrypted_packet_may_enter_another_tunnel),
		in_world(two_tunnels_with_the_same_selectors_stay_apart),
		in_world(ttl_of_one_ends_here_and_the_sender_is_told),
		in_world(order_survives_among_drops),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}
