#include "esp/decap.h"

#include "unit/esp/fixture.h"

struct both {
	struct esp_sa *out, *in;
};

static struct both both_of(const struct esp_params *p)
{
	return (struct both){sa_of(*p, CRYPTO_ENCRYPT), sa_of(*p, CRYPTO_DECRYPT)};
}

static void both_free(struct both *sa)
{
	esp_sa_free(sa->out);
	esp_sa_free(sa->in);
}

static void seal(const struct esp_sa *sa, uint64_t seq, struct box *box)
{
	struct crypto_op op = {0};

	assert_int_equal(esp_encap(sa, seq, &box->pkt, &op), ESP_PASS);
	toy_run(&op);
}

static enum esp_verdict open_seq(struct esp_sa *sa, struct box *box, uint64_t *seq)
{
	struct crypto_op op = {0};
	enum esp_verdict verdict = esp_decap(sa, &box->pkt, sa->outer_len, seq, &op);

	if (verdict)
		return verdict;
	toy_run(&op);
	return esp_decap_finish(sa, &box->pkt, *seq, &op);
}

static enum esp_verdict open_one(struct esp_sa *sa, struct box *box)
{
	uint64_t seq;

	return open_seq(sa, box, &seq);
}

static void decap_gives_back_what_encap_took(void **)
{
	static const struct suite *const suites[] = {&gcm, &gcm_esn, &cbc, &cbc_esn};

	for (int i = 0; i < 4 * 2 * 2 * 2; i++) {
		struct esp_params p = params_of(suites[i & 3]);
		int version = i & 4 ? 6 : 4;
		struct both sa;
		uint64_t seq = 1;

		p.udp = i & 8;
		if (i & 16) {
			assert_int_equal(addr_read("2001:db8::1", &p.src.addr), 0);
			assert_int_equal(addr_read("2001:db8::2", &p.dst.addr), 0);
		}
		sa = both_of(&p);
		for (uint32_t len = 40; len < 1500; len += len < 140 ? 1 : 97, seq++) {
			struct box box, want;
			uint64_t got;

			box_inner(&want, version, len, 0xb8, true);
			box = want;
			box.pkt.l3 = box.b + ROOM;
			seal(sa.out, seq, &box);
			assert_memory_not_equal(box.b + ROOM, want.b + ROOM, len);
			assert_int_equal(open_seq(sa.in, &box, &got), ESP_PASS);
			assert_int_equal(got, seq);
			assert_int_equal(box.pkt.len, len);
			assert_memory_equal(box.pkt.l3, want.b + ROOM, len);
			assert_ptr_equal(box.pkt.l3 - box.pkt.head, box.b);
			assert_ptr_equal(pkt_end(&box.pkt) + box.pkt.tail, box.b + BUF);
		}
		both_free(&sa);
	}
}

static void decap_of_every_truncation_is_refused_before_the_cipher(void **)
{
	static const struct suite *const suites[] = {&gcm, &cbc_esn};

	for (int i = 0; i < 2; i++) {
		struct esp_params p = params_of(suites[i]);
		struct both sa = both_of(&p);
		struct box whole, box;

		box_inner(&whole, 4, 64, 0, false);
		seal(sa.out, 1, &whole);
		for (uint32_t len = 0; len < whole.pkt.len; len++) {
			enum esp_verdict verdict;

			box_put(&box, whole.pkt.l3, len);
			verdict = open_one(sa.in, &box);
			assert_true(verdict == ESP_SHORT || verdict == ESP_UNALIGNED ||
				    verdict == ESP_BAD_TAG);
			if (len < 20u + 8 + sa.in->iv_len + 2 + sa.in->icv_len)
				assert_int_equal(verdict, ESP_SHORT);
		}
		assert_int_equal(sa.in->live->seq, 0);
		both_free(&sa);
	}
}

static void decap_refuses_any_changed_byte(void **)
{
	static const struct suite *const suites[] = {&gcm, &gcm_esn, &cbc, &cbc_esn};

	for (int i = 0; i < 4; i++) {
		struct esp_params p = params_of(suites[i]);
		struct both sa = both_of(&p);
		struct box whole, box;

		box_inner(&whole, 4, 64, 0, false);
		seal(sa.out, 1, &whole);
		for (uint32_t at = 20; at < whole.pkt.len; at++) {
			box_put(&box, whole.pkt.l3, whole.pkt.len);
			box.pkt.l3[at] ^= 0x80;
			assert_int_equal(open_one(sa.in, &box), ESP_BAD_TAG);
		}
		// No forgery moved the window.
		assert_int_equal(sa.in->live->seq, 0);
		box_put(&box, whole.pkt.l3, whole.pkt.len);
		assert_int_equal(open_one(sa.in, &box), ESP_PASS);
		both_free(&sa);
	}
}

