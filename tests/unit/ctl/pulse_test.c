// what losses of pings mean, in virtual time.
#include "unit/unit.h"

#include <string.h>

#include "ctl/pulse.h"

enum { FLYING = 64 };

// A path on which answers come back after rtt, while it is whole.
struct path {
	struct pulse pulse;
	mono_us_t now, rtt;
	bool cut;
	struct {
		mono_us_t at;
		uint16_t seq;
		uint64_t cookie;
	} flying[FLYING];
	unsigned int n;
};

static const struct pulse_conf probe = {
	.interval = MONO_MS(100), .wait = MONO_MS(100), .lose = 3, .regain = 3};

static void land(struct path *path)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < path->n; i++) {
		if (path->flying[i].at <= path->now)
			assert_true(pulse_answer(&path->pulse, path->flying[i].seq,
				path->flying[i].cookie, path->now));
		else
			path->flying[n++] = path->flying[i];
	}
	path->n = n;
}

static void send(struct path *path)
{
	uint64_t cookie = path->now * 0x9e3779b97f4a7c15;
	uint16_t seq = pulse_sent(&path->pulse, cookie, path->now);

	if (path->cut)
		return;
	assert_true(path->n < FLYING);
	path->flying[path->n].at = path->now + path->rtt;
	path->flying[path->n].seq = seq;
	path->flying[path->n++].cookie = cookie;
}

// Until a time, or until it is judged otherwise.
static void run(struct path *path, mono_us_t until)
{
	enum pulse_state before = path->pulse.state;

	while (path->now < until && path->pulse.state == before) {
		path->now += 100;
		land(path);
		pulse_judge(&path->pulse, path->now);
		if (pulse_due(&path->pulse, path->now))
			send(path);
	}
}

static struct path well(const struct pulse_conf *conf, mono_us_t rtt)
{
	struct path path = {.now = MONO_S(1), .rtt = rtt};

	pulse_start(&path.pulse, conf, path.now, 0x12345);
	run(&path, MONO_S(10));
	assert_int_equal(path.pulse.state, PULSE_GOOD);
	run(&path, path.now + MONO_S(5));
	assert_int_equal(path.pulse.state, PULSE_GOOD);
	assert_int_equal(path.pulse.lost, 0);
	return path;
}

static void first_answer_says_good(void **)
{
	struct path path = well(&probe, MONO_MS(5));

	assert_int_equal(path.pulse.rtt / 1000, 5);
	assert_true(path.pulse.answered >= 49);
}

// Wherever between two pings the cut comes.
static void silence_is_found_within_count_intervals_and_a_bit(void **)
{
	for (mono_us_t offset = 0; offset < MONO_MS(100); offset += MONO_MS(7)) {
		struct path path = well(&probe, MONO_MS(5));
		mono_us_t cut;

		run(&path, path.now + offset);
		path.cut = true;
		path.n = 0;
		cut = path.now;
		run(&path, path.now + MONO_S(10));
		assert_int_equal(path.pulse.state, PULSE_BAD);
		assert_true(path.now - cut <= 3 * MONO_MS(100) + MONO_MS(101));
		// The first one lost may have been on its way for a round trip.
		assert_true(path.now - cut >= 3 * MONO_MS(100) - path.rtt);
	}
}

static void good_again_after_as_many_answers_in_a_row(void **)
{
	struct path path = well(&probe, MONO_MS(5));
	mono_us_t healed;

	path.cut = true;
	run(&path, path.now + MONO_S(2));
	run(&path, path.now + MONO_S(2));
	assert_int_equal(path.pulse.state, PULSE_BAD);
	path.cut = false;
	healed = path.now;
	run(&path, path.now + MONO_S(10));
	assert_int_equal(path.pulse.state, PULSE_GOOD);
	assert_true(path.now - healed >= MONO_MS(205));
	assert_true(path.now - healed <= MONO_MS(306));
}

// '.' is answered, 'x' is not.
static enum pulse_state after(const struct pulse_conf *conf, const char *pattern)
{
	struct pulse p = {};
	mono_us_t now = MONO_S(1);

