#include "esp/encap.h"

#include "unit/esp/fixture.h"

static struct crypto_op op;

static void encap(const struct esp_params *p, uint64_t seq, struct box *box)
{
	struct esp_sa *sa = sa_of(*p, CRYPTO_ENCRYPT);

	assert_int_equal(esp_encap(sa, seq, &box->pkt, &op), ESP_PASS);
	esp_sa_free(sa);
}

static void encap_pads_to_four_bytes_with_gcm(void **)
{
	struct esp_params p = params_of(&gcm);

	for (uint32_t len = 20; len < 60; len++) {
		struct box box;
		uint8_t *end;

		box_inner(&box, 4, len, 0, false);
		encap(&p, 1, &box);
		end = op.data + op.len;
		assert_int_equal(op.len % 4, 0);
		assert_int_equal(op.len, len + 2 + end[-2]);
		assert_true(end[-2] < 4);
		for (int i = 0; i < end[-2]; i++)
			assert_int_equal(op.data[len + i], i + 1);
		assert_int_equal(end[-1], IP_IPIP);
		assert_ptr_equal(op.tag, end);
		assert_int_equal(box.pkt.len, 20 + 8 + 8 + op.len + 16);
		assert_ptr_equal(pkt_end(&box.pkt), op.tag + 16);
		assert_ptr_equal(box.pkt.l3 - box.pkt.head, box.b);
		assert_ptr_equal(pkt_end(&box.pkt) + box.pkt.tail, box.b + BUF);
	}
}

static void encap_pads_to_a_cipher_block_with_cbc(void **)
{
	struct esp_params p = params_of(&cbc);

	for (uint32_t len = 20; len < 60; len++) {
		struct box box;
		uint8_t *end;

		box_inner(&box, 4, len, 0, false);
		encap(&p, 1, &box);
		end = op.data + op.len;
		assert_int_equal(op.len % 16, 0);
		assert_int_equal(op.len, 16 + len + 2 + end[-2]);
		assert_true(end[-2] < 16);
		for (int i = 0; i < end[-2]; i++)
			assert_int_equal(op.data[16 + len + i], i + 1);
		assert_int_equal(op.auth_len, 8 + op.len);
		assert_ptr_equal(op.auth + 8, op.data);
		assert_int_equal(box.pkt.len, 20 + 8 + op.len + 12);
	}
}

static void encap_writes_a_correct_outer_header(void **)
{
	struct esp_params p = params_of(&gcm);
	struct ip_info ip;
	struct box box;

	box_inner(&box, 4, 64, 0, true);
	encap(&p, 0x0001beef, &box);
	assert_int_equal(ip_read(box.pkt.l3, box.pkt.len, true, &ip), 0);
	assert_int_equal(ip.total_len, box.pkt.len);
	assert_int_equal(ip.proto, IP_ESP);
	assert_int_equal(ip.ttl, 64);
	assert_true(ip.df);
	assert_memory_equal(ip.src.b, p.src.addr.b, 16);
	assert_memory_equal(ip.dst.b, p.dst.addr.b, 16);
	assert_int_equal(be16_get(box.pkt.l3 + 4), 0xbeef);
	assert_int_equal(be32_get(box.pkt.l3 + 20), p.spi);
	assert_int_equal(be32_get(box.pkt.l3 + 24), 0x0001beef);
}

static void encap_checksum_holds_for_all_ids_and_marks(void **)
{
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa = sa_of(p, CRYPTO_ENCRYPT);
	struct ip_info ip;
	struct box box;

	for (uint32_t i = 0; i < 70000; i += 13) {
		box_inner(&box, 4, 20 + i % 1400, (uint8_t)i, i & 1);
		assert_int_equal(esp_encap(sa, i, &box.pkt, &op), ESP_PASS);
		assert_int_equal(ip_read(box.pkt.l3, box.pkt.len, true, &ip), 0);
	}
	esp_sa_free(sa);
}

