#include "ctl/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

struct seen {
	unsigned int n;
	char first[JOURNAL_LINE], last[JOURNAL_LINE];
};

static void see(void *ctx, const char *line)
{
	struct seen *seen = ctx;

	if (!seen->n++)
		snprintf(seen->first, sizeof(seen->first), "%s", line);
	snprintf(seen->last, sizeof(seen->last), "%s", line);
}

static void the_last_lines_stay_in_their_order(void **)
{
	struct journal *journal = NULL;
	struct seen seen = {};
	char text[32];

	journal_each(journal, 5, see, &seen);
	assert_int_equal(seen.n, 0);
	for (unsigned int i = 0; i < 3 * JOURNAL_LINES + 5; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		journal_add(&journal, 1700000000123, text);
	}
	journal_each(journal, 1000, see, &seen);
	assert_int_equal(seen.n, JOURNAL_LINES);
	assert_string_equal(seen.first, "2023-11-14 22:13:20.123 line 101");
	assert_string_equal(seen.last, "2023-11-14 22:13:20.123 line 148");
	seen = (struct seen){};
	journal_each(journal, 2, see, &seen);
	assert_int_equal(seen.n, 2);
	assert_string_equal(seen.first, "2023-11-14 22:13:20.123 line 147");
	journal_free(journal);
}

static void a_long_line_is_cut(void **)
{
	struct journal *journal = NULL;
	struct seen seen = {};
	char text[2 * JOURNAL_LINE];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	journal_add(&journal, 0, text);
	journal_each(journal, 1, see, &seen);
	assert_int_equal(strlen(seen.last), JOURNAL_LINE - 1);
	journal_free(journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_lines_stay_in_their_order),
		cmocka_unit_test(a_long_line_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