static void decap_takes_a_packet_once_even_within_a_burst(void **)
{
	struct esp_params p = params_of(&gcm);
	struct both sa = both_of(&p);
	struct crypto_op op[2] = {0};
	struct box first, copy;
	uint64_t seq[2];

	box_inner(&first, 4, 64, 0, false);
	seal(sa.out, 1, &first);
	box_put(&copy, first.pkt.l3, first.pkt.len);
	assert_int_equal(esp_decap(sa.in, &first.pkt, 20, &seq[0], &op[0]), ESP_PASS);
	assert_int_equal(esp_decap(sa.in, &copy.pkt, 20, &seq[1], &op[1]), ESP_PASS);
	toy_run(&op[0]);
	toy_run(&op[1]);
	assert_int_equal(esp_decap_finish(sa.in, &first.pkt, seq[0], &op[0]), ESP_PASS);
	assert_int_equal(esp_decap_finish(sa.in, &copy.pkt, seq[1], &op[1]), ESP_REPLAYED);
	both_free(&sa);
}

static void decap_across_a_lap_of_esn(void **)
{
	static const struct suite *const suites[] = {&gcm_esn, &cbc_esn};
	static const uint64_t lap = UINT64_C(1) << 32;
	static const uint64_t order[] = {lap - 2, lap + 1, lap - 1, lap, lap + 2, lap + 70};

	for (int i = 0; i < 2; i++) {
		struct esp_params p = params_of(suites[i]);
		struct both sa;

		p.seq = lap - 3;
		sa = both_of(&p);
		for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
			struct box box;
			uint64_t seq;

			box_inner(&box, 4, 64, 0, false);
			seal(sa.out, order[k], &box);
			assert_int_equal(open_seq(sa.in, &box, &seq), ESP_PASS);
			assert_int_equal(seq, order[k]);
		}
		both_free(&sa);
	}
}

// Encrypt a given payload with trailer, as a peer might that pads in its own way.
static void seal_raw(
	const struct esp_sa *sa, uint64_t seq, const uint8_t *text, uint32_t len, struct box *box)
{
	struct crypto_op op = {0};
	uint8_t inner[BUF] = {0x45};

	// A packet of just the length whose padding is none, then its plaintext replaced.
	memcpy(inner + 1, text + 1, len - 1);
	box_put(box, inner, len - 2);
	assert_int_equal(esp_encap(sa, seq, &box->pkt, &op), ESP_PASS);
	memcpy(op.data + op.len - len, text, len);
	toy_run(&op);
}

struct trailer_row {
	const char *name;
	uint8_t behind[16]; // after the 20-byte inner header
	enum esp_verdict want;
	uint32_t inner_len;
};

static void decap_judges_the_trailer(void **)
{
	static const struct trailer_row row[] = {
		{"ten bytes of padding", {[4] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 4}, ESP_PASS,
			20},
		{"padding starts with 0", {[4] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4}, ESP_PADDING,
			0},
		{"one pad byte wrong", {[10] = 1, 3, 3, 4, 4, 4}, ESP_PADDING, 0},
		{"last pad byte wrong", {[10] = 1, 2, 3, 0, 4, 4}, ESP_PADDING, 0},
		{"pad length beyond the packet", {[14] = 250, 4}, ESP_PADDING, 0},
		{"only traffic-flow padding", {[14] = 0, 4}, ESP_PASS, 20},
		{"dummy", {[14] = 0, [15] = 59}, ESP_DUMMY, 0},
		{"transport mode", {[14] = 0, [15] = 17}, ESP_NEXT, 0},
		{"IPv6 announced, IPv4 inside", {[14] = 0, [15] = 41}, ESP_INNER, 0},
	};
	struct esp_params p = params_of(&gcm);
	struct both sa = both_of(&p);
	uint64_t seq = 1;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++, seq++) {
		uint8_t text[36] = {0x45, 0, 0, 20, [8] = 1, [9] = 17};
		enum esp_verdict verdict;
		struct box box;

		memcpy(text + 20, row[i].behind, 16);
		seal_raw(sa.out, seq, text, sizeof(text), &box);
		verdict = open_one(sa.in, &box);
		if (verdict != row[i].want)
			fail_msg("%s: expected %s, got %s", row[i].name,
				esp_verdict_name(row[i].want), esp_verdict_name(verdict));
		if (!verdict)
			assert_int_equal(box.pkt.len, row[i].inner_len);
		// The packet was authentic: its number is used up, whatever it held.
		assert_int_equal(sa.in->live->seq, seq);
	}
	both_free(&sa);
}

struct inner_row {
	const char *name;
	uint8_t head[8];
	uint8_t next;
	enum esp_verdict want;
};

