#include "ike/frag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/wire.h"
#include "unit/unit.h"

static int add(struct ike_frag *f, uint32_t id, uint16_t number, uint16_t total, const char *text)
{
	return ike_frag_add(f, id, number, total, number == 1 ? 33 : 0, rd_of(text, strlen(text)));
}

static void joins_in_any_order_and_ignores_repetitions(void **)
{
	struct ike_frag f = {};
	uint8_t all[64];

	assert_int_equal(add(&f, 4, 3, 3, "third"), 0);
	assert_int_equal(add(&f, 4, 1, 3, "first "), 0);
	assert_int_equal(add(&f, 4, 1, 3, "other "), 0);
	assert_int_equal(add(&f, 4, 2, 3, "second "), 1);
	assert_int_equal(f.first, 33);
	assert_int_equal(ike_frag_join(&f, all), 18);
	assert_memory_equal(all, "first second third", 18);
	assert_int_equal(f.total, 0);
}

static void another_message_or_a_finer_cut_begins_anew(void **)
{
	struct ike_frag f = {};

	assert_int_equal(add(&f, 4, 1, 2, "a"), 0);
	assert_int_equal(add(&f, 5, 2, 2, "b"), 0);
	assert_int_equal(f.have, 1);
	assert_int_equal(add(&f, 5, 1, 3, "c"), 0);
	assert_int_equal(f.have, 1);
	assert_int_equal(add(&f, 5, 1, 2, "d"), -EINVAL); // a coarser one is old
	assert_int_equal(f.have, 1);
	ike_frag_clear(&f);
}

static void is_bounded(void **)
{
	struct ike_frag f = {};
	char *big = malloc(IKE_MESSAGE_MAX);

	assert_non_null(big);
	memset(big, 'x', IKE_MESSAGE_MAX);
	assert_int_equal(add(&f, 1, 0, 2, "a"), -EINVAL);
	assert_int_equal(add(&f, 1, 3, 2, "a"), -EINVAL);
	assert_int_equal(add(&f, 1, 1, IKE_FRAGMENTS + 1, "a"), -EINVAL);
	assert_int_equal(add(&f, 1, 1, 2, ""), -EINVAL);
	assert_int_equal(add(&f, 1, 1, 2, "a"), 0);
	assert_int_equal(ike_frag_add(&f, 1, 2, 2, 0, rd_of(big, IKE_MESSAGE_MAX)), -E2BIG);
	assert_int_equal(ike_frag_add(&f, 1, 2, 2, 0, rd_of(big, IKE_MESSAGE_MAX - 1)), 1);
	ike_frag_clear(&f);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_in_any_order_and_ignores_repetitions),
		cmocka_unit_test(another_message_or_a_finer_cut_begins_anew),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
