// A network namespace of its own for a test that touches the kernel.
#pragma once

#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "unit/unit.h"

// Enter a new namespace, by root or by a user namespace where these are allowed. Skips otherwise.
static inline void netns_enter_or_skip(void)
{
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		print_message("no right to make a network namespace\n");
		skip();
	}
}

// Wait for the kernel, which answers at once but perhaps on another CPU. returns whether readable.
static inline bool netns_readable(int fd)
{
	return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 2000) == 1;
}
