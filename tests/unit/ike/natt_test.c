#include "ike/natt.h"

#include <string.h>

#include "unit/unit.h"

static struct endpoint at(const char *addr, uint16_t port)
{
	struct endpoint e = {.port = port};

	assert_int_equal(addr_read(addr, &e.addr), 0);
	return e;
}

static void hash_is_sha1_of_spis_address_and_port(void **)
{
	// hashlib.sha1(bytes(range(16)) + bytes([192, 0, 2, 1, 1, 244]))
	static const uint8_t want[] = {0xcb, 0xdb, 0x56, 0x8e, 0x41, 0x6b, 0x17, 0x70, 0x2d, 0x6a,
		0x3f, 0xd9, 0xc2, 0xb2, 0xba, 0x14, 0x8c, 0xfc, 0x69, 0x44};
	const struct endpoint e = at("192.0.2.1", 500);
	uint8_t sum[IKE_NATT_HASH];

	assert_int_equal(
		ike_natt_hash(alg(ALG_PRF_SHA1), 0x0001020304050607, 0x08090a0b0c0d0e0f, &e, sum),
		0);
	assert_memory_equal(sum, want, sizeof(want));
}

// A message sent between from and to, that arrives between seen_from and seen_to.
static struct ike_natt send(struct endpoint from, struct endpoint to, struct endpoint seen_from,
	struct endpoint seen_to)
{
	uint8_t room[256];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct ike_msg msg = {.head = {.spi_i = 1, .spi_r = 2}};
	struct ike_natt natt;

	assert_int_equal(ike_natt_write(&chain, 1, 2, &from, &to), 0);
	assert_int_equal(ike_msg_read(rd_of(room, wr_len(&chain.wr)), chain.first, &msg), 0);
	assert_int_equal(ike_natt_read(&msg, &seen_to, &seen_from, &natt), 0);
	return natt;
}

static void finds_who_is_behind_a_nat(void **)
{
	const struct endpoint a = at("10.0.0.1", 500), b = at("192.0.2.2", 500),
			      box = at("198.51.100.1", 12345);
	struct ike_natt natt;

	natt = send(a, b, a, b);
	assert_true(natt.supported && !natt.local && !natt.remote);
	natt = send(a, b, box, b);
	assert_true(natt.supported && !natt.local && natt.remote);
	natt = send(b, box, b, a);
	assert_true(natt.supported && natt.local && !natt.remote);
}

static void a_peer_that_does_not_detect_is_not_behind_one(void **)
{
	const struct endpoint a = at("10.0.0.1", 500);
	const struct ike_msg msg = {};
	struct ike_natt natt;

	assert_int_equal(ike_natt_read(&msg, &a, &a, &natt), 0);
	assert_false(natt.supported || natt.local || natt.remote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_sha1_of_spis_address_and_port),
		cmocka_unit_test(finds_who_is_behind_a_nat),
		cmocka_unit_test(a_peer_that_does_not_detect_is_not_behind_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
