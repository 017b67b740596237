#include "ike/timer.h"

#include <stdlib.h>

#include "unit/unit.h"

enum { MANY = 1000 };

static void come_in_order_of_time(void **)
{
	struct ike_timers timers = {};
	struct ike_timer timer[MANY] = {};
	mono_us_t last = 0;

	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(ike_timer_set(&timers, &timer[i], 1 + i * 7919 % 1009), 0);
	for (size_t i = 0; i < MANY; i += 3) // moved
		assert_int_equal(ike_timer_set(&timers, &timer[i], 1 + i * 104729 % 2003), 0);
	for (size_t i = 1; i < MANY; i += 3) // stopped
		ike_timer_stop(&timers, &timer[i]);
	for (size_t i = 2; i < MANY; i += 30) // zero stops, too
		assert_int_equal(ike_timer_set(&timers, &timer[i], 0), 0);
	for (size_t left = timers.count; left; left--) {
		struct ike_timer *next = ike_timer_next(&timers);

		assert_true(next->at >= last);
		last = next->at;
		ike_timer_stop(&timers, next);
		assert_int_equal(next->slot, 0);
	}
	assert_null(ike_timer_next(&timers));
	ike_timer_stop(&timers, &timer[0]);
	ike_timers_free(&timers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(come_in_order_of_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
