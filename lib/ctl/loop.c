#include "ctl/loop.h"

#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

struct loop {
	struct event_base *base;
};

struct loop_watch {
	struct event *event;
	void (*fn)(void *ctx, int fd);
	void *ctx;
};

struct loop_timer {
	struct event *event;
	void (*fn)(void *ctx);
	void *ctx;
};

int loop_new(struct loop **loop)
{
	struct event_config *config = event_config_new();

	*loop = calloc(1, sizeof(**loop));
	if (!*loop || !config)
		goto free_loop;
	// Deadlines of IKE and of fail-over are finer than the default's coarse clock.
	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	(*loop)->base = event_base_new_with_config(config);
	if (!(*loop)->base)
		goto free_loop;
	event_config_free(config);
	return 0;

free_loop:
	if (config)
		event_config_free(config);
	free(*loop);
	*loop = NULL;
	return -ENOMEM;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	event_base_free(loop->base);
	free(loop);
}

void loop_run(struct loop *loop)
{
	event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void loop_stop(struct loop *loop)
{
	event_base_loopbreak(loop->base);
}

static void on_watch(evutil_socket_t fd, short, void *arg)
{
	struct loop_watch *watch = arg;

	watch->fn(watch->ctx, (int)fd);
}

static struct loop_watch *watch_new(
	struct loop *loop, int fd, short what, void (*fn)(void *ctx, int fd), void *ctx)
{
	struct loop_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return NULL;
	watch->fn = fn;
	watch->ctx = ctx;
	watch->event = event_new(loop->base, fd, (short)(what | EV_PERSIST), on_watch, watch);
	if (!watch->event || event_add(watch->event, NULL)) {
		loop_unwatch(watch);
		return NULL;
	}
	return watch;
}

struct loop_watch *loop_read(struct loop *loop, int fd, void (*fn)(void *ctx, int fd), void *ctx)
{
	return watch_new(loop, fd, EV_READ, fn, ctx);
}

struct loop_watch *loop_write(struct loop *loop, int fd, void (*fn)(void *ctx, int fd), void *ctx)
{
	return watch_new(loop, fd, EV_WRITE, fn, ctx);
}

struct loop_watch *loop_signal(
	struct loop *loop, int sig, void (*fn)(void *ctx, int sig), void *ctx)
{
	return watch_new(loop, sig, EV_SIGNAL, fn, ctx);
}

void loop_unwatch(struct loop_watch *watch)
{
	if (!watch)
		return;
	if (watch->event)
		event_free(watch->event);
	free(watch);
}

static void on_timer(evutil_socket_t, short, void *arg)
{
	struct loop_timer *timer = arg;

	timer->fn(timer->ctx);
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fn)(void *ctx), void *ctx)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		return NULL;
	timer->fn = fn;
	timer->ctx = ctx;
	timer->event = event_new(loop->base, -1, 0, on_timer, timer);
	if (!timer->event) {
		free(timer);
		return NULL;
	}
	return timer;
}

void loop_timer_free(struct loop_timer *timer)
{
	if (!timer)
		return;
	event_free(timer->event);
	free(timer);
}

void loop_timer_at(struct loop_timer *timer, mono_us_t at)
{
	mono_us_t now = mono_now();
	mono_us_t left = at > now ? at - now : 0;
	struct timeval tv = {
		.tv_sec = (time_t)(left / 1000000),
		.tv_usec = (suseconds_t)(left % 1000000),
	};

	if (at)
		event_add(timer->event, &tv);
	else
		event_del(timer->event);
}
