#include "ctl/restart.h"

#include <string.h>

#include "model/diff.h"

// Ports are opened at the start and closed at the end.
static bool waits(const struct diff_change *change)
{
	if (change->kind == DIFF_CHANGED)
		return change->effect == SCHEMA_RESTART;
	return !strcmp(change->list->name, "ports");
}

int restart_check(const struct model *booted, const struct model *next, struct report *report)
{
	struct diff diff = {};
	char text[DIFF_TEXT];
	// All else is live, and may be long.
	const struct model a = {.system = booted->system, .ports = booted->ports};
	const struct model b = {.system = next->system, .ports = next->ports};
	int err = diff_models(&a, &b, &diff);

	for (size_t i = 0; i < diff.n && !err; i++) {
		const struct path at = path_leaf(&(struct path){}, diff.v[i].list->name);

		if (waits(&diff.v[i]))
			report_warn(report, "needs-restart", &at,
				"takes effect when culvertd starts again", NULL,
				diff_show(&diff.v[i], text));
	}
	diff_fini(&diff);
	return err;
}