static void encap_in_udp_has_length_and_no_checksum(void **)
{
	struct esp_params p = params_of(&gcm);
	struct ip_info ip;
	struct box box;

	p.udp = true;
	p.dst.port = 1025;
	box_inner(&box, 4, 64, 0, true);
	encap(&p, 1, &box);
	assert_int_equal(ip_read(box.pkt.l3, box.pkt.len, true, &ip), 0);
	assert_int_equal(ip.proto, IP_UDP);
	assert_int_equal(be16_get(box.pkt.l3 + 20), 4500);
	assert_int_equal(be16_get(box.pkt.l3 + 22), 1025);
	assert_int_equal(be16_get(box.pkt.l3 + 24), box.pkt.len - 20);
	assert_int_equal(be16_get(box.pkt.l3 + 26), 0);
	assert_int_equal(be32_get(box.pkt.l3 + 28), p.spi);
}

static void encap_in_ipv6_and_udp_gets_its_checksum_at_the_end(void **)
{
	struct esp_params p = params_of(&cbc_esn);
	struct esp_sa *sa;
	struct ip_info ip;
	struct box box;

	p.udp = true;
	assert_int_equal(addr_read("2001:db8::1", &p.src.addr), 0);
	assert_int_equal(addr_read("2001:db8::2", &p.dst.addr), 0);
	box_inner(&box, 6, 100, 0xb9, false);
	sa = sa_of(p, CRYPTO_ENCRYPT);
	assert_true(sa->finish);
	assert_int_equal(esp_encap(sa, 1, &box.pkt, &op), ESP_PASS);
	esp_encap_finish(sa, &box.pkt);
	assert_int_equal(ip_read(box.pkt.l3, box.pkt.len, true, &ip), 0);
	assert_int_equal(ip.proto, IP_UDP);
	assert_int_equal(ip.tos, 0xb9);
	assert_int_equal(ip.total_len, box.pkt.len);
	assert_int_equal(be16_get(box.pkt.l3 + 44), box.pkt.len - 40);
	assert_int_equal(
		l4_csum(&ip.src, &ip.dst, IP_UDP, box.pkt.l3 + 40, box.pkt.len - 40), 0xffff);
	assert_int_equal(be32_get(box.pkt.l3 + 48), p.spi);
	esp_sa_free(sa);
}

struct df_row {
	enum esp_df policy;
	int version;
	bool inner, want;
};

static void encap_df_follows_the_policy(void **)
{
	static const struct df_row row[] = {
		{ESP_DF_COPY, 4, false, false},
		{ESP_DF_COPY, 4, true, true},
		{ESP_DF_COPY, 6, false, true}, // IPv6 is never fragmented on its way
		{ESP_DF_SET, 4, false, true},
		{ESP_DF_CLEAR, 4, true, false},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct esp_params p = params_of(&gcm);
		struct ip_info ip;
		struct box box;

		p.df = row[i].policy;
		box_inner(&box, row[i].version, 64, 0, row[i].inner);
		encap(&p, 1, &box);
		assert_int_equal(ip_read(box.pkt.l3, box.pkt.len, true, &ip), 0);
		assert_int_equal(ip.df, row[i].want);
	}
}

static void encap_copies_or_fixes_dscp_and_always_copies_ecn(void **)
{
	struct esp_params p = params_of(&gcm);
	struct box box;

	box_inner(&box, 4, 64, 46 << 2 | 3, false);
	encap(&p, 1, &box);
	assert_int_equal(box.pkt.l3[1], 46 << 2 | 3);

	p.dscp = 10;
	box_inner(&box, 4, 64, 46 << 2 | 2, false);
	encap(&p, 1, &box);
	assert_int_equal(box.pkt.l3[1], 10 << 2 | 2);

	p.dscp = 0;
	box_inner(&box, 6, 64, 46 << 2 | 1, false);
	encap(&p, 1, &box);
	assert_int_equal(box.pkt.l3[1], 1);
}

static void encap_nonce_is_salt_then_sequence_number(void **)
{
	static const uint8_t nonce[16] = {
		0xa, 0xb, 0xc, 0xd, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 1}; // RFC 4106 s4
	static const uint8_t aad[8] = {0xc0, 0xff, 0xee, 0x01, 0, 0, 0, 9};
	static const uint8_t aad_esn[12] = {0xc0, 0xff, 0xee, 0x01, 0, 0, 0, 5, 0, 0, 0, 9};
	struct esp_params p = params_of(&gcm);
	struct box box;

	box_inner(&box, 4, 64, 0, false);
	encap(&p, UINT64_C(5) << 32 | 9, &box);
	assert_memory_equal(op.iv, nonce, 16);
	assert_memory_equal(box.pkt.l3 + 28, nonce + 4, 8);
	assert_int_equal(op.aad_len, 8);
	assert_memory_equal(op.aad, aad, 8);

	p = params_of(&gcm_esn);
	box_inner(&box, 4, 64, 0, false);
	encap(&p, UINT64_C(5) << 32 | 9, &box);
	assert_int_equal(op.aad_len, 12);
	assert_memory_equal(op.aad, aad_esn, 12);
	assert_int_equal(be32_get(box.pkt.l3 + 24), 9);
}