	pulse_start(&p, conf, now, 0);
	for (; *pattern; pattern++) {
		uint16_t seq = pulse_sent(&p, 7, now);

		if (*pattern == '.')
			assert_true(pulse_answer(&p, seq, 7, now + 1000));
		now += MONO_S(2);
		pulse_judge(&p, now);
	}
	return p.state;
}

static void losses_count_in_a_row(void **)
{
	assert_int_equal(after(&probe, ""), PULSE_UNKNOWN);
	assert_int_equal(after(&probe, "xx"), PULSE_UNKNOWN);
	assert_int_equal(after(&probe, "xxx"), PULSE_BAD);
	assert_int_equal(after(&probe, "xx."), PULSE_GOOD);
	assert_int_equal(after(&probe, ".xx.xx.xx.xx.x"), PULSE_GOOD);
	assert_int_equal(after(&probe, ".xx.xxx"), PULSE_BAD);
	assert_int_equal(after(&probe, ".xxx..x..x..x"), PULSE_BAD);
	assert_int_equal(after(&probe, ".xxx..x..."), PULSE_GOOD);
}

static void health_check_is_back_with_its_first_answer(void **)
{
	const struct pulse_conf health = {
		.interval = MONO_S(3), .wait = MONO_S(1), .lose = 3, .regain = 1};

	assert_int_equal(after(&health, ".xx"), PULSE_GOOD);
	assert_int_equal(after(&health, ".xxx"), PULSE_BAD);
	assert_int_equal(after(&health, "xxxxxxx."), PULSE_GOOD);
}

// Three pings are under way at any time.
static void path_longer_than_the_interval_is_good(void **)
{
	struct path path = well(&probe, MONO_MS(350));

	path.cut = true;
	path.n = 0;
	run(&path, path.now + MONO_S(10));
	assert_int_equal(path.pulse.state, PULSE_BAD);
}

static void path_that_becomes_longer_is_not_taken_for_cut(void **)
{
	struct path path = well(&probe, MONO_MS(20));

	path.rtt = MONO_MS(250);
	run(&path, path.now + MONO_S(20));
	assert_int_equal(path.pulse.state, PULSE_GOOD);
	assert_true(path.pulse.smooth > MONO_MS(240));
}

static void answers_must_fit_a_ping_under_way(void **)
{
	struct pulse p = {};
	uint16_t seq;

	pulse_start(&p, &probe, MONO_S(1), 0);
	assert_false(pulse_answer(&p, 0, 0, MONO_S(1)));
	seq = pulse_sent(&p, 0x1122334455667788, MONO_S(1));
	assert_false(pulse_answer(&p, seq, 0x1122334455667789, MONO_S(1) + 1));
	assert_false(pulse_answer(&p, seq, 0, MONO_S(1) + 1));
	assert_false(
		pulse_answer(&p, (uint16_t)(seq + PULSE_PINGS), 0x1122334455667788, MONO_S(1) + 1));
	assert_false(
		pulse_answer(&p, (uint16_t)(seq - PULSE_PINGS), 0x1122334455667788, MONO_S(1) + 1));
	assert_int_equal(p.state, PULSE_UNKNOWN);
	assert_true(pulse_answer(&p, seq, 0x1122334455667788, MONO_S(1) + 1));
	// Once.
	assert_false(pulse_answer(&p, seq, 0x1122334455667788, MONO_S(1) + 2));
	assert_int_equal(p.answered, 1);
}

static void numbers_may_wrap(void **)
{
	struct path path = well(&probe, MONO_MS(5));

	path.pulse.seq = 0xfff0;
	path.n = 0;
	memset(path.pulse.ping, 0, sizeof(path.pulse.ping));
	run(&path, path.now + MONO_S(10));
	assert_int_equal(path.pulse.state, PULSE_GOOD);
	assert_int_equal(path.pulse.lost, 0);
	path.cut = true;
	path.n = 0;
	run(&path, path.now + MONO_S(10));
	assert_int_equal(path.pulse.state, PULSE_BAD);
}

