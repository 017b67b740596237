#include "ui/top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/top_view.h"
#include "unit/unit.h"

struct frame {
	char *text;
	size_t len;
};

static void take(struct top *top, const char *text)
{
	json_t *sample = json_loads(text, 0, NULL);

	assert_non_null(sample);
	assert_int_equal(top_take(top, sample), 0);
	json_decref(sample);
}

// Two tunnels, a second apart: paris receives 125,000 bytes, osaka sends 1,000 packets.
static void two_samples(struct top *top)
{
	take(top,
		"{\"at_us\": 1000000, \"tunnels\": ["
		"{\"tunnel\": \"osaka\", \"connection\": \"o\", \"state\": \"up\", \"forwarding\": "
		"true,"
		" \"in_bytes\": 7, \"in_packets\": 1, \"out_bytes\": 0, \"out_packets\": 0},"
		"{\"tunnel\": \"paris\", \"connection\": \"p\", \"state\": \"ike up\", "
		"\"forwarding\": false,"
		" \"in_bytes\": 1000, \"in_packets\": 0, \"out_bytes\": 0, \"out_packets\": 0}]}");
	take(top,
		"{\"at_us\": 2000000, \"tunnels\": ["
		"{\"tunnel\": \"paris\", \"connection\": \"p\", \"state\": \"ike up\", "
		"\"forwarding\": false,"
		" \"in_bytes\": 126000, \"in_packets\": 100, \"out_bytes\": 0, \"out_packets\": 0},"
		"{\"tunnel\": \"osaka\", \"connection\": \"o\", \"state\": \"up\", \"forwarding\": "
		"true,"
		" \"in_bytes\": 7, \"in_packets\": 1, \"out_bytes\": 64000, \"out_packets\": "
		"1000}]}");
}

static struct frame show(struct top *top, unsigned int lines, unsigned int columns)
{
	struct frame f;
	FILE *out = open_memstream(&f.text, &f.len);

	assert_non_null(out);
	top_show(top, lines, columns, "\n", out);
	fclose(out);
	return f;
}

static void shows(struct top *top, const char *const lines[], unsigned int n)
{
	struct frame f = show(top, 0, 500);
	char *rest = f.text, *line = NULL;

	strsep(&rest, "\n");
	strsep(&rest, "\n");
	for (unsigned int i = 0; i < n; i++) {
		line = strsep(&rest, "\n");
		assert_non_null(line);
		if (strncmp(line, lines[i], strlen(lines[i])) != 0)
			fail_msg("line %u is \"%s\", not \"%s\"", i, line, lines[i]);
	}
	free(f.text);
}

static void rates_are_what_two_samples_differ_by(void **)
{
	struct top top = {.by = TOP_IN_BPS};
	struct frame f;

	two_samples(&top);
	f = show(&top, 0, 500);
	assert_non_null(
		strstr(f.text, "1 of 2 tunnels up   in 1.00 Mbit/s   out 512 kbit/s   by in"));
	assert_non_null(strstr(f.text, "1.00 Mbit/s        100      0 bit/s          0\n"));
	assert_non_null(strstr(f.text, "0 bit/s          0   512 kbit/s       1000\n"));
	free(f.text);
	top_fini(&top);
}

static void counters_that_were_cleared_begin_anew(void **)
{
	struct top top = {.by = TOP_IN_BPS};
	struct frame f;

	two_samples(&top);
	take(&top,
		"{\"at_us\": 4000000, \"tunnels\": [{\"tunnel\": \"paris\", \"in_packets\": 20}]}");
	assert_int_equal(top.n, 1);
	f = show(&top, 0, 500);
	assert_non_null(strstr(f.text, "         10      0 bit/s"));
	free(f.text);
	top_fini(&top);
}

static void keys_choose_the_order(void **)
{
	struct top top = {.by = TOP_IN_BPS};

	two_samples(&top);
	shows(&top, (const char *const[]){"paris", "osaka"}, 2);
	top_press(&top, TOP_KEY_REVERSE, 10);
	shows(&top, (const char *const[]){"osaka", "paris"}, 2);
	top_press(&top, TOP_KEY_REVERSE, 10);
	top_press(&top, TOP_KEY_RIGHT, 10);
	top_press(&top, TOP_KEY_RIGHT, 10);
	assert_int_equal(top.by, TOP_OUT_BPS);
	shows(&top, (const char *const[]){"osaka", "paris"}, 2);
	top_press(&top, TOP_KEY_RIGHT, 10);
	top_press(&top, TOP_KEY_RIGHT, 10);
	assert_int_equal(top.by, TOP_TUNNEL);
	top_press(&top, TOP_KEY_LEFT, 10);
	assert_int_equal(top.by, TOP_OUT_PPS);
	top_fini(&top);
}

static void a_frame_is_as_large_as_the_screen(void **)
{
	struct top top = {.by = TOP_IN_BPS};

	two_samples(&top);
	for (unsigned int lines = 1; lines < 6; lines++) {
		for (unsigned int columns = 1; columns < 140; columns += 7) {
			struct frame f = show(&top, lines, columns);
			unsigned int n = 0;

			for (char *rest = f.text, *line; (line = strsep(&rest, "\n")) && rest; n++)
				assert_true(strlen(line) <= columns);
			assert_int_equal(n, lines < 4 ? lines : 4);
			free(f.text);
		}
	}
	// Scrolled as far as the last row, and no further.
	for (unsigned int i = 0; i < 5; i++)
		top_press(&top, TOP_KEY_DOWN, 3);
	assert_int_equal(top.first, 1);
	top_press(&top, TOP_KEY_DOWN, 4);
	top_press(&top, TOP_KEY_UP, 4);
	top_press(&top, TOP_KEY_UP, 4);
	assert_int_equal(top.first, 0);
	top_fini(&top);
}

static void what_is_no_sample_is_refused(void **)
{
	static const char *const bad[] = {"[]", "{}", "{\"at_us\": 1}", "{\"tunnels\": []}",
		"{\"at_us\": 1, \"tunnels\": {}}"};
	struct top top = {};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *sample = json_loads(bad[i], 0, NULL);

		assert_int_equal(top_take(&top, sample), -EPROTO);
		json_decref(sample);
	}
	assert_int_equal(top_take(&top, NULL), -EPROTO);
	top_fini(&top);
}

static void the_line_that_asks_for_it_is_known(void **)
{
	assert_true(top_view_wanted("show top"));
	assert_true(top_view_wanted("sh  top"));
	assert_false(top_view_wanted("show top json"));
	assert_false(top_view_wanted("show topology"));
	assert_false(top_view_wanted("show"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_what_two_samples_differ_by),
		cmocka_unit_test(counters_that_were_cleared_begin_anew),
		cmocka_unit_test(keys_choose_the_order),
		cmocka_unit_test(a_frame_is_as_large_as_the_screen),
		cmocka_unit_test(what_is_no_sample_is_refused),
		cmocka_unit_test(the_line_that_asks_for_it_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
