// The one way of every change, whether of the operator's file or of what shell and API make:
// candidate -> check -> prepare -> on disk -> publish. Any mistake, and nothing has changed.
#pragma once

#include "ctl/reconcile.h"
#include "model/report.h"
#include "model/schema.h"

// The start: open the state, and put it beside the operator's file.
//
// file    checked; taken over
// report  every mistake of the state, alone and together with the file
// m       what is to run; the caller's
// returns 0 or -errno with why
[[nodiscard]] int edit_start(struct ctl *ctl, struct model *file, struct report *report,
	struct model **m, struct why *why);
void edit_stop(struct ctl *ctl);

// A change of what shell and API have made: a copy of it, to be changed by the caller.
//
// returns 0, -EROFS (there is no place to keep it) or -ENOMEM, with why
[[nodiscard]] int edit_begin(struct ctl *ctl, struct model **state, struct why *why);
void edit_abandon(struct model *state); // NULL is fine
// Make it so: when this returns 0 it is on disk and in force.
//
// state   of edit_begin; taken over in any case
// who     asks for it (act_call.who): each accepted change is a line of the log
// report  every mistake that is not in it already, in what would run: "connections[vco-x].bgp";
//         and warnings that were not there before
// returns 0 or -errno with why (-EINVAL: the mistakes are in report)
[[nodiscard]] int edit_commit(struct ctl *ctl, struct model *state, const char *who,
	struct report *report, struct reconciled *result, struct why *why);

// The same for a state of before, which may be what a change may not lead to.
[[nodiscard]] int edit_earlier(struct ctl *ctl, struct model *state, const char *who,
	struct report *report, struct reconciled *result, struct why *why);

// What edit_commit would say, without doing it. state stays the caller's.
//
// returns 0, -EINVAL (the mistakes are in report) or -ENOMEM
[[nodiscard]] int edit_check(struct ctl *ctl, const struct model *state, struct report *report);

// The operator's file has changed. As edit_commit; file: checked, taken over in any case.
[[nodiscard]] int edit_file(struct ctl *ctl, struct model *file, struct report *report,
	struct reconciled *result, struct why *why);

// Whether the object of that key is the file's, and hence not for shell and API to change.
bool edit_is_files(const struct ctl *ctl, const char *list, const char *key);
