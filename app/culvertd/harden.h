// What the process gives up: core files, tracing, and root.
#pragma once

#include <stdbool.h>

#include "base/err.h"

// No core files, no swap, not traceable by others: keys never leave the process. First thing in
// main.
void harden_memory(void);

// Become user (and its groups), keeping only CAP_NET_ADMIN, CAP_NET_RAW and CAP_IPC_LOCK, and those
// only on the calling thread and threads made later; workers that already run keep none.
//
// returns 0, -ENOENT (no such user: nothing changed), -EPERM (not root: nothing changed) or another
// -errno with why
[[nodiscard]] int harden_drop(const char *user, struct why *why);
