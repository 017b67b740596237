// From the running configuration to another one: prepare (may fail, and nothing has changed), then
// retire what goes, publish what is new or differs.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

// What happened to tunnels.
struct reconciled {
	unsigned int made, changed, removed, kept;
};

// Apply a checked model; ctl->model is the one that runs (all empty at the start) and is left
// alone: the caller replaces it on success. Tunnels that do not differ are not touched.
//
// returns 0 or -errno with why
[[nodiscard]] int reconcile(
	struct ctl *ctl, const struct model *next, struct reconciled *result, struct why *why);
