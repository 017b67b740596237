#include "esp/sa.h"

#include "unit/esp/fixture.h"

static struct selector ts(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return selector_of_cidr(&c);
}

static struct flow flow(const char *src, const char *dst, uint8_t proto, uint16_t port)
{
	struct flow f = {.proto = proto, .dst_port = port, .src_port = 1000};
	struct addr a;

	assert_int_equal(addr_read(src, &a), 0);
	memcpy(f.src, a.b, 16);
	f.family = a.family;
	assert_int_equal(addr_read(dst, &a), 0);
	memcpy(f.dst, a.b, 16);
	return f;
}

static void sa_sizes_follow_the_suite(void **)
{
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa = sa_of(p, CRYPTO_ENCRYPT);

	assert_int_equal(sa->head, 20 + 8 + 8);
	assert_int_equal(sa->tail, 3 + 2 + 16);
	esp_sa_free(sa);

	p = params_of(&cbc_esn);
	p.udp = true;
	sa = sa_of(p, CRYPTO_ENCRYPT);
	assert_int_equal(sa->head, 20 + 8 + 8 + 16);
	assert_int_equal(sa->tail, 15 + 2 + 32);
	esp_sa_free(sa);
	sa = sa_of(p, CRYPTO_DECRYPT);
	assert_int_equal(sa->tail, 4);
	esp_sa_free(sa);
}

static void sa_sequence_numbers_are_given_out_once(void **)
{
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa = sa_of(p, CRYPTO_ENCRYPT);
	uint64_t first;

	assert_int_equal(esp_seq_take(sa, 32, &first), 32);
	assert_int_equal(first, 1);
	assert_int_equal(esp_seq_take(sa, 1, &first), 1);
	assert_int_equal(first, 33);
	esp_sa_free(sa);
}

static void sa_sequence_numbers_never_cycle(void **)
{
	static const struct suite *const suites[] = {&gcm, &gcm_esn};
	static const uint64_t last[] = {UINT32_MAX, UINT64_MAX};

	for (int i = 0; i < 2; i++) {
		struct esp_params p = params_of(suites[i]);
		struct esp_sa *sa;
		uint64_t first;

		p.seq = last[i] - 5;
		sa = sa_of(p, CRYPTO_ENCRYPT);
		assert_int_equal(esp_seq_take(sa, 3, &first), 3);
		assert_int_equal(first, last[i] - 4);
		assert_int_equal(esp_seq_take(sa, 3, &first), 2);
		assert_int_equal(first, last[i] - 1);
		assert_int_equal(esp_seq_take(sa, 3, &first), 0);
		assert_int_equal(sa->live->seq, last[i]);
		esp_sa_free(sa);
	}
}

static void sa_gives_out_no_more_than_its_packets_and_bytes(void **)
{
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa;
	uint64_t first;

	p.packets_max = 4;
	p.bytes_max = 1000;
	p.seq = 10;
	sa = sa_of(p, CRYPTO_ENCRYPT);
	assert_int_equal(esp_seq_take(sa, 3, &first), 3);
	assert_int_equal(esp_seq_take(sa, 3, &first), 1);
	assert_int_equal(first, 14);
	assert_int_equal(esp_seq_take(sa, 3, &first), 0);
	esp_sa_free(sa);
	sa = sa_of(p, CRYPTO_ENCRYPT);
	esp_live_count(sa->live, 1, 999, 1);
	assert_int_equal(esp_seq_take(sa, 1, &first), 1);
	esp_live_count(sa->live, 1, 1, 1);
	assert_int_equal(esp_seq_take(sa, 1, &first), 0);
	esp_sa_free(sa);
}

static void sa_with_esn_passes_the_first_lap(void **)
{
	struct esp_params p = params_of(&gcm_esn);
	struct esp_sa *sa;
	uint64_t first;

	p.seq = UINT32_MAX - 1;
	sa = sa_of(p, CRYPTO_ENCRYPT);
	assert_int_equal(esp_seq_take(sa, 4, &first), 4);
	assert_int_equal(sa->live->seq, UINT64_C(0x100000002));
	esp_sa_free(sa);
}

