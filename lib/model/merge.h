// The running configuration: the operator's file, and the state that shell and API have made.
#pragma once

#include "model/model.h"
#include "model/report.h"

// A deep copy of both. Of each list, the file's objects come first.
//
// m       filled on success, to be freed by model_fini; zero on failure
// report  an object of one key in both is a complaint ("in-both"), and so is what a state may not
//         hold ("not-in-state"); where is a path within the state
// returns 0, -EINVAL or -ENOMEM
[[nodiscard]] int model_merge(struct model *m, const struct model *file, const struct model *state,
	struct report *report);
