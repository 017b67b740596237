#include "ike/v1/id.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static int read_hex(const char *hex, struct selector *ts)
{
	uint8_t body[64];
	int len = hex_read(hex, body, sizeof(body));

	assert_true(len >= 0);
	return v1_ts_read(rd_of(body, (size_t)len), ts);
}

static void refuse(const char *hex, int err)
{
	struct selector ts;

	assert_int_equal(read_hex(hex, &ts), err);
}

static void refuses_malformed_traffic(void **)
{
	refuse("", -EINVAL);
	refuse("010000", -EINVAL);
	refuse("01000000", -EINVAL);
	refuse("010000000a0000", -EINVAL);
	refuse("010000000a00000101", -EINVAL);
	refuse("040000000a000000", -EINVAL);	     // a subnet without its mask
	refuse("040000000a000000ff00ff00", -EINVAL); // a mask with a hole
	refuse("040000000a000000ffff000000", -EINVAL);
	refuse("070000000a0000020a000001", -EINVAL); // a range that ends before it begins
	refuse("0500000020010db8", -EINVAL);
	refuse("020000006177", -ENOTSUP); // a name
	refuse("0900000030", -ENOTSUP);
	refuse("00000000", -ENOTSUP);
}

static void reads(const char *hex, const char *want)
{
	struct selector ts;
	char text[SELECTOR_TEXT];

	assert_int_equal(read_hex(hex, &ts), 0);
	assert_string_equal(selector_show(&ts, text), want);
}

static void reads_addresses_subnets_and_ranges(void **)
{
	reads("010000000a000001", "10.0.0.1/32");
	reads("040000000a010200ffffff00", "10.1.2.0/24");
	reads("0400000000000000"
	      "00000000",
		"0.0.0.0/0");
	reads("040000000a0102ffffffff00", "10.1.2.0/24"); // host bits are cleared
	reads("070000000a0000010a000003", "10.0.0.1-10.0.0.3");
	reads("0106005008080808", "8.8.8.8/32[tcp/80]");
	reads("0411000008080800ffffff00", "8.8.8.0/24[udp]");
	reads("0500000020010db8000000000000000000000001", "2001:db8::1/128");
	reads("0600000020010db8000000000000000000000000ffffffffffffffff0000000000000000",
		"2001:db8::/64");
	reads("0800000020010db800000000000000000000000120010db8000000000000000000000003",
		"2001:db8::1-2001:db8::3");
}

static void writes_back(const char *hex)
{
	uint8_t body[64], again[V1_ID_BODY];
	int len = hex_read(hex, body, sizeof(body));
	struct selector ts;

	assert_int_equal(read_hex(hex, &ts), 0);
	assert_int_equal(v1_ts_write(&ts, again), len);
	assert_memory_equal(again, body, (size_t)len);
}

static void writes_what_it_reads(void **)
{
	writes_back("010000000a000001");
	writes_back("040000000a010200ffffff00");
	writes_back("040000000000000000000000");
	writes_back("070000000a0000010a000003");
	writes_back("0106005008080808");
	writes_back("0500000020010db8000000000000000000000001");
	writes_back("0600000020010db8000000000000000000000000ffffffffffff00000000000000000000");
	writes_back("0800000020010db800000000000000000000000120010db8000000000000000000000003");
}

static void a_range_of_ports_cannot_be_said(void **)
{
	struct selector ts;
	uint8_t body[V1_ID_BODY];

	assert_int_equal(read_hex("0106005008080808", &ts), 0);
	ts.port_last = 81;
	assert_int_equal(v1_ts_write(&ts, body), -ENOTSUP);
	ts.port_first = ts.port_last = 0;
	assert_int_equal(v1_ts_write(&ts, body), -ENOTSUP);
	ts.port_first = 65535; // opaque
	assert_int_equal(v1_ts_write(&ts, body), -ENOTSUP);
}

static int identity(uint8_t proto, uint16_t port)
{
	const uint8_t body[] = {1, proto, (uint8_t)(port >> 8), (uint8_t)port, 192, 0, 2, 1};
	struct ike_id id;

	return v1_id_read(rd_of(body, sizeof(body)), &id);
}

static void identities_belong_to_ikes_ports(void **)
{
	assert_int_equal(identity(0, 0), 0);
	assert_int_equal(identity(17, 0), 0);
	assert_int_equal(identity(17, 500), 0);
	assert_int_equal(identity(17, 4500), 0);
	assert_int_equal(identity(17, 501), -EINVAL);
	assert_int_equal(identity(6, 0), -EINVAL);
	assert_int_equal(identity(0, 500), -EINVAL);
}

static void identities_come_back(void **)
{
	static const char *const names[] = {"192.0.2.1", "2001:db8::1", "gw.example.com",
		"user@example.com", "keyid:0x01020304"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint8_t body[V1_ID_BODY];
		struct ike_id id, again;
		size_t len;

		assert_int_equal(ike_id_read(names[i], &id, NULL), 0);
		len = v1_id_write(&id, body);
		assert_int_equal(v1_id_read(rd_of(body, len), &again), 0);
		assert_true(ike_id_eq(&id, &again));
		assert_int_equal(v1_id_read(rd_of(body, 3), &again), -EINVAL);
	}
}

static void identities_of_a_wrong_length_are_refused(void **)
{
	const uint8_t short_v4[] = {1, 0, 0, 0, 192, 0, 2}, none[] = {0, 0, 0, 0};
	uint8_t long_name[4 + 200] = {2};
	struct ike_id id;

	assert_int_equal(v1_id_read(rd_of(short_v4, sizeof(short_v4)), &id), -EINVAL);
	assert_int_equal(v1_id_read(rd_of(none, sizeof(none)), &id), -EINVAL);
	assert_int_equal(v1_id_read(rd_of(long_name, sizeof(long_name)), &id), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_malformed_traffic),
		cmocka_unit_test(reads_addresses_subnets_and_ranges),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(a_range_of_ports_cannot_be_said),
		cmocka_unit_test(identities_belong_to_ikes_ports),
		cmocka_unit_test(identities_come_back),
		cmocka_unit_test(identities_of_a_wrong_length_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