struct wrong {
	const char *name;
	struct esp_params p;
	int err;
};

static void sa_refuses_parameters_that_contradict_each_other(void **)
{
	struct esp_params base = params_of(&cbc);
	struct suite no_integ = {.encr = cbc.encr}, two = {.encr = gcm.encr, .integ = cbc.integ};
	struct wrong w[] = {
		{"CBC without integrity", base, -EINVAL},
		{"AEAD with integrity", base, -EINVAL},
		{"SPI 0", base, -EINVAL},
		{"window too small", base, -EINVAL},
		{"window too large", base, -EINVAL},
		{"DSCP", base, -EINVAL},
		{"mixed families", base, -EINVAL},
		{"UDP without port", base, -EINVAL},
		{"ESN without window", params_of(&gcm_esn), -EINVAL},
		{"too many selectors", base, -EINVAL},
		{"the back end's own refusal", base, -EINVAL},
	};

	w[0].p.suite = &no_integ;
	w[1].p.suite = &two;
	w[2].p.spi = 0;
	w[3].p.window = 63;
	w[4].p.window = 4097;
	w[5].p.dscp = 64;
	w[6].p.dst.addr.family = ADDR_V6;
	w[7].p.udp = true;
	w[7].p.dst.port = 0;
	w[8].p.window = 0;
	w[9].p.n_dst_ts = ESP_SELECTORS + 1;
	w[10].p.integ = NULL;
	for (size_t i = 0; i < sizeof(w) / sizeof(w[0]); i++) {
		struct esp_sa *sa = NULL;
		struct why why = {0};

		w[i].p.dir = CRYPTO_DECRYPT;
		if (esp_sa_new(&w[i].p, &sa, &why) != w[i].err || !why.what[0] || sa)
			fail_msg("%s was not refused", w[i].name);
	}
}

static void sa_moved_keeps_key_and_state(void **)
{
	struct esp_params p = params_of(&gcm);
	struct endpoint to = {{.b = {198, 51, 100, 7}, .family = ADDR_V4}, 60001};
	struct esp_sa *old = sa_of(p, CRYPTO_ENCRYPT), *moved;
	struct crypto_op op;
	struct box box;
	uint64_t first;

	assert_int_equal(esp_seq_take(old, 10, &first), 10);
	assert_int_equal(esp_sa_move(old, &p.src, &to, true, &moved), 0);
	assert_ptr_equal(moved->live, old->live);
	esp_sa_free(old);
	assert_int_equal(esp_seq_take(moved, 1, &first), 1);
	assert_int_equal(first, 11);
	box_inner(&box, 4, 64, 0, false);
	assert_int_equal(esp_encap(moved, first, &box.pkt, &op), ESP_PASS);
	assert_memory_equal(box.pkt.l3 + 16, to.addr.b, 4);
	assert_int_equal(be16_get(box.pkt.l3 + 22), 60001);
	esp_sa_free(moved);
}

static void sa_that_cannot_move_stays_whole(void **)
{
	struct esp_params p = params_of(&gcm);
	struct endpoint to = {{.b = {1}, .family = ADDR_V6}, 60001};
	struct esp_sa *old = sa_of(p, CRYPTO_ENCRYPT), *moved = NULL;

	assert_int_equal(esp_sa_move(old, &p.src, &to, true, &moved), -EINVAL);
	assert_null(moved);
	assert_true(old->holds);
	esp_sa_free(old);
}

