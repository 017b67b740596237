// The shell of culvertd -i: a thread at the terminal, which talks to the daemon's server over a
// socket pair, as culvert does from outside.
#pragma once

#include "base/err.h"

struct loop;
struct sock;
struct terminal;

// "quit", or the end of input, stops the loop. returns 0 or -errno with why
[[nodiscard]] int terminal_start(
	struct loop *loop, struct sock *sock, struct terminal **terminal, struct why *why);
// After the loop has ended. NULL is fine.
void terminal_stop(struct terminal *terminal);
