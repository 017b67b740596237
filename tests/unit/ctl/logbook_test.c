#include "ctl/logbook.h"

#include "unit/unit.h"

// Strangers, and paths that come and go, must not fill the log.
static void few_lines_about_what_others_can_cause(void **)
{
	struct line_limit limit = {};

	for (unsigned int i = 0; i < 10; i++)
		assert_true(logbook_may(&limit, "test"));
	for (unsigned int i = 0; i < 5; i++)
		assert_false(logbook_may(&limit, "test"));
	assert_int_equal(limit.left_out, 5);
	// As if a minute had passed.
	limit.since = mono_now() - MONO_S(61);
	assert_true(logbook_may(&limit, "test"));
	assert_int_equal(limit.left_out, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_lines_about_what_others_can_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
