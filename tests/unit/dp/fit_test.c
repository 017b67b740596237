// Paths that are too narrow: PMTU, fragments, TCP's MSS, and the ICMP errors around them.

#include "net/icmp.h"
#include "unit/dp/world.h"

// GCM-128 in raw ESP over 1500 bytes: 20 outer, 8 ESP, 8 IV, 16 ICV, 2 trailer, ciphertext by 4.
enum { INNER_MTU = 1446 };

static void inside_host_is_told_the_right_mtu(void **state)
{
	struct world *w = *state;
	struct parcel p;

	feed_ip(w, IN,
		(struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .len = 1500, .df = true});
	turn(w);
	assert_int_equal(sents(w, OUT), 0);
	assert_count(w, "too_big", 1);
	sent_packet(w, IN, 0, &p);
	assert_int_equal(p.pkt.l3[9], IP_ICMP);
	assert_memory_equal(p.pkt.l3 + 16, ((uint8_t[]){10, 1, 0, 2}), 4);
	assert_int_equal(p.pkt.l3[20], 3);
	assert_int_equal(p.pkt.l3[21], 4);
	assert_int_equal(be16_get(p.pkt.l3 + 26), INNER_MTU);

	feed_ip(w, IN,
		(struct ip_spec){
			.src = "10.1.0.2", .dst = "10.2.0.9", .len = INNER_MTU, .df = true});
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(p.pkt.len, 1500);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_int_equal(p.pkt.len, INNER_MTU);
}

static void packet_without_df_is_cut_before_encryption(void **state)
{
	struct world *w = *state;
	struct parcel p, was;
	uint8_t whole[2000];
	size_t len = 0;

	ip_make(&was, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .len = 1500});
	feed(w, IN, &was);
	turn(w);
	assert_int_equal(sents(w, OUT), 2);
	for (unsigned int i = 0; i < 2; i++) {
		sent_packet(w, OUT, i, &p);
		assert_in_range(p.pkt.len, 1, 1500);
		assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
		assert_int_equal(be16_get(p.pkt.l3 + 6) & IP4_OFFSET, len / 8);
		assert_int_equal(!!(be16_get(p.pkt.l3 + 6) & IP4_MF), i == 0);
		assert_int_equal(p.pkt.l3[8], 63);
		memcpy(whole + len, p.pkt.l3 + 20, p.pkt.len - 20);
		len += p.pkt.len - 20;
	}
	assert_int_equal(len, 1480);
	assert_memory_equal(whole, was.pkt.l3 + 20, len);
	assert_count(w, "fragmented", 1);
	assert_count(w, "esp_out", 2);
}

static void many_packets_to_be_cut_all_pass(void **state)
{
	struct world *w = *state;

	for (uint16_t i = 0; i < 64; i++)
		feed_ip(w, IN,
			(struct ip_spec){
				.src = "10.1.0.2", .dst = "10.2.0.9", .sport = i, .len = 1500});
	turn(w);
	assert_int_equal(sents(w, OUT), 128);
	assert_count(w, "esp_out", 128);
}

// An ICMP error from a router about ESP that we sent, with this next-hop MTU.
static void icmp_about(struct world *w, const struct parcel *esp, uint16_t mtu)
{
	uint8_t b[ICMP_ERROR_ROOM];
	struct addr router = at("198.51.100.1");
	struct parcel p;
	int len = icmp_error(ICMP_TOO_BIG, &router, esp->pkt.l3, esp->pkt.len, mtu, b);

	assert_true(len > 0);
	parcel_of(&p, b, (size_t)len);
	feed(w, OUT, &p);
}

static void esp_of_ours(struct world *w, struct parcel *p)
{
	feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .df = true});
	turn(w);
	sent_packet(w, OUT, 0, p);
	port_mem_clear(w->port[OUT], true);
}

