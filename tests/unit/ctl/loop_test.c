#include "unit/unit.h"

#include <signal.h>
#include <unistd.h>

#include "ctl/loop.h"

struct seen {
	struct loop *loop;
	unsigned int n;
	char order[8];
};

static void note(struct seen *seen, char what, unsigned int stop_after)
{
	seen->order[seen->n++] = what;
	if (seen->n == stop_after)
		loop_stop(seen->loop);
}

static void on_fd(void *ctx, int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
	note(ctx, 'r', 2);
}

static void on_time(void *ctx)
{
	note(ctx, 't', 2);
}

static void on_signal(void *ctx, int sig)
{
	assert_int_equal(sig, SIGUSR1);
	note(ctx, 's', 1);
}

static void loop_serves_a_descriptor_and_a_deadline(void **)
{
	struct seen seen = {0};
	struct loop_watch *watch;
	struct loop_timer *timer, *stopped;
	int fd[2];

	assert_int_equal(loop_new(&seen.loop), 0);
	assert_int_equal(pipe(fd), 0);
	watch = loop_read(seen.loop, fd[0], on_fd, &seen);
	timer = loop_timer_new(seen.loop, on_time, &seen);
	stopped = loop_timer_new(seen.loop, on_time, &seen);
	assert_non_null(watch);
	assert_non_null(timer);
	assert_int_equal(write(fd[1], "x", 1), 1);
	loop_timer_at(timer, mono_now() + MONO_MS(1));
	loop_timer_at(stopped, mono_now());
	loop_timer_at(stopped, 0);

	loop_run(seen.loop);

	assert_string_equal(seen.order, "rt");
	loop_timer_free(timer);
	loop_timer_free(stopped);
	loop_unwatch(watch);
	loop_free(seen.loop);
	close(fd[0]);
	close(fd[1]);
}

static void loop_serves_a_signal_outside_its_context(void **)
{
	struct seen seen = {0};
	struct loop_watch *watch;

	assert_int_equal(loop_new(&seen.loop), 0);
	watch = loop_signal(seen.loop, SIGUSR1, on_signal, &seen);
	assert_non_null(watch);
	assert_int_equal(raise(SIGUSR1), 0);

	loop_run(seen.loop);

	assert_string_equal(seen.order, "s");
	loop_unwatch(watch);
	loop_free(seen.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loop_serves_a_descriptor_and_a_deadline),
		cmocka_unit_test(loop_serves_a_signal_outside_its_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
