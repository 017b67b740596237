#include "base/utf8.h"

#include "unit/unit.h"

static void a_printable_character_has_its_length(void **)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
		{"", 0},
		{"a", 1},
		{" b", 1},
		{"~", 1},
		{"ü", 2},
		{"東京", 3},
		{"\U0001F600x", 4},
		{"\xf4\x8f\xbf\xbf", 4},
		// Controls, in one byte and in two; line separators; right to left from here
		{"\n", 0},
		{"\x1b[2J", 0},
		{"\x7f", 0},
		{"\xc2\x9b", 0},
		{"\xe2\x80\xa8", 0},
		{"\xe2\x80\xae", 0},
		{"\xe2\x81\xa6", 0},
		// RFC 3629 s3, s10: no beginning, cut, too long, a surrogate, beyond the last
		{"\xff", 0},
		{"\x80", 0},
		{"\xe6\x9d", 0},
		{"\xc0\xaf", 0},
		{"\xe0\x80\xaf", 0},
		{"\xf0\x80\x80\xaf", 0},
		{"\xed\xa0\x80", 0},
		{"\xf4\x90\x80\x80", 0},
		{"\xf8\x88\x80\x80\x80", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (utf8_char(rows[i].text) != rows[i].len)
			print_message("row %zu\n", i);
		assert_int_equal(utf8_char(rows[i].text), rows[i].len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_printable_character_has_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
