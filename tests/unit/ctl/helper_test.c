#include "unit/unit.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

#include "ctl/helper.h"

enum { TURN_MS = 5, PIECES = 100 };

struct work {
	char name;
	sem_t *gate; // waits for it while it runs; NULL: does not wait
	unsigned int runs;
};

struct seen {
	struct loop *loop;
	struct helpers *helpers;
	sem_t gate;
	struct loop_timer *timer;
	char order[2 * PIECES];
	size_t n, stop_at;
};

static void note(struct seen *seen, char what)
{
	seen->order[seen->n++] = what;
	if (seen->n == seen->stop_at)
		loop_stop(seen->loop);
}

static void run(void *arg)
{
	struct work *work = arg;

	if (work->gate)
		sem_wait(work->gate);
	work->runs++;
}

static void done(void *ctx, void *arg)
{
	const struct work *work = arg;

	assert_int_equal(work->runs, 1);
	note(ctx, work->name);
}

static void on_time(void *ctx)
{
	struct seen *seen = ctx;

	note(seen, 't');
	sem_post(&seen->gate);
}

static void begin(struct seen *seen, unsigned int threads, size_t stop_at)
{
	const struct helper_work what = {.run = run, .done = done, .ctx = seen};

	*seen = (struct seen){.stop_at = stop_at};
	assert_int_equal(sem_init(&seen->gate, 0, 0), 0);
	assert_int_equal(loop_new(&seen->loop), 0);
	seen->timer = loop_timer_new(seen->loop, on_time, seen);
	assert_non_null(seen->timer);
	assert_int_equal(helpers_new(seen->loop, threads, &what, &seen->helpers), 0);
}

static void end(struct seen *seen)
{
	helpers_free(seen->helpers);
	loop_timer_free(seen->timer);
	loop_free(seen->loop);
	sem_destroy(&seen->gate);
}

// The slow one cannot end before the deadline has been served: nobody waited for it.
static void what_runs_holds_up_no_deadline(void **)
{
	struct seen seen;
	struct work slow = {.name = 's', .gate = &seen.gate};

	begin(&seen, 1, 2);
	assert_int_equal(helpers_give(seen.helpers, &slow, true), 0);
	loop_timer_after(seen.timer, MONO_MS(TURN_MS));
	loop_run(seen.loop);
	assert_memory_equal(seen.order, "ts", 2);
	end(&seen);
}

// The helper holds the first piece until all are in the queue.
static void urgent_work_comes_first(void **)
{
	struct seen seen;
	struct work first = {.name = '1', .gate = &seen.gate}, a = {.name = 'a'}, b = {.name = 'b'},
		    u = {.name = 'u'}, v = {.name = 'v'};

	begin(&seen, 1, 6);
	assert_int_equal(helpers_give(seen.helpers, &first, true), 0);
	assert_int_equal(helpers_give(seen.helpers, &a, false), 0);
	assert_int_equal(helpers_give(seen.helpers, &b, false), 0);
	assert_int_equal(helpers_give(seen.helpers, &u, true), 0);
	assert_int_equal(helpers_give(seen.helpers, &v, true), 0);
	loop_timer_after(seen.timer, MONO_MS(TURN_MS));
	loop_run(seen.loop);
	assert_memory_equal(seen.order, "t1uvab", 6);
	end(&seen);
}

static void all_work_of_many_helpers_comes_back_once(void **)
{
	static struct work work[PIECES];
	struct seen seen;

	begin(&seen, 4, PIECES);
	for (size_t i = 0; i < PIECES; i++) {
		work[i] = (struct work){.name = 'w'};
		assert_int_equal(helpers_give(seen.helpers, &work[i], i % 2), 0);
	}
	loop_run(seen.loop);
	assert_int_equal(seen.n, PIECES);
	for (size_t i = 0; i < PIECES; i++)
		assert_int_equal(work[i].runs, 1);
	end(&seen);
}

static void a_full_queue_says_so(void **)
{
	struct seen seen;
	struct work slow = {.name = 's', .gate = &seen.gate}, one_more = {.name = 'm'};
	struct work *many = calloc(HELPER_QUEUE, sizeof(*many));

	assert_non_null(many);
	begin(&seen, 1, 1);
	assert_int_equal(helpers_give(seen.helpers, &slow, false), 0);
	for (size_t i = 1; i < HELPER_QUEUE; i++)
		assert_int_equal(helpers_give(seen.helpers, &many[i], false), 0);
	assert_int_equal(helpers_give(seen.helpers, &one_more, true), -EAGAIN);
	sem_post(&seen.gate);
	loop_run(seen.loop);
	assert_int_equal(helpers_give(seen.helpers, &one_more, true), 0);
	end(&seen);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_runs_holds_up_no_deadline),
		cmocka_unit_test(urgent_work_comes_first),
		cmocka_unit_test(all_work_of_many_helpers_comes_back_once),
		cmocka_unit_test(a_full_queue_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
