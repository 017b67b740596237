// From the running configuration to another one: prepare (may fail, and nothing has changed), then
// retire what goes, publish what is new or differs.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

// What happened to tunnels.
struct reconciled {
	unsigned int made, changed, removed, kept;
	mono_us_t read, applied; // of a reload: how long the file took, and all that followed
};

struct plan;

// What can fail, for a checked model: new objects are made, unseen by anybody, and back ends asked.
// ctl->model is the one that runs (all empty at the start). next must live until the plan's end.
//
// returns 0 with a plan, for one of the two below; or -errno with why (nothing has changed)
[[nodiscard]] int reconcile_prepare(
	struct ctl *ctl, const struct model *next, struct plan **plan, struct why *why);
// Retire what goes, publish what is new or differs: cannot fail.
void reconcile_publish(struct ctl *ctl, struct plan *plan, struct reconciled *result);
void reconcile_abandon(struct ctl *ctl, struct plan *plan);

// Both at once. Apply a checked model; ctl->model is the one that runs (all empty at the start) and
// is left alone: the caller replaces it on success. Tunnels that do not differ are not touched.
//
// returns 0 or -errno with why
[[nodiscard]] int reconcile(
	struct ctl *ctl, const struct model *next, struct reconciled *result, struct why *why);
