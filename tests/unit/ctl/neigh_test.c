#include "unit/unit.h"

#include <string.h>

#include "ctl/neigh.h"

struct told {
	struct neighs *neighs;
	unsigned int resolved, set;
	uint8_t mac[6]; // of the last set
	bool known;
};

static const uint8_t mac_a[6] = {2, 0, 0, 0, 0, 0xa}, mac_b[6] = {2, 0, 0, 0, 0, 0xb};
static const unsigned int port = 1;

static void on_resolve(void *ctx, unsigned int, const struct addr *)
{
	((struct told *)ctx)->resolved++;
}

static void on_set(void *ctx, unsigned int, const struct addr *, const uint8_t *mac)
{
	struct told *told = ctx;

	told->set++;
	told->known = mac != NULL;
	if (mac)
		memcpy(told->mac, mac, 6);
}

static int setup(void **state)
{
	static struct told told;

	memset(&told, 0, sizeof(told));
	*state = &told;
	return neighs_new(&(struct neigh_ops){on_resolve, on_set, &told}, &told.neighs);
}

static int teardown(void **state)
{
	neighs_free(((struct told *)*state)->neighs);
	return 0;
}

static struct addr host(void)
{
	return addr_v4(0xc0000201);
}

static void neigh_asks_the_kernel_once_a_second(void **state)
{
	struct told *told = *state;
	struct addr a = host();

	neigh_want(told->neighs, port, &a, MONO_S(10));
	neigh_want(told->neighs, port, &a, MONO_S(10) + MONO_MS(500));
	assert_int_equal(told->resolved, 1);
	neigh_want(told->neighs, port, &a, MONO_S(11));
	assert_int_equal(told->resolved, 2);
}

static void neigh_passes_on_what_changes(void **state)
{
	struct told *told = *state;
	struct addr a = host();

	neigh_heard(told->neighs, port, &a, mac_a, MONO_S(1));
	neigh_heard(told->neighs, port, &a, mac_a, MONO_S(2));
	assert_int_equal(told->set, 1);
	neigh_heard(told->neighs, port, &a, mac_b, MONO_S(3));
	assert_int_equal(told->set, 2);
	assert_memory_equal(told->mac, mac_b, 6);
	neigh_heard(told->neighs, port, &a, NULL, MONO_S(4));
	assert_false(told->known);
}

static void neigh_answers_a_question_it_can_answer(void **state)
{
	struct told *told = *state;
	struct addr a = host();

	neigh_heard(told->neighs, port, &a, mac_a, MONO_S(1));
	neigh_want(told->neighs, port, &a, MONO_S(2));
	assert_int_equal(told->set, 2);
	assert_int_equal(told->resolved, 0);
}

static void neigh_has_wanted_ones_checked(void **state)
{
	struct told *told = *state;
	struct addr a = host();

	neigh_want(told->neighs, port, &a, MONO_S(1));
	neigh_heard(told->neighs, port, &a, mac_a, MONO_S(1));
	neigh_tick(told->neighs, MONO_S(2));
	assert_int_equal(told->resolved, 1);
	neigh_tick(told->neighs, MONO_S(32));
	assert_int_equal(told->resolved, 2);
}

static void neigh_asks_at_once_when_a_link_is_back(void **state)
{
	struct told *told = *state;
	struct addr wanted = host(), seen = addr_v4(0xc0000202);

	neigh_want(told->neighs, port, &wanted, MONO_S(1));
	neigh_heard(told->neighs, port, &seen, mac_a, MONO_S(1));
	neigh_again(told->neighs, port + 1, MONO_S(1));
	assert_int_equal(told->resolved, 1);
	neigh_again(told->neighs, port, MONO_S(1));
	assert_int_equal(told->resolved, 2);
}

static void count(void *ctx, const struct neigh_view *)
{
	++*(unsigned int *)ctx;
}

static void neigh_forgets_what_nobody_asks_for(void **state)
{
	struct told *told = *state;
	struct addr a = host();
	unsigned int n = 0;

	neigh_want(told->neighs, port, &a, MONO_S(1));
	neigh_tick(told->neighs, MONO_S(90));
	neigh_each(told->neighs, count, &n);
	assert_int_equal(n, 0);
}

static void neigh_forgets_a_port(void **state)
{
	struct told *told = *state;
	struct addr a = host();
	unsigned int n = 0;

	neigh_heard(told->neighs, port, &a, mac_a, MONO_S(1));
	neigh_heard(told->neighs, port + 1, &a, mac_a, MONO_S(1));
	neigh_forget(told->neighs, port);
	assert_false(told->known);
	neigh_each(told->neighs, count, &n);
	assert_int_equal(n, 1);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(neigh_asks_the_kernel_once_a_second),
		CLAIM(neigh_passes_on_what_changes),
		CLAIM(neigh_answers_a_question_it_can_answer),
		CLAIM(neigh_has_wanted_ones_checked),
		CLAIM(neigh_asks_at_once_when_a_link_is_back),
		CLAIM(neigh_forgets_what_nobody_asks_for),
		CLAIM(neigh_forgets_a_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