static void inner_mtu_is_the_largest_that_fits(void **)
{
	static const struct suite *const suites[] = {&gcm, &cbc, &cbc_esn};

	for (int i = 0; i < 3; i++) {
		struct esp_params p = params_of(suites[i]);
		struct esp_sa *sa = sa_of(p, CRYPTO_ENCRYPT);

		for (uint32_t mtu = 600; mtu < 700; mtu++) {
			uint32_t fits = esp_inner_mtu(sa, mtu);
			struct crypto_op op;
			struct box box;

			box_inner(&box, 4, fits, 0, false);
			assert_int_equal(esp_encap(sa, 1, &box.pkt, &op), ESP_PASS);
			assert_true(box.pkt.len <= mtu);
			box_inner(&box, 4, fits + 1, 0, false);
			assert_int_equal(esp_encap(sa, 1, &box.pkt, &op), ESP_PASS);
			assert_true(box.pkt.len > mtu);
		}
		assert_int_equal(esp_inner_mtu(sa, 40), 0);
		esp_sa_free(sa);
	}
}

static void sa_passes_only_what_its_selectors_say(void **)
{
	struct selector src[] = {ts("10.1.0.0/16"), ts("10.3.0.0/24"), ts("2001:db8:1::/48")};
	struct selector dst[] = {ts("10.2.0.0/16"), ts("2001:db8:2::/48")};
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa;
	struct flow f;

	dst[0].proto = IP_TCP;
	dst[0].port_first = dst[0].port_last = 443;
	p.src_ts = src;
	p.n_src_ts = 3;
	p.dst_ts = dst;
	p.n_dst_ts = 2;
	sa = sa_of(p, CRYPTO_DECRYPT);

	f = flow("10.1.255.255", "10.2.0.0", IP_TCP, 443);
	assert_true(esp_sa_passes(sa, &f));
	f = flow("10.3.0.9", "10.2.255.255", IP_TCP, 443);
	assert_true(esp_sa_passes(sa, &f));
	f = flow("10.3.1.0", "10.2.0.1", IP_TCP, 443);
	assert_false(esp_sa_passes(sa, &f));
	f = flow("10.1.0.1", "10.2.0.1", IP_TCP, 444);
	assert_false(esp_sa_passes(sa, &f));
	f = flow("10.1.0.1", "10.2.0.1", IP_UDP, 443);
	assert_false(esp_sa_passes(sa, &f));
	f = flow("10.2.0.1", "10.1.0.1", IP_TCP, 443);
	assert_false(esp_sa_passes(sa, &f));
	f = flow("2001:db8:1::5", "2001:db8:2:ffff::1", IP_UDP, 53);
	assert_true(esp_sa_passes(sa, &f));
	f = flow("2001:db8:3::5", "2001:db8:2::1", IP_UDP, 53);
	assert_false(esp_sa_passes(sa, &f));
	esp_sa_free(sa);
}

static void sa_without_selectors_passes_everything(void **)
{
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa = sa_of(p, CRYPTO_DECRYPT);
	struct flow f = flow("203.0.113.1", "198.51.100.1", IP_UDP, 1);

	assert_true(esp_sa_passes(sa, &f));
	esp_sa_free(sa);
}

static void verdicts_all_have_names(void **)
{
	for (int v = 0; v < ESP_VERDICTS; v++)
		assert_non_null(esp_verdict_name((enum esp_verdict)v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sa_sizes_follow_the_suite),
		cmocka_unit_test(sa_sequence_numbers_are_given_out_once),
		cmocka_unit_test(sa_sequence_numbers_never_cycle),
		cmocka_unit_test(sa_gives_out_no_more_than_its_packets_and_bytes),
		cmocka_unit_test(sa_with_esn_passes_the_first_lap),
		cmocka_unit_test(sa_refuses_parameters_that_contradict_each_other),
		cmocka_unit_test(sa_moved_keeps_key_and_state),
		cmocka_unit_test(sa_that_cannot_move_stays_whole),
		cmocka_unit_test(inner_mtu_is_the_largest_that_fits),
		cmocka_unit_test(sa_passes_only_what_its_selectors_say),
		cmocka_unit_test(sa_without_selectors_passes_everything),
		cmocka_unit_test(verdicts_all_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
