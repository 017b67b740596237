#include "base/secret.h"

#include <errno.h>

#include "unit/unit.h"

static void freed_secret_is_wiped(void **)
{
	struct secret s;
	uint8_t *where;

	assert_int_equal(secret_copy(&s, "0123456789abcdef0123456789abcdef", 32), 0);
	where = s.b;
	secret_free(&s);
	assert_null(s.b);
	// The first word of an idle block links the free list; the rest must be zero.
	for (int i = 8; i < 32; i++)
		assert_int_equal(where[i], 0);
}

static void length_limits_are_kept(void **)
{
	struct secret s;

	assert_int_equal(secret_new(&s, 0), -EINVAL);
	assert_int_equal(secret_new(&s, 4097), -EINVAL);
	assert_int_equal(secret_new(&s, 4096), 0);
	secret_free(&s);
	secret_free(&s);
}

static void equality_needs_length_and_bytes(void **)
{
	struct secret a, b, c;

	assert_int_equal(secret_copy(&a, "key-1", 5), 0);
	assert_int_equal(secret_copy(&b, "key-2", 5), 0);
	assert_int_equal(secret_copy(&c, "key-11", 6), 0);
	assert_true(secret_eq(&a, &a));
	assert_false(secret_eq(&a, &b));
	assert_false(secret_eq(&a, &c));
	secret_free(&a);
	secret_free(&b);
	secret_free(&c);
}

static void new_secret_is_zero_even_when_reused(void **)
{
	struct secret s;

	for (int round = 0; round < 3; round++) {
		assert_int_equal(secret_new(&s, 48), 0);
		for (int i = 0; i < 48; i++)
			assert_int_equal(s.b[i], 0);
		s.b[0] = s.b[47] = 7;
		secret_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freed_secret_is_wiped),
		cmocka_unit_test(length_limits_are_kept),
		cmocka_unit_test(equality_needs_length_and_bytes),
		cmocka_unit_test(new_secret_is_zero_even_when_reused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