static void decap_judges_the_inner_length(void **)
{
	// 42 bytes are inside: the inner packet and what the peer hid behind it.
	static const struct inner_row row[] = {
		{"IPv4 that fills it", {0x45, 0, 0, 42}, 4, ESP_PASS},
		{"IPv4 longer than it", {0x45, 0, 0, 43}, 4, ESP_INNER},
		{"IPv4 shorter than its header", {0x45, 0, 0, 19}, 4, ESP_INNER},
		{"IPv6 that fills it", {0x60, 0, 0, 0, 0, 2, 17, 64}, 41, ESP_PASS},
		{"IPv6 longer than it", {0x60, 0, 0, 0, 0, 3, 17, 64}, 41, ESP_INNER},
		{"IPv4 announced, IPv6 inside", {0x60, 0, 0, 0, 0, 2, 17, 64}, 4, ESP_INNER},
		{"no IP at all", {0x15, 0, 0, 42}, 4, ESP_INNER},
	};
	struct esp_params p = params_of(&gcm);
	struct both sa = both_of(&p);
	uint64_t seq = 1;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++, seq++) {
		uint8_t text[44] = {0};
		enum esp_verdict verdict;
		struct box box;

		memcpy(text, row[i].head, 8);
		text[43] = row[i].next;
		seal_raw(sa.out, seq, text, sizeof(text), &box);
		verdict = open_one(sa.in, &box);
		if (verdict != row[i].want)
			fail_msg("%s: expected %s, got %s", row[i].name,
				esp_verdict_name(row[i].want), esp_verdict_name(verdict));
	}
	both_free(&sa);
}

static void decap_of_a_packet_too_small_for_an_ip_header(void **)
{
	struct esp_params p = params_of(&gcm);
	struct both sa = both_of(&p);
	uint8_t text[16] = {0x45, 0, 0, 14, [15] = 4};
	struct box box;

	seal_raw(sa.out, 1, text, sizeof(text), &box);
	assert_int_equal(open_one(sa.in, &box), ESP_INNER);
	both_free(&sa);
}

static void decap_carries_congestion_marks_inwards(void **)
{
	// RFC 6040 s4.2, figure 4: inner, outer, result (-1: drop)
	static const int row[][3] = {
		{0, 3, -1}, {1, 3, 3}, {2, 3, 3}, {3, 0, 3}, {2, 1, 1}, {0, 1, 0}, {2, 0, 2}};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]) * 2; i++) {
		const int *r = row[i / 2];
		int version = i & 1 ? 6 : 4;
		struct esp_params p = params_of(&cbc);
		struct both sa = both_of(&p);
		struct ip_info ip;
		struct box box;

		box_inner(&box, version, 64, (uint8_t)(0x28 << 2 | r[0]), false);
		seal(sa.out, 1, &box);
		ip_tos_set(box.pkt.l3, (uint8_t)r[1]);
		if (r[2] < 0) {
			assert_int_equal(open_one(sa.in, &box), ESP_ECN);
		} else {
			assert_int_equal(open_one(sa.in, &box), ESP_PASS);
			assert_int_equal(ip_read(box.pkt.l3, box.pkt.len, true, &ip), 0);
			assert_int_equal(ip.tos, 0x28 << 2 | r[2]);
		}
		both_free(&sa);
	}
}

static void decap_reports_a_back_end_that_failed(void **)
{
	struct esp_params p = params_of(&gcm);
	struct both sa = both_of(&p);
	struct crypto_op op = {.status = CRYPTO_FAILED};
	struct box box;

	box_inner(&box, 4, 64, 0, false);
	assert_int_equal(esp_decap_finish(sa.in, &box.pkt, 1, &op), ESP_FAILED);
	assert_int_equal(sa.in->live->seq, 0);
	both_free(&sa);
}

static void decap_with_esn_and_hmac_needs_room_for_the_high_half(void **)
{
	struct esp_params p = params_of(&cbc_esn);
	struct both sa = both_of(&p);
	struct box box;

	box_inner(&box, 4, 64, 0, false);
	seal(sa.out, 1, &box);
	box.pkt.tail = 3;
	assert_int_equal(open_one(sa.in, &box), ESP_NO_ROOM);
	box.pkt.tail = 4;
	assert_int_equal(open_one(sa.in, &box), ESP_PASS);
	both_free(&sa);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decap_gives_back_what_encap_took),
		cmocka_unit_test(decap_of_every_truncation_is_refused_before_the_cipher),
		cmocka_unit_test(decap_refuses_any_changed_byte),
		cmocka_unit_test(decap_takes_a_packet_once_even_within_a_burst),
		cmocka_unit_test(decap_across_a_lap_of_esn),
		cmocka_unit_test(decap_judges_the_trailer),
		cmocka_unit_test(decap_judges_the_inner_length),
		cmocka_unit_test(decap_of_a_packet_too_small_for_an_ip_header),
		cmocka_unit_test(decap_carries_congestion_marks_inwards),
		cmocka_unit_test(decap_reports_a_back_end_that_failed),
		cmocka_unit_test(decap_with_esn_and_hmac_needs_room_for_the_high_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
