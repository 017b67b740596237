#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "ui/frame.h"

static void frame_line_takes_one_line(void **)
{
	char buf[] = "run a\nrun b\n";

	assert_int_equal(frame_line(buf, 5), 0);
	assert_int_equal(frame_line(buf, 12), 6);
	assert_string_equal(buf, "run a");
	assert_int_equal(frame_line(buf + 6, 6), 6);
	assert_int_equal(frame_line(buf, 0), 0);
}

static void frame_line_refuses_nul_before_the_newline(void **)
{
	char buf[] = "ru\0n\nx\0";

	assert_int_equal(frame_line(buf, 5), -EINVAL);
	assert_int_equal(frame_line(buf, 3), -EINVAL);
	assert_int_equal(frame_line(buf + 3, 3), 2);
}

static const struct {
	const char *line;
	int err;
	enum frame_verb verb;
	const char *rest;
} requests[] = {
	{"run show tunnels", 0, FRAME_RUN, "show tunnels"},
	{"json show", 0, FRAME_JSON, "show"},
	{"complete  sh", 0, FRAME_COMPLETE, " sh"},
	{"help", 0, FRAME_HELP, ""},
	{"help ", 0, FRAME_HELP, ""},
	{"cancel", 0, FRAME_CANCEL, ""},
	{"", -EINVAL, FRAME_RUN, ""},
	{"runs", -EINVAL, FRAME_RUN, ""},
	{"ru x", -EINVAL, FRAME_RUN, "x"},
	{" run", -EINVAL, FRAME_RUN, "run"},
};

static void frame_request_reads_verb_and_rest(void **)
{
	for (unsigned int i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		enum frame_verb verb;
		const char *rest;

		assert_int_equal(
			frame_request_read(requests[i].line, &verb, &rest), requests[i].err);
		assert_int_equal(verb, requests[i].verb);
		assert_string_equal(rest, requests[i].rest);
	}
}

static void frame_request_holds_one_line_only(void **)
{
	char long_line[2 * FRAME_REQUEST] = {}, dst[FRAME_REQUEST];

	memset(long_line, 'a', sizeof(long_line) - 1);
	assert_int_equal(frame_request_show(FRAME_RUN, "a\nb", dst), -EINVAL);
	assert_int_equal(frame_request_show(FRAME_RUN, long_line, dst), -E2BIG);
	assert_int_equal(frame_request_show(FRAME_RUN, "show tunnels", dst), 17);
	assert_string_equal(dst, "run show tunnels\n");
}

static void frame_head_is_read_as_shown(void **)
{
	char head[FRAME_HEAD];
	enum frame_status status;
	size_t len;
	int n = frame_head_show(FRAME_USAGE, FRAME_BODY, head);

	assert_int_equal(n, strlen(head));
	assert_int_equal(frame_line(head, (size_t)n), n);
	assert_int_equal(frame_head_read(head, &status, &len), 0);
	assert_int_equal(status, FRAME_USAGE);
	assert_int_equal(len, FRAME_BODY);
}

static void frame_head_refuses_what_is_none(void **)
{
	static const char *const bad[] = {"", "ok", "ok ", "ok x", "ok -1", "ok 1 ", "ok  1",
		"fine 1", "ok 268435457", "ok 99999999999999999999999"};
	enum frame_status status;
	size_t len;

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(frame_head_read(bad[i], &status, &len), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_line_takes_one_line),
		cmocka_unit_test(frame_line_refuses_nul_before_the_newline),
		cmocka_unit_test(frame_request_reads_verb_and_rest),
		cmocka_unit_test(frame_request_holds_one_line_only),
		cmocka_unit_test(frame_head_is_read_as_shown),
		cmocka_unit_test(frame_head_refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
