// A network namespace of its own for a test that touches the kernel.
#pragma once

#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

// Run fn in a child of ours that is nobody with CAP_NET_ADMIN, as the daemon after its drop of
// privileges. Skips when we are not root. returns what fn returns
static inline int netns_as_nobody_or_skip(int (*fn)(void))
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct cap[2] = {
		{.effective = 1u << CAP_NET_ADMIN, .permitted = 1u << CAP_NET_ADMIN}};
	int status = 0;
	pid_t child;

	if (getuid())
		skip();
	child = fork();
	if (!child) {
		if (prctl(PR_SET_KEEPCAPS, 1) || setresuid(65534, 65534, 65534) ||
			syscall(SYS_capset, &head, cap))
			_exit(100);
		_exit(fn());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}
