#include "base/bytes.h"

#include <errno.h>

#include "unit/unit.h"

static void reads_big_endian(void **)
{
	const uint8_t wire[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	struct rd rd = rd_of(wire, sizeof(wire));

	assert_int_equal(rd_u8(&rd), 1);
	assert_int_equal(rd_u16(&rd), 0x0203);
	assert_int_equal(rd_u32(&rd), 0x04050607);
	assert_true(rd_u64(&rd) == 0x08090a0b0c0d0e0full);
	assert_false(rd.bad);
	assert_int_equal(rd_left(&rd), 0);
}

static void read_past_the_end_is_sticky_and_zero(void **)
{
	const uint8_t wire[] = {0xff, 0xff, 0xff};
	struct rd rd = rd_of(wire, sizeof(wire));

	assert_int_equal(rd_u32(&rd), 0);
	assert_true(rd.bad);
	assert_int_equal(rd_u8(&rd), 0);
	assert_null(rd_take(&rd, 0));
}

static void sub_reader_cannot_leave_its_range(void **)
{
	const uint8_t wire[] = {1, 2, 3, 4};
	struct rd rd = rd_of(wire, sizeof(wire));
	struct rd sub = rd_sub(&rd, 2);

	assert_int_equal(rd_u16(&sub), 0x0102);
	assert_int_equal(rd_u8(&sub), 0);
	assert_true(sub.bad);
	assert_false(rd.bad);
	sub = rd_sub(&rd, 3);
	assert_true(sub.bad && rd.bad);
}

static void write_past_the_end_is_sticky(void **)
{
	uint8_t room[3] = {};
	struct wr wr = wr_of(room, sizeof(room));

	wr_u16(&wr, 0x0102);
	wr_u16(&wr, 0x0304);
	assert_true(wr.bad);
	assert_int_equal(wr_len(&wr), 2);
	assert_int_equal(room[2], 0);
	wr_u8(&wr, 9);
	assert_int_equal(room[2], 0);
}

static void patch_stays_inside_what_was_written(void **)
{
	uint8_t room[8] = {};
	struct wr wr = wr_of(room, sizeof(room));

	wr_u32(&wr, 0);
	wr_patch_u16(&wr, 2, 0xabcd);
	assert_int_equal(room[2], 0xab);
	assert_int_equal(room[3], 0xcd);
	wr_patch_u16(&wr, 3, 1);
	assert_true(wr.bad);
}

static void hex_round_trip_and_refusals(void **)
{
	uint8_t bytes[4];
	char text[16];

	assert_int_equal(hex_read("00fFa5", bytes, sizeof(bytes)), 3);
	assert_string_equal(hex_show(bytes, 3, text, sizeof(text)), "00ffa5");
	assert_int_equal(hex_read("abc", bytes, sizeof(bytes)), -EINVAL);
	assert_int_equal(hex_read("zz", bytes, sizeof(bytes)), -EINVAL);
	assert_int_equal(hex_read("0011223344", bytes, sizeof(bytes)), -ENOSPC);
	assert_string_equal(hex_show(bytes, 3, text, 4), "00");
}

static void rd_of_nothing_gives_nothing(void **)
{
	struct rd rd = {};
	uint8_t byte = 1;

	rd_copy(&rd, &byte, 0);
	assert_false(rd.bad);
	assert_int_equal(byte, 1);
	assert_int_equal(rd_u8(&rd), 0);
	assert_true(rd.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rd_of_nothing_gives_nothing),
		cmocka_unit_test(reads_big_endian),
		cmocka_unit_test(read_past_the_end_is_sticky_and_zero),
		cmocka_unit_test(sub_reader_cannot_leave_its_range),
		cmocka_unit_test(write_past_the_end_is_sticky),
		cmocka_unit_test(patch_stays_inside_what_was_written),
		cmocka_unit_test(hex_round_trip_and_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
