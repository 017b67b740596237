#include "unit/unit.h"

#include "ctl/idmap.h"

static int setup(void **state)
{
	struct idmap *map;
	int err = idmap_new(3, &map);

	*state = map;
	return err;
}

static int teardown(void **state)
{
	idmap_free(*state);
	return 0;
}

static void idmap_keeps_a_names_number(void **state)
{
	uint32_t a = idmap_get(*state, "a"), b = idmap_get(*state, "b");

	assert_int_not_equal(a, 0);
	assert_int_not_equal(a, b);
	assert_int_equal(idmap_get(*state, "a"), a);
	assert_int_equal(idmap_find(*state, "b"), b);
	assert_string_equal(idmap_name(*state, b), "b");
}

static void idmap_says_nobody(void **state)
{
	assert_int_equal(idmap_find(*state, "a"), 0);
	assert_null(idmap_name(*state, 0));
	assert_null(idmap_name(*state, 1));
	assert_null(idmap_name(*state, 4));
	idmap_put(*state, 2);
}

static void idmap_reuses_the_longest_free_number_last_of_all(void **state)
{
	uint32_t a = idmap_get(*state, "a"), b = idmap_get(*state, "b");

	idmap_put(*state, a);
	idmap_put(*state, b);
	uint32_t c = idmap_get(*state, "c");
	assert_true(c != a && c != b);
	assert_int_equal(idmap_get(*state, "d"), a);
	assert_int_equal(idmap_get(*state, "e"), b);
}

static void idmap_refuses_when_all_are_taken(void **state)
{
	assert_int_not_equal(idmap_get(*state, "a"), 0);
	assert_int_not_equal(idmap_get(*state, "b"), 0);
	assert_int_not_equal(idmap_get(*state, "c"), 0);
	assert_int_equal(idmap_get(*state, "d"), 0);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(idmap_keeps_a_names_number),
		CLAIM(idmap_says_nobody),
		CLAIM(idmap_reuses_the_longest_free_number_last_of_all),
		CLAIM(idmap_refuses_when_all_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
