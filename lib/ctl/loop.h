// The event loop of the control core: it sleeps until a descriptor, a deadline or a signal.
#pragma once

#include <stdbool.h>

#include "base/mono.h"

struct loop;	   // libevent's base with what belongs to it
struct loop_watch; // one descriptor or signal being watched
struct loop_timer; // one deadline

// All on the control thread, except loop_stop. Callbacks run inside loop_run.
[[nodiscard]] int loop_new(struct loop **loop); // 0 or -ENOMEM
void loop_free(struct loop *loop);		// after every watch and timer of it

// Run until loop_stop.
void loop_run(struct loop *loop);
// Make loop_run return after the callback that runs now. Control thread or a signal watch.
void loop_stop(struct loop *loop);

// Call fn when fd can be read (and again, until it cannot). NULL without memory.
struct loop_watch *loop_read(struct loop *loop, int fd, void (*fn)(void *ctx, int fd), void *ctx);
// Call fn when fd can be written.
struct loop_watch *loop_write(struct loop *loop, int fd, void (*fn)(void *ctx, int fd), void *ctx);
// Call fn after a signal, outside of signal context.
struct loop_watch *loop_signal(
	struct loop *loop, int sig, void (*fn)(void *ctx, int sig), void *ctx);
void loop_unwatch(struct loop_watch *watch); // NULL: nothing

// A timer that is not running. NULL without memory.
struct loop_timer *loop_timer_new(struct loop *loop, void (*fn)(void *ctx), void *ctx);
void loop_timer_free(struct loop_timer *timer); // NULL: nothing
// Call fn once at (or just after) a time of mono_now, replacing an earlier deadline; 0 stops it.
void loop_timer_at(struct loop_timer *timer, mono_us_t at);
static inline void loop_timer_after(struct loop_timer *timer, mono_us_t us)
{
	loop_timer_at(timer, mono_now() + us);
}