static void icmp_about_our_esp_lowers_the_path_mtu(void **state)
{
	struct world *w = *state;
	struct parcel esp, p;

	esp_of_ours(w, &esp);
	icmp_about(w, &esp, 1400);
	turn(w);
	poll_up(w);
	assert_count(w, "icmp_about_esp", 1);
	assert_int_equal(w->event.type, DP_PMTU);
	assert_ptr_equal(w->event.tunnel, w->tunnel);
	assert_int_equal(dp_tunnel_path_mtu(w->tunnel), 1400);
	feed_ip(w, IN,
		(struct ip_spec){
			.src = "10.1.0.2", .dst = "10.2.0.9", .len = INNER_MTU, .df = true});
	turn(w);
	sent_packet(w, IN, 0, &p);
	assert_int_equal(be16_get(p.pkt.l3 + 26), INNER_MTU - 100);
}

static void icmp_with_another_spi_or_address_changes_nothing(void **state)
{
	struct world *w = *state;
	struct parcel esp;

	esp_of_ours(w, &esp);
	esp.pkt.l3[20] ^= 1;
	icmp_about(w, &esp, 1400);
	esp.pkt.l3[20] ^= 1;
	esp.pkt.l3[19] ^= 1;
	ip4_csum_set(esp.pkt.l3, 20);
	icmp_about(w, &esp, 1400);
	turn(w);
	poll_up(w);
	assert_int_equal(w->events, 0);
	assert_int_equal(dp_tunnel_path_mtu(w->tunnel), 1500);
}

static void path_mtu_has_a_floor_and_ages(void **state)
{
	struct world *w = *state;
	struct parcel esp;

	esp_of_ours(w, &esp);
	icmp_about(w, &esp, 68);
	turn(w);
	poll_up(w);
	assert_int_equal(dp_tunnel_path_mtu(w->tunnel), 576);
	dp_tick(w->dp, w->now + MONO_S(599));
	assert_int_equal(dp_tunnel_path_mtu(w->tunnel), 576);
	dp_tick(w->dp, w->now + MONO_S(601));
	assert_int_equal(dp_tunnel_path_mtu(w->tunnel), 1500);
}

static void icmp_errors_heard_are_limited_in_rate(void **state)
{
	struct world *w = *state;
	struct parcel esp;

	esp_of_ours(w, &esp);
	for (unsigned int i = 0; i < 50; i++)
		icmp_about(w, &esp, 1400);
	turn(w);
	assert_count(w, "icmp_about_esp", 10);
	assert_count(w, "icmp_policed", 40);
}

// A TCP SYN with options: one NOP, then MSS; the checksum is right.
static void syn_make(struct parcel *p, const char *src, const char *dst, uint16_t mss)
{
	struct addr from = at(src), to = at(dst);
	uint8_t *tcp;

	ip_make(p, (struct ip_spec){.src = src, .dst = dst, .proto = IP_TCP, .len = 48});
	tcp = p->pkt.l3 + 20;
	memset(tcp, 0, 28);
	tcp[12] = 7 << 4;
	tcp[13] = 2;
	tcp[20] = 1;
	tcp[21] = 2;
	tcp[22] = 4;
	be16_put(tcp + 23, mss);
	be16_put(tcp + 16, l4_csum(&from, &to, IP_TCP, tcp, 28));
}

static void assert_syn(const struct parcel *p, uint16_t mss)
{
	struct addr from = addr_from_wire(p->pkt.l3 + 12, ADDR_V4);
	struct addr to = addr_from_wire(p->pkt.l3 + 16, ADDR_V4);

	assert_int_equal(be16_get(p->pkt.l3 + 43), mss);
	assert_int_equal(l4_csum(&from, &to, IP_TCP, p->pkt.l3 + 20, 28), 0);
}

