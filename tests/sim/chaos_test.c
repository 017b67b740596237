// Loss, duplication and reordering while everything happens that may happen; then peace.
#include "sim/chaos.h"

static void ends_with_one_child(void **state)
{
	chaos_run(*state, NULL);
}

int main(void)
{
	struct CMUnitTest tests[CHAOS_CASES];

	for (size_t i = 0; i < CHAOS_CASES; i++)
		tests[i] = (struct CMUnitTest){.name = chaos_cases[i].name,
			.test_func = ends_with_one_child,
			.initial_state = (void *)&chaos_cases[i]};
	return cmocka_run_group_tests_name("chaos", tests, NULL, NULL);
}
