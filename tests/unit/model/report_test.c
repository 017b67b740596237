#include "model/report.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

static void a_complaint_says_where_what_and_why(void **)
{
	const struct path root = {}, ports = path_leaf(&root, "ports"), at = path_at(&ports, 3);
	const struct path mtu = path_leaf(&at, "mtu");
	struct report report = {};
	char text[256];

	report_add(&report, "out-of-range", &mtu, "out of range", "576 to 9600", "100")->line = 12;
	assert_string_equal(complaint_show(&report.v[0], "a.conf", text, sizeof(text)),
		"a.conf:12: ports[3].mtu: out of range: expected 576 to 9600, got 100 "
		"[out-of-range]");
	report_fini(&report);
}

static void complaints_come_in_order_of_lines(void **)
{
	static const unsigned int lines[] = {0, 7, 3, 7, 1};
	static const char *const order[] = {"e", "c", "b", "d", "a"};
	struct report report = {};

	for (size_t i = 0; i < 5; i++) {
		const struct path where = {{(char)('a' + (int)i), 0}};

		report_add(&report, "x", &where, "what", NULL, NULL)->line = lines[i];
	}
	report_sort(&report);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(report.v[i].why.where, order[i]);
	report_fini(&report);
}

static void warnings_never_crowd_out_errors(void **)
{
	const struct path where = {"here"};
	struct report report = {};
	size_t errors = 0;

	for (size_t i = 0; i < REPORT_MAX + 50; i++)
		report_warn(&report, "w", &where, "what", NULL, NULL);
	for (size_t i = 0; i < REPORT_MAX / 2; i++)
		assert_non_null(report_add(&report, "e", &where, "what", NULL, NULL));
	assert_int_equal(report.n, REPORT_MAX);
	for (size_t i = 0; i < report.n; i++)
		errors += !report.v[i].warning;
	assert_int_equal(errors, REPORT_MAX / 2);
	assert_int_equal(report.errors, REPORT_MAX / 2);
	assert_int_equal(report.warnings, REPORT_MAX + 50);
	report_fini(&report);
}

static void beyond_the_last_they_are_counted(void **)
{
	const struct path where = {"here"};
	struct report report = {};

	for (size_t i = 0; i < REPORT_MAX; i++)
		assert_non_null(report_add(&report, "e", &where, "what", NULL, NULL));
	assert_null(report_add(&report, "e", &where, "what", NULL, NULL));
	assert_null(report_warn(&report, "w", &where, "what", NULL, NULL));
	assert_int_equal(report.errors, REPORT_MAX + 1);
	assert_int_equal(report.warnings, 1);
	report_fini(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_complaint_says_where_what_and_why),
		cmocka_unit_test(complaints_come_in_order_of_lines),
		cmocka_unit_test(warnings_never_crowd_out_errors),
		cmocka_unit_test(beyond_the_last_they_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
