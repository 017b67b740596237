#include "ctl/restart.h"

#include <stdio.h>

#include "model/object.h"
#include "model/value.h"

static void differ(struct report *report, const struct path *at, const struct schema_leaf *leaf,
	const void *runs, const void *wanted)
{
	char a[VALUE_TEXT] = "", b[VALUE_TEXT] = "";

	if (!leaf->list) {
		value_show(leaf, schema_at(leaf, runs), a);
		value_show(leaf, schema_at(leaf, wanted), b);
	}
	report_warn(
		report, "needs-restart", at, "takes effect at the next start of culvertd", a, b);
}

static void compare(struct report *report, const struct path *parent, const struct schema *schema,
	const void *runs, const void *wanted)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		struct path at = path_leaf(parent, leaf->name);

		if (leaf->type == SCHEMA_GROUP)
			compare(report, &at, leaf->sub, schema_at(leaf, runs),
				schema_at(leaf, wanted));
		else if (leaf->effect == SCHEMA_RESTART && !object_leaf_eq(leaf, runs, wanted))
			differ(report, &at, leaf, runs, wanted);
	}
}

static void whole_port(struct report *report, const char *name, const char *runs, const char *wants)
{
	struct path at;

	snprintf(at.text, sizeof(at.text), "ports.%s", name);
	report_warn(report, "needs-restart", &at, "takes effect at the next start of culvertd",
		runs, wants);
}

void restart_check(const struct model *booted, const struct model *next, struct report *report)
{
	const struct schema *system = schema_find(&schema_model, "system")->sub;
	const struct schema *port = schema_find(&schema_model, "ports")->sub;
	struct path at = {.text = "system"};

	compare(report, &at, system, &booted->system, &next->system);
	for (size_t i = 0; i < booted->ports.n; i++) {
		const struct model_port *runs = &booted->ports.v[i];
		const struct model_port *wanted = model_find_port(next, runs->name);

		snprintf(at.text, sizeof(at.text), "ports.%s", runs->name);
		if (wanted)
			compare(report, &at, port, runs, wanted);
		else
			whole_port(report, runs->name, runs->device, "none");
	}
	for (size_t i = 0; i < next->ports.n; i++) {
		const struct model_port *wanted = &next->ports.v[i];

		if (!model_find_port(booted, wanted->name))
			whole_port(report, wanted->name, "none", wanted->device);
	}
}