static void mss_is_clamped_in_both_directions(void **state)
{
	struct world *w = *state;
	struct parcel p;

	syn_make(&p, "10.1.0.2", "10.2.0.9", 1460);
	feed(w, IN, &p);
	syn_make(&p, "10.2.0.9", "10.1.0.2", 1460);
	peer_wrap(w->peer_out, &p);
	feed(w, OUT, &p);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_syn(&p, INNER_MTU - 40);
	sent_packet(w, IN, 0, &p);
	assert_syn(&p, INNER_MTU - 40);
}

static void small_mss_stays(void **state)
{
	struct world *w = *state;
	struct parcel p;

	syn_make(&p, "10.1.0.2", "10.2.0.9", 536);
	feed(w, IN, &p);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_syn(&p, 536);
}

static void clamp_can_be_off(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct parcel p;

	conf.clamp_mss = false;
	assert_int_equal(dp_tunnel_set(w->tunnel, &conf), 0);
	syn_make(&p, "10.1.0.2", "10.2.0.9", 1460);
	feed(w, IN, &p);
	turn(w);
	sent_packet(w, OUT, 0, &p);
	assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
	assert_syn(&p, 1460);
}

static void broken_tcp_options_are_left_alone(void **state)
{
	struct world *w = *state;
	static const uint8_t options[][8] = {
		{2, 0}, {2, 4}, {3}, {8, 9, 9, 9, 9, 9, 9, 9}, {1, 1, 1, 1, 1, 1, 2, 4}};
	struct parcel p;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		syn_make(&p, "10.1.0.2", "10.2.0.9", 1460);
		memcpy(p.pkt.l3 + 40, options[i], 8);
		feed(w, IN, &p);
		// A header length that reaches past the packet.
		syn_make(&p, "10.1.0.2", "10.2.0.9", 1460);
		p.pkt.l3[32] = 0xf0;
		feed(w, IN, &p);
	}
	turn(w);
	assert_count(w, "esp_out", 10);
}

// The other end's kernel leaves checksums to a NIC that is not there.
static void unfinished_checksums_are_finished(void **)
{
	struct world *w = world_open(1, "out,csum_unfinished");
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct addr src = at("198.51.100.77"), dst = at("192.0.2.1");
	struct parcel p;
	uint32_t sum;

	assert_int_equal(dp_tunnel_new(w->dp, &conf, &w->tunnel), 0);
	syn_make(&p, "198.51.100.77", "192.0.2.1", 1460);
	sum = csum_add(IP_TCP + 28, src.b, 4);
	sum = csum_add(sum, dst.b, 4);
	be16_put(p.pkt.l3 + 36, (uint16_t)~csum_fold(sum));
	feed(w, OUT, &p);
	syn_make(&p, "198.51.100.77", "192.0.2.1", 1460);
	feed(w, OUT, &p);
	turn(w);
	for (unsigned int i = 0; i < 2; i++) {
		w->hosts = 0;
		struct dp_sink sink = {.host = on_host};

		assert_int_equal(dp_poll(w->dp, &sink, w,
					 (unsigned int[DP_CLASSES]){[DP_CLASS_HOST] = 1}, w->now),
			1);
		parcel_of(&p, w->last + 14, w->last_len - 14);
		assert_syn(&p, 1460);
	}
	world_free(w);
}

#define in_world(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_world(inside_host_is_told_the_right_mtu),
		in_world(packet_without_df_is_cut_before_encryption),
		in_world(many_packets_to_be_cut_all_pass),
		in_world(icmp_about_our_esp_lowers_the_path_mtu),
		in_world(icmp_with_another_spi_or_address_changes_nothing),
		in_world(path_mtu_has_a_floor_and_ages),
		in_world(icmp_errors_heard_are_limited_in_rate),
		in_world(mss_is_clamped_in_both_directions),
		in_world(small_mss_stays),
		in_world(clamp_can_be_off),
		in_world(broken_tcp_options_are_left_alone),
		cmocka_unit_test(unfinished_checksums_are_finished),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}
