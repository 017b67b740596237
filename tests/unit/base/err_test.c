#include "base/err.h"

#include <errno.h>

#include "unit/unit.h"

static void shows_only_the_fields_that_apply(void **)
{
	struct why why;
	char line[256];

	assert_int_equal(
		why_set(&why, -EINVAL, "mtu out of range", "a.conf:3", "68..9000", "12"), -EINVAL);
	assert_string_equal(why_show(&why, line, sizeof(line)),
		"a.conf:3: mtu out of range: expected 68..9000, got 12");
	why_set(&why, 0, "peer is silent", NULL, NULL, NULL);
	assert_string_equal(why_show(&why, line, sizeof(line)), "peer is silent");
	why_set(&why, 0, "unknown key", NULL, NULL, "mut");
	assert_string_equal(why_show(&why, line, sizeof(line)), "unknown key: got mut");
}

static void absent_why_is_accepted(void **)
{
	assert_int_equal(why_set(NULL, -ENOENT, "x", "y", "z", "w"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_only_the_fields_that_apply),
		cmocka_unit_test(absent_why_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
