// Changes on trial: from "commit confirm" on they are in force and on disk as ever, but what was
// before comes back by itself unless the operator says "commit" in time - also when the daemon, or
// the machine, starts again meanwhile.
#pragma once

#include "ctl/reconcile.h"
#include "model/report.h"

// Open a window, or give an open one so many seconds from now on: what comes back stays the same.
//
// returns 0, -EROFS (there is no place to keep anything) or -errno, with why
[[nodiscard]] int window_open(struct ctl *ctl, uint32_t seconds, const char *who, struct why *why);
// Keep what was changed. returns 0, -ENOENT (no window is open) or -errno, with why
[[nodiscard]] int window_commit(struct ctl *ctl, const char *who, struct why *why);
// Take back at once what was changed, and close the window.
//
// report, result  as those of edit_commit
// returns 0, -ENOENT (no window is open) or -errno, with why
[[nodiscard]] int window_rollback(struct ctl *ctl, const char *who, struct report *report,
	struct reconciled *result, struct why *why);
uint32_t window_left_s(const struct ctl *ctl); // 0: no window is open

// Back to a version before the one in force, 1 or 2; it is a change like any other.
//
// returns 0, -ENOENT (there is none) or -errno, with why
[[nodiscard]] int window_restore(struct ctl *ctl, unsigned int version, const char *who,
	struct report *report, struct reconciled *result, struct why *why);

// The start, when ctl->state has been read: a window that was open goes on, or has ended: then the
// state is the one of before. returns 0 or -errno with why
[[nodiscard]] int window_start(struct ctl *ctl, struct why *why);
void window_stop(struct ctl *ctl);