static void delay_of_our_own_is_not_made_up_for(void **)
{
	struct pulse p = {};

	pulse_start(&p, &probe, MONO_S(1), 0);
	assert_false(pulse_due(&p, MONO_S(1)));
	assert_true(pulse_due(&p, MONO_S(1) + 1));
	(void)pulse_sent(&p, 1, MONO_S(5) + MONO_MS(30));
	assert_false(pulse_due(&p, MONO_S(5) + MONO_MS(100)));
	assert_true(pulse_due(&p, MONO_S(5) + MONO_MS(100) + 1));
}

// Many that were due at once after a delay are not so again.
static void delay_does_not_bring_many_together(void **)
{
	struct pulse a = {}, b = {};

	pulse_start(&a, &probe, MONO_S(1), 10000);
	pulse_start(&b, &probe, MONO_S(1), 60000);
	(void)pulse_sent(&a, 1, MONO_S(2));
	(void)pulse_sent(&b, 1, MONO_S(2));
	assert_int_equal(b.next - a.next, 50000);
}

static void pause_forgets_what_is_under_way_but_not_the_judgement(void **)
{
	struct pulse p = {};
	uint16_t seq;

	pulse_start(&p, &probe, MONO_S(1), 0);
	seq = pulse_sent(&p, 1, MONO_S(1));
	assert_true(pulse_answer(&p, seq, 1, MONO_S(1) + 1));
	seq = pulse_sent(&p, 2, MONO_S(2));
	pulse_stop(&p);
	assert_int_equal(pulse_deadline(&p), 0);
	assert_false(pulse_due(&p, MONO_S(99)));
	pulse_judge(&p, MONO_S(99));
	assert_int_equal(p.lost, 0);
	assert_false(pulse_answer(&p, seq, 2, MONO_S(99)));
	assert_int_equal(p.state, PULSE_GOOD);
}

// Deadlines are all that a caller needs: one who looks at no other time finds the same.
static void nothing_happens_between_deadlines(void **)
{
	struct path path = {.now = MONO_S(1), .rtt = MONO_MS(30)};

	pulse_start(&path.pulse, &probe, path.now, 77);
	for (unsigned int i = 0; i < 200; i++) {
		mono_us_t at = pulse_deadline(&path.pulse);

		for (unsigned int k = 0; k < path.n; k++)
			at = path.flying[k].at < at ? path.flying[k].at : at;
		assert_true(at >= path.now);
		path.cut = i > 150;
		path.now = at;
		land(&path);
		pulse_judge(&path.pulse, path.now);
		if (pulse_due(&path.pulse, path.now))
			send(&path);
	}
	assert_int_equal(path.pulse.state, PULSE_BAD);
}

static void starts_are_spread_over_the_interval(void **)
{
	unsigned int slot[10] = {};

	for (uint32_t i = 0; i < 10000; i++) {
		struct pulse p = {};

		pulse_start(&p, &probe, MONO_S(1), i * 2654435761u);
		assert_true(p.next > MONO_S(1) && p.next <= MONO_S(1) + MONO_MS(100));
		slot[(p.next - MONO_S(1) - 1) / MONO_MS(10)]++;
	}
	for (unsigned int i = 0; i < 10; i++)
		assert_in_range(slot[i], 800, 1200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_answer_says_good),
		cmocka_unit_test(silence_is_found_within_count_intervals_and_a_bit),
		cmocka_unit_test(good_again_after_as_many_answers_in_a_row),
		cmocka_unit_test(losses_count_in_a_row),
		cmocka_unit_test(health_check_is_back_with_its_first_answer),
		cmocka_unit_test(path_longer_than_the_interval_is_good),
		cmocka_unit_test(path_that_becomes_longer_is_not_taken_for_cut),
		cmocka_unit_test(answers_must_fit_a_ping_under_way),
		cmocka_unit_test(numbers_may_wrap),
		cmocka_unit_test(delay_of_our_own_is_not_made_up_for),
		cmocka_unit_test(delay_does_not_bring_many_together),
		cmocka_unit_test(pause_forgets_what_is_under_way_but_not_the_judgement),
		cmocka_unit_test(nothing_happens_between_deadlines),
		cmocka_unit_test(starts_are_spread_over_the_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
