#include "unit/unit.h"

#include "ctl/choice.h"

enum { HOLD_DOWN_S = 5 };

static const mono_us_t hold_down = MONO_S(HOLD_DOWN_S), start = MONO_S(100);

// Both tunnels of a connection, as they are after a start: nothing negotiated.
struct pair {
	struct standing tunnel[2];
	unsigned int active;
	mono_us_t again;
};

static int setup(void **state)
{
	static struct pair pair;

	pair = (struct pair){};
	for (unsigned int i = 0; i < 2; i++)
		assert_true(choice_say(&pair.tunnel[i], FAILOVER_NO_SA, true, start));
	*state = &pair;
	return 0;
}

static unsigned int choose(struct pair *p, mono_us_t now)
{
	p->active = choice_make(&p->tunnel[0], &p->tunnel[1], p->active, hold_down, now, &p->again);
	return p->active;
}

static unsigned int say(
	struct pair *p, unsigned int i, enum failover_reason reason, bool down, mono_us_t now)
{
	choice_say(&p->tunnel[i], reason, down, now);
	return choose(p, now);
}

static void both_up(struct pair *p)
{
	assert_int_equal(say(p, 0, FAILOVER_NO_SA, false, start), 0);
	assert_int_equal(say(p, 1, FAILOVER_NO_SA, false, start), 0);
}

static void choice_is_tunnel_1_until_one_is_up(void **state)
{
	struct pair *p = *state;

	assert_int_equal(choose(p, start), 0);
	assert_int_equal(p->again, 0);
}

// whichever came up first.
static void choice_prefers_tunnel_1_without_hold_down_after_a_start(void **state)
{
	struct pair *p = *state;

	assert_int_equal(say(p, 1, FAILOVER_NO_SA, false, start), 1);
	assert_int_equal(say(p, 0, FAILOVER_NO_SA, false, start + 1), 0);
}

// for each reason alike.
static void choice_leaves_at_once_and_returns_after_the_hold_down(void **state)
{
	for (unsigned int r = 0; r < FAILOVER_REASONS; r++) {
		struct pair *p = *state;
		mono_us_t well = start + MONO_S(20);

		setup(state);
		both_up(p);
		assert_int_equal(say(p, 0, r, true, start + MONO_S(10)), 1);
		assert_int_equal(choice_newest(&p->tunnel[0]), r);
		assert_int_equal(choose(p, start + MONO_S(10) + hold_down), 1);
		assert_int_equal(p->again, 0);

		assert_int_equal(say(p, 0, r, false, well), 1);
		assert_int_equal(p->again, well + hold_down);
		assert_int_equal(choose(p, well + hold_down - 1), 1);
		assert_int_equal(choose(p, well + hold_down), 0);
		assert_int_equal(p->again, 0);
	}
}

static void choice_counts_the_hold_down_anew_after_each_failure(void **state)
{
	struct pair *p = *state;

	both_up(p);
	say(p, 0, FAILOVER_PROBE, true, start + 1);
	say(p, 0, FAILOVER_PROBE, false, start + 2);
	say(p, 0, FAILOVER_PROBE, true, start + 3);
	assert_int_equal(say(p, 0, FAILOVER_PROBE, false, start + MONO_S(4)), 1);
	assert_int_equal(choose(p, start + MONO_S(4) + hold_down - 1), 1);
	assert_int_equal(choose(p, start + MONO_S(4) + hold_down), 0);
}

static void choice_waits_for_every_reason_to_cease(void **state)
{
	struct pair *p = *state;

	both_up(p);
	say(p, 0, FAILOVER_LINK, true, start + 1);
	say(p, 0, FAILOVER_NO_SA, true, start + 2);
	assert_int_equal(choice_newest(&p->tunnel[0]), FAILOVER_NO_SA);
	say(p, 0, FAILOVER_LINK, false, start + 3);
	assert_int_equal(p->again, 0);
	assert_int_equal(say(p, 0, FAILOVER_NO_SA, false, start + 4), 1);
	assert_int_equal(p->again, start + 4 + hold_down);
}

