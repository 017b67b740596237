#include "model/near.h"

#include "unit/unit.h"

static const char *best(const char *text)
{
	static const char *const words[] = {"idle", "name", "memory_mb", "worker_lcores", "user"};
	struct near near = {.text = text};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		near_offer(&near, words[i]);
	return near.best;
}

static void slips_are_understood(void **)
{
	static const struct {
		const char *text, *meant;
	} rows[] = {
		{"idel", "idle"},
		{"memory", "memory_mb"},
		{"worker_cores", "worker_lcores"},
		{"wroker_lcores", "worker_lcores"},
		{"users", "user"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(best(rows[i].text), rows[i].meant);
}

static void other_words_are_left_alone(void **)
{
	assert_null(best("hugepages"));
	assert_null(best(""));
	assert_null(best("a_word_that_is_longer_than_any_name_of_a_setting_could_ever_be__"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_are_understood),
		cmocka_unit_test(other_words_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
