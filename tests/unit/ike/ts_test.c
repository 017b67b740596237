#include "ike/ts.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static struct selector net(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return selector_of_cidr(&c);
}

static void reads_what_it_writes(void **)
{
	struct selector in[2] = {net("10.0.0.0/8"), net("2001:db8::/32")}, out[4];
	uint8_t room[128];
	struct wr wr = wr_of(room, sizeof(room));

	in[0].proto = 6;
	in[0].port_first = in[0].port_last = 80;
	ike_ts_write(in, 2, &wr);
	assert_int_equal(wr_len(&wr), 4 + 16 + 40);
	assert_int_equal(ike_ts_read(rd_of(room, wr_len(&wr)), out, 4), 2);
	assert_true(selector_eq(&in[0], &out[0]) && selector_eq(&in[1], &out[1]));
	assert_int_equal(ike_ts_read(rd_of(room, wr_len(&wr)), out, 1), 1);
}

static void refuses_malformed_ones(void **)
{
	uint8_t good[] = {1, 0, 0, 0, 7, 0, 0, 16, 0, 0, 255, 255, 10, 0, 0, 0, 10, 0, 0, 255};
	struct selector ts[2];

	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), 1);
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good) - 1), ts, 2), -EINVAL);
	good[4] = 9; // an unknown type is left out
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), 0);
	good[4] = 8; // IPv6 needs more bytes
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), -EINVAL);
	good[4] = 7;
	good[7] = 3;
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), -EINVAL);
	good[7] = 16;
	good[0] = 2; // announces two
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), -EINVAL);
	good[0] = 0; // announces none
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), -EINVAL);
	good[0] = 1;
	good[16] = 9; // ends before it begins
	assert_int_equal(ike_ts_read(rd_of(good, sizeof(good)), ts, 2), -EINVAL);
}

static void narrows_to_what_both_have(void **)
{
	const struct selector theirs[] = {
		net("10.1.1.1/32"), net("10.0.0.0/8"), net("192.168.0.0/16")};
	const struct selector ours[] = {net("10.1.0.0/16"), net("10.2.0.0/16")};
	struct selector both[4];

	// The specific selector of the packet that began it (RFC 7296 s2.9) is within the rest.
	assert_int_equal(ike_ts_narrow(theirs, 3, ours, 2, both, 4), 2);
	assert_true(selector_eq(&both[0], &ours[0]) && selector_eq(&both[1], &ours[1]));
	assert_int_equal(ike_ts_narrow(theirs, 1, ours, 2, both, 4), 1);
	assert_true(selector_eq(&both[0], &theirs[0]));
	assert_int_equal(ike_ts_narrow(theirs, 3, ours, 2, both, 1), 1);
	assert_int_equal(ike_ts_narrow(&theirs[2], 1, ours, 2, both, 4), 0);
	assert_true(ike_ts_within(both, 2, theirs, 3));
	assert_false(ike_ts_within(theirs, 3, ours, 2));
}

static void text_is_cut_not_overrun(void **)
{
	const struct selector ts[] = {net("10.1.0.0/16"), net("10.2.0.0/16")};
	char text[16];

	assert_string_equal(ike_ts_show(ts, 2, text, sizeof(text)), "10.1.0.0/16 10.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(refuses_malformed_ones),
		cmocka_unit_test(narrows_to_what_both_have),
		cmocka_unit_test(text_is_cut_not_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
