#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "ui/split.h"

static const struct {
	const char *line;
	int err;
	unsigned int n;
	const char *last; // word
	bool open;
	size_t offset; // of the last word
} rows[] = {
	{"", 0, 0, NULL, false, 0},
	{"  \t", 0, 0, NULL, false, 3},
	{"show", 0, 1, "show", true, 0},
	{" show tunnels", 0, 2, "tunnels", true, 6},
	{"show tunnels ", 0, 2, "tunnels", false, 13},
	{"a \"b c\"", 0, 2, "b c", true, 2},
	{"a 'b \"c'", 0, 2, "b \"c", true, 2},
	{"a b\\ c", 0, 2, "b c", true, 2},
	{"a 'b\\'", 0, 2, "b\\", true, 2},
	{"a\"b\"c d", 0, 2, "d", true, 6},
	{"a \"\"", 0, 2, "", true, 2},
	{"a \"b c", -EINVAL, 2, "b c", true, 2},
	{"a\\", 0, 1, "a\\", true, 0},
	{"a\x01", -EINVAL, 0, NULL, false, 0},
	{"a\xff", -EINVAL, 0, NULL, false, 0},
	{"a\xc2\x9b", -EINVAL, 0, NULL, false, 0}, // a control in two bytes
	{"name='dc 1 (東京)'", 0, 1, "name=dc 1 (東京)", true, 0},
};

static void split_takes_words_and_quotes(void **)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct split split;

		assert_int_equal(split_line(rows[i].line, &split, NULL), rows[i].err);
		assert_int_equal(split.n, rows[i].n);
		if (!rows[i].n)
			continue;
		assert_string_equal(split.word[split.n - 1], rows[i].last);
		assert_int_equal(split.open, rows[i].open);
		assert_int_equal(split.last, rows[i].offset);
	}
}

static void split_bounds_length_and_count(void **)
{
	char line[2 * SPLIT_LINE];
	struct split split;
	struct why why;

	memset(line, 'a', sizeof(line));
	line[SPLIT_LINE - 1] = '\0';
	assert_int_equal(split_line(line, &split, &why), 0);
	line[SPLIT_LINE - 1] = 'a';
	line[SPLIT_LINE] = '\0';
	assert_int_equal(split_line(line, &split, &why), -E2BIG);
	for (unsigned int i = 0; i <= SPLIT_WORDS; i++)
		memcpy(&line[2 * i], "a ", 3);
	assert_int_equal(split_line(line, &split, &why), -E2BIG);
	line[2 * SPLIT_WORDS] = '\0';
	assert_int_equal(split_line(line, &split, &why), 0);
}

static void split_quote_is_undone_by_split_line(void **)
{
	static const char *const words[] = {
		"plain", "two words", "a\"b", "a\\b", "it's", "", "?", "\" \\"};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct split split;
		char typed[64];

		split_quote(words[i], typed, sizeof(typed));
		assert_int_equal(split_line(typed, &split, NULL), 0);
		assert_int_equal(split.n, 1);
		assert_string_equal(split.word[0], words[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_takes_words_and_quotes),
		cmocka_unit_test(split_bounds_length_and_count),
		cmocka_unit_test(split_quote_is_undone_by_split_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