static void choice_has_no_hold_down_when_tunnel_2_fails(void **state)
{
	for (unsigned int r = 0; r < FAILOVER_REASONS; r++) {
		struct pair *p = *state;

		setup(state);
		both_up(p);
		say(p, 0, FAILOVER_NO_SA, true, start + 1);
		assert_int_equal(say(p, 0, FAILOVER_NO_SA, false, start + 2), 1);
		assert_int_equal(say(p, 1, r, true, start + 3), 0);
	}
}

static void choice_never_leaves_tunnel_1_for_tunnel_2_s_sake(void **state)
{
	struct pair *p = *state;

	both_up(p);
	for (unsigned int r = 0; r < FAILOVER_REASONS; r++) {
		assert_int_equal(say(p, 1, r, true, start + 1), 0);
		assert_int_equal(say(p, 1, r, false, start + 2), 0);
	}
}

// When neither is usable: rows of what is wrong with tunnel 1, with tunnel 2, and the choice.
static void choice_takes_the_nearer_when_neither_is_usable(void **state)
{
	static const struct {
		enum failover_reason first, second;
		unsigned int choice;
	} row[] = {
		{FAILOVER_PROBE, FAILOVER_PROBE, 0},
		{FAILOVER_PROBE, FAILOVER_HEALTH, 0},
		{FAILOVER_PROBE, FAILOVER_NO_SA, 0},
		{FAILOVER_NO_SA, FAILOVER_PROBE, 1},
		{FAILOVER_NO_SA, FAILOVER_NO_SA, 0},
		{FAILOVER_NO_SA, FAILOVER_LINK, 0},
		{FAILOVER_LINK, FAILOVER_NO_SA, 1},
		{FAILOVER_OPERATOR, FAILOVER_NO_SA, 1},
		{FAILOVER_OPERATOR, FAILOVER_LINK, 0},
		{FAILOVER_LINK, FAILOVER_LINK, 0},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct pair *p = *state;

		setup(state);
		both_up(p);
		say(p, 0, row[i].first, true, start + 1);
		assert_int_equal(say(p, 1, row[i].second, true, start + 2), row[i].choice);
	}
}

static void choice_of_one_is_that_one(void **state)
{
	struct pair *p = *state;
	mono_us_t again;

	assert_int_equal(choice_make(&p->tunnel[0], NULL, 0, hold_down, start, &again), 0);
	assert_int_equal(choice_make(NULL, &p->tunnel[1], 0, hold_down, start, &again), 1);
	assert_int_equal(again, 0);
}

static void choice_knows_news(void **state)
{
	struct pair *p = *state;

	assert_false(choice_say(&p->tunnel[0], FAILOVER_NO_SA, true, start + 1));
	assert_false(choice_usable(&p->tunnel[0]));
	assert_true(choice_say(&p->tunnel[0], FAILOVER_NO_SA, false, start + 1));
	assert_true(choice_usable(&p->tunnel[0]));
	assert_int_equal(choice_newest(&p->tunnel[0]), FAILOVER_REASONS);
	assert_false(choice_say(&p->tunnel[0], FAILOVER_NO_SA, false, start + 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(choice_is_tunnel_1_until_one_is_up, setup),
		cmocka_unit_test_setup(
			choice_prefers_tunnel_1_without_hold_down_after_a_start, setup),
		cmocka_unit_test_setup(
			choice_leaves_at_once_and_returns_after_the_hold_down, setup),
		cmocka_unit_test_setup(choice_counts_the_hold_down_anew_after_each_failure, setup),
		cmocka_unit_test_setup(choice_waits_for_every_reason_to_cease, setup),
		cmocka_unit_test_setup(choice_has_no_hold_down_when_tunnel_2_fails, setup),
		cmocka_unit_test_setup(choice_never_leaves_tunnel_1_for_tunnel_2_s_sake, setup),
		cmocka_unit_test_setup(choice_takes_the_nearer_when_neither_is_usable, setup),
		cmocka_unit_test_setup(choice_of_one_is_that_one, setup),
		cmocka_unit_test_setup(choice_knows_news, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
