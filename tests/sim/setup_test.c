// Setting a tunnel up: roles, algorithms, addresses, NATs, cookies, groups, fragments.
#include "sim/scenario.h"

#include <string.h>

static void comes_up_and_carries(void **)
{
	struct pair p;

	pair_init(&p, 1);
	p.sim.esp_every = MONO_MS(100);
	pair_up(&p);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_UP], 1);
	assert_int_equal(p.b->events[IKE_EVENT_CHILD_UP], 1);
	assert_true(p.a->esp_sent > 50);
	assert_int_equal(p.a->esp_lost, 0);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_up_and_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
