#include "model/id.h"

#include <stdint.h>
#include <string.h>

#include "unit/unit.h"

// Counts up: every byte in its turn, so that what is as likely comes as often.
static void count_up(void *ctx, void *dst, size_t len)
{
	uint8_t *next = ctx, *b = dst;

	for (size_t i = 0; i < len; i++)
		b[i] = (*next)++;
}

// API.md 1.8
static void ids_are_a_kind_and_20_small_letters_and_digits(void **)
{
	static const char *const prefixes[] = {"vpn-", "cgw-", "vco-", "tun-", "vpndgn-"};
	uint8_t state = 0;
	const struct rng rng = {count_up, &state};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		char id[ID_TEXT];
		size_t len = strlen(prefixes[i]);

		assert_ptr_equal(id_make((enum id_kind)i, &rng, id), id);
		assert_memory_equal(id, prefixes[i], len);
		assert_int_equal(strlen(id), len + 20);
		assert_int_equal(strspn(id + len, "abcdefghijklmnopqrstuvwxyz0123456789"), 20);
	}
}

static void each_letter_is_as_likely(void **)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned int seen[256] = {};
	uint8_t state = 0;
	const struct rng rng = {count_up, &state};
	char text[252 + 1];

	// 252 bytes of 256 are used, 7 for each letter; the other four are thrown away.
	id_random_text(&rng, alphabet, text, 252);
	for (size_t i = 0; i < 252; i++)
		seen[(uint8_t)text[i]]++;
	for (const char *c = alphabet; *c; c++)
		assert_int_equal(seen[(uint8_t)*c], 7);
	assert_int_equal(state, 252);
	id_random_text(&rng, alphabet, text, 1);
	assert_int_equal(text[0], 'a');
	assert_int_equal(state, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_a_kind_and_20_small_letters_and_digits),
		cmocka_unit_test(each_letter_is_as_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
