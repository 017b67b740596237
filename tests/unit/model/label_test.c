#include "model/label.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

#define TEN	"0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define KANJI10 "東京東京東京東京東京"

// API.md 2.1
static void a_label_is_100_printable_characters_and_no_url(void **)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"", 0},
		{"dc 1 (東京)", 0},
		{"grüße ≠ \U0001F600", 0},
		{HUNDRED, 0},
		{HUNDRED "0", -ERANGE},
		// Characters, not bytes.
		{KANJI10 KANJI10 KANJI10 KANJI10 KANJI10 KANJI10 KANJI10 KANJI10 KANJI10 KANJI10,
			0},
		{"http://x", -EINVAL},
		{"HTTPS://x", -EINVAL},
		{"see http://x", 0},
		{"httpd", 0},
		{"a\nb", -EINVAL},
		{"a\x1b[2J", -EINVAL},
		{"a\xe2\x80\xae", -EINVAL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct why why = {};
		int err = label_check(rows[i].text, 0, 100, &why);

		if (err != rows[i].err)
			print_message("row %zu: %s\n", i, rows[i].text);
		assert_int_equal(err, rows[i].err);
		assert_true(!err == !why.what[0]);
	}
}

static void a_tag_is_a_key_and_a_value(void **)
{
	static const char key64[] = TEN TEN TEN TEN TEN TEN "0123";
	static const char value128[] = HUNDRED TEN TEN "01234567";
	char text[300];
	struct why why;

	snprintf(text, sizeof(text), "%s=%s", key64, value128);
	assert_int_equal(label_check_tag(text, &why), 0);
	snprintf(text, sizeof(text), "%sx=", key64);
	assert_int_equal(label_check_tag(text, &why), -ERANGE);
	snprintf(text, sizeof(text), "a=%sx", value128);
	assert_int_equal(label_check_tag(text, &why), -ERANGE);
	assert_int_equal(label_check_tag("owner=", NULL), 0);
	assert_int_equal(label_check_tag("url=http://x=y", NULL), 0);
	assert_int_equal(label_check_tag("my-aliyun=1", NULL), 0);
	assert_int_equal(label_check_tag("=1", &why), -ERANGE);

	static const char *const wrong[] = {"owner", "aliyun=1", "Aliyun-x=1", "acs:x=1",
		"http://x=1", "a-https://x=1", "a\n=1"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(label_check_tag(wrong[i], &why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_is_100_printable_characters_and_no_url),
		cmocka_unit_test(a_tag_is_a_key_and_a_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
