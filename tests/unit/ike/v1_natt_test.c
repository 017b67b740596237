#include "ike/v1/natt.h"

#include "crypto/prf.h"
#include "unit/unit.h"

static struct endpoint at(const char *addr, uint16_t port)
{
	struct endpoint e = {.port = port};

	assert_int_equal(addr_read(addr, &e.addr), 0);
	return e;
}

// A message sent between from and to, that arrives between seen_from and seen_to.
static struct ike_natt send(enum v1_vendor version, struct endpoint from, struct endpoint to,
	struct endpoint seen_from, struct endpoint seen_to)
{
	const struct alg *row = alg(ALG_PRF_MD5);
	uint8_t room[256];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct v1_msg msg = {.head = {.spi_i = 1, .spi_r = 2}};
	struct ike_natt natt;

	assert_int_equal(v1_natt_write(&chain, version, row, 1, 2, &from, &to), 0);
	assert_int_equal(v1_msg_read(rd_of(room, wr_len(&chain.wr)), chain.first, &msg), 0);
	assert_int_equal(rd_left(&msg.natd[0]), 16);
	assert_int_equal(msg.natd_draft, version != V1_VENDOR_NATT_RFC);
	assert_int_equal(v1_natt_read(&msg, row, &seen_to, &seen_from, &natt), 0);
	return natt;
}

static void finds_who_is_behind_a_nat(void **)
{
	const struct endpoint a = at("10.0.0.1", 500), b = at("192.0.2.2", 500),
			      box = at("198.51.100.1", 12345);

	for (unsigned int version = V1_VENDOR_NATT_RFC; version <= V1_VENDOR_NATT_02; version++) {
		enum v1_vendor v = (enum v1_vendor)version;
		struct ike_natt natt;

		natt = send(v, a, b, a, b);
		assert_true(natt.supported && !natt.local && !natt.remote);
		natt = send(v, a, b, box, b);
		assert_true(natt.supported && !natt.local && natt.remote);
		natt = send(v, b, box, b, a);
		assert_true(natt.supported && natt.local && !natt.remote);
		natt = send(v, a, box, box, b);
		assert_true(natt.supported && natt.local && natt.remote);
	}
}

static void a_peer_of_several_addresses_sends_all_of_them(void **)
{
	const struct alg *row = alg(ALG_PRF_SHA256);
	const struct endpoint us = at("192.0.2.1", 500), them = at("192.0.2.2", 500),
			      other = at("10.9.9.9", 500);
	const struct endpoint *const order[] = {&us, &other, &them};
	uint8_t sum[3][PRF_OUT_MAX];
	struct v1_msg msg = {.head = {.spi_i = 1, .spi_r = 2}, .natds = 3};
	struct ike_natt natt;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ike_natt_hash(row, 1, 2, order[i], sum[i]), 0);
		msg.natd[i] = rd_of(sum[i], 32);
	}
	assert_int_equal(v1_natt_read(&msg, row, &us, &them, &natt), 0);
	assert_false(natt.local || natt.remote);
	msg.natd[2] = rd_of(sum[2], 31); // not a hash of this length
	assert_int_equal(v1_natt_read(&msg, row, &us, &them, &natt), 0);
	assert_true(natt.remote);
}

static void a_peer_that_does_not_detect_is_not_behind_one(void **)
{
	const struct endpoint a = at("10.0.0.1", 500);
	const struct v1_msg none = {}, half = {.natds = 1};
	struct ike_natt natt;

	assert_int_equal(v1_natt_read(&none, alg(ALG_PRF_SHA1), &a, &a, &natt), 0);
	assert_false(natt.supported || natt.local || natt.remote);
	assert_int_equal(v1_natt_read(&half, alg(ALG_PRF_SHA1), &a, &a, &natt), 0);
	assert_false(natt.supported || natt.local || natt.remote);
}

static void the_mode_follows_from_version_and_nat(void **)
{
	const struct ike_natt no = {.supported = true}, yes = {.supported = true, .remote = true};

	assert_int_equal(v1_natt_mode(V1_VENDOR_NATT_RFC, &no), 1);
	assert_int_equal(v1_natt_mode(V1_VENDOR_NATT_RFC, &yes), 3);
	assert_int_equal(v1_natt_mode(V1_VENDOR_NATT_02_N, &yes), 61443);
}

// MD5 of the texts, by md5sum.
static void vendors_are_known(void **)
{
	static const struct {
		const char *hex;
		enum v1_vendor vendor;
	} rows[] = {
		{"4a131c81070358455c5728f20e95452f", V1_VENDOR_NATT_RFC},
		{"7d9419a65310ca6f2c179d9215529d56", V1_VENDOR_NATT_03},
		{"90cb80913ebb696e086381b5ec427b1f", V1_VENDOR_NATT_02_N},
		{"cd60464335df21f87cfdb2fc68b6a448", V1_VENDOR_NATT_02},
		{"afcad71368a1f1c96b8696fc77570100", V1_VENDOR_DPD},
		{"afcad71368a1f1c96b8696fc77570101", V1_VENDOR_DPD},
		{"4048b7d56ebce88525e7de7f00d6c2d3", V1_VENDOR_FRAGMENTS},
		{"4048b7d56ebce88525e7de7f00d6c2d3c0000000", V1_VENDOR_FRAGMENTS},
		{"09002689dfd6b712", V1_VENDOR_XAUTH},
		{"12f5f28c457168a9702d9fe274cc0204", V1_VENDOR_UNITY},
		{"4a131c81070358455c5728f20e95452f00", V1_VENDORS},
		{"4a131c81070358455c5728f20e9545", V1_VENDORS},
		{"4048b7d56ebce88525e7de7f00d6c2", V1_VENDORS},
		{"", V1_VENDORS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t body[32];
		int len = hex_read(rows[i].hex, body, sizeof(body));

		assert_true(len >= 0);
		assert_int_equal(v1_vendor_of(rd_of(body, (size_t)len)), rows[i].vendor);
	}
}

static void vendors_come_back_and_the_best_is_taken(void **)
{
	uint8_t room[512];

	for (uint32_t vendors = 0; vendors < 1u << V1_VENDORS; vendors++) {
		struct ike_chain chain = ike_chain_of(room, sizeof(room));
		struct v1_msg msg = {};

		v1_vendor_write(&chain, vendors);
		assert_int_equal(v1_msg_read(rd_of(room, wr_len(&chain.wr)), chain.first, &msg), 0);
		assert_int_equal(msg.vendors, vendors);
	}
	assert_int_equal(v1_vendor_natt(V1_VENDOR_NATT_ALL), V1_VENDOR_NATT_RFC);
	assert_int_equal(v1_vendor_natt(1u << V1_VENDOR_NATT_02 | 1u << V1_VENDOR_NATT_02_N |
					1u << V1_VENDOR_DPD),
		V1_VENDOR_NATT_02_N);
	assert_int_equal(v1_vendor_natt(1u << V1_VENDOR_DPD), V1_VENDORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_who_is_behind_a_nat),
		cmocka_unit_test(a_peer_of_several_addresses_sends_all_of_them),
		cmocka_unit_test(a_peer_that_does_not_detect_is_not_behind_one),
		cmocka_unit_test(the_mode_follows_from_version_and_nat),
		cmocka_unit_test(vendors_are_known),
		cmocka_unit_test(vendors_come_back_and_the_best_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
