// Helper threads: arithmetic that would hold up the control core.
//
// The control core gives work away and gets it back in its event loop. A helper touches nothing but
// the work; it runs on the control core's CPUs, yields to it (nice), takes no signals and opens
// nothing.
#pragma once

#include <stdbool.h>

#include "ctl/loop.h"

struct helpers;

enum { HELPER_QUEUE = 4096 }; // pieces of work that are out at most

struct helper_work {
	void (*run)(void *work);	     // on a helper
	void (*done)(void *ctx, void *work); // on the control thread, in the loop
	void *ctx;
};

// Start n helpers. returns 0, -ENOMEM or another -errno
[[nodiscard]] int helpers_new(struct loop *loop, unsigned int n, const struct helper_work *what,
	struct helpers **helpers);

// Wait for what runs; what has not been given back by then never is. NULL is fine. Before the loop
// goes.
void helpers_free(struct helpers *helpers);

// Have it run; what is urgent before everything that is not. returns 0, or -EAGAIN (too much is
// out).
[[nodiscard]] int helpers_give(struct helpers *helpers, void *work, bool urgent);
