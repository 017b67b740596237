// The same events, network and judgement for IKEv1: main mode, and aggressive mode with names.
#include "sim/chaos.h"
#include "sim/v1.h"

static void main_mode(struct pair *p)
{
	v1_pair(p, false);
}

static void aggressive_mode(struct pair *p)
{
	v1_pair(p, true);
}

static void main_mode_ends_with_one_child(void **state)
{
	chaos_run(*state, main_mode);
}

static void aggressive_mode_ends_with_one_child(void **state)
{
	chaos_run(*state, aggressive_mode);
}

int main(void)
{
	struct CMUnitTest tests[2 * CHAOS_CASES];

	for (size_t i = 0; i < 2 * CHAOS_CASES; i++)
		tests[i] = (struct CMUnitTest){.name = chaos_cases[i / 2].name,
			.test_func = i % 2 ? aggressive_mode_ends_with_one_child
					   : main_mode_ends_with_one_child,
			.initial_state = (void *)&chaos_cases[i / 2]};
	return cmocka_run_group_tests_name("v1_chaos", tests, NULL, NULL);
}