static void encap_with_esn_and_hmac_covers_the_high_half_and_does_not_send_it(void **)
{
	struct esp_params p = params_of(&cbc_esn);
	struct box box;

	box_inner(&box, 4, 64, 0, false);
	encap(&p, UINT64_C(5) << 32 | 9, &box);
	assert_int_equal(op.auth_len, 8 + op.len + 4);
	assert_ptr_equal(op.tag, op.data + op.len);
	assert_int_equal(be32_get(op.tag), 5);
	assert_ptr_equal(pkt_end(&box.pkt), op.tag + 32);
}

static void encap_cbc_number_is_fresh_for_every_packet_and_masked(void **)
{
	struct esp_params p = params_of(&cbc);
	struct box box;
	uint8_t first[16];

	box_inner(&box, 4, 64, 0, false);
	encap(&p, 1, &box);
	memcpy(first, op.data, 16);
	assert_memory_equal(op.iv, p.iv_mask, 16);
	box_inner(&box, 4, 64, 0, false);
	encap(&p, 2, &box);
	assert_memory_not_equal(op.data, first, 16);
	box_inner(&box, 4, 64, 0, false);
	encap(&p, UINT64_C(1) << 32 | 1, &box);
	assert_memory_not_equal(op.data, first, 16);
}

static void encap_without_room_touches_nothing(void **)
{
	static const uint16_t less[2][2] = {{1, 0}, {0, 1}};
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa = sa_of(p, CRYPTO_ENCRYPT);
	struct box box, before;

	for (int i = 0; i < 2; i++) {
		box_inner(&box, 4, 64, 0, false);
		box.pkt.head = (uint16_t)(sa->head - less[i][0]);
		box.pkt.tail = (uint16_t)(sa->tail - less[i][1]);
		memcpy(&before, &box, sizeof(box));
		assert_int_equal(esp_encap(sa, 1, &box.pkt, &op), ESP_NO_ROOM);
		assert_memory_equal(&box, &before, sizeof(box));
	}
	esp_sa_free(sa);
}

static void encap_refuses_what_no_datagram_can_hold(void **)
{
	static uint8_t big[ROOM + 65535 + ROOM];
	struct esp_params p = params_of(&gcm);
	struct esp_sa *sa = sa_of(p, CRYPTO_ENCRYPT);
	struct pkt pkt = {.l3 = big + ROOM, .len = 65500, .head = ROOM, .tail = ROOM};

	big[ROOM] = 0x45;
	assert_int_equal(esp_encap(sa, 1, &pkt, &op), ESP_NO_ROOM);
	esp_sa_free(sa);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encap_pads_to_four_bytes_with_gcm),
		cmocka_unit_test(encap_pads_to_a_cipher_block_with_cbc),
		cmocka_unit_test(encap_writes_a_correct_outer_header),
		cmocka_unit_test(encap_checksum_holds_for_all_ids_and_marks),
		cmocka_unit_test(encap_in_udp_has_length_and_no_checksum),
		cmocka_unit_test(encap_in_ipv6_and_udp_gets_its_checksum_at_the_end),
		cmocka_unit_test(encap_df_follows_the_policy),
		cmocka_unit_test(encap_copies_or_fixes_dscp_and_always_copies_ecn),
		cmocka_unit_test(encap_nonce_is_salt_then_sequence_number),
		cmocka_unit_test(encap_with_esn_and_hmac_covers_the_high_half_and_does_not_send_it),
		cmocka_unit_test(encap_cbc_number_is_fresh_for_every_packet_and_masked),
		cmocka_unit_test(encap_without_room_touches_nothing),
		cmocka_unit_test(encap_refuses_what_no_datagram_can_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
