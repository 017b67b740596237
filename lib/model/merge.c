#include "model/merge.h"

#include <errno.h>

#include "model/names.h"
#include "model/object.h"
#include "model/schema.h"

static const void *element(const struct schema_leaf *leaf, const struct schema_list *list, size_t i)
{
	return (const char *)list->v + i * object_size(leaf);
}

// The state holds nothing but lists of editable objects.
static void check_state(const struct model *state, const struct model *fresh, struct report *report)
{
	const struct path root = {};

	for (size_t i = 0; i < schema_model.n; i++) {
		const struct schema_leaf *leaf = &schema_model.leaf[i];
		const struct path where = path_leaf(&root, leaf->name);

		if (!leaf->editable && !object_leaf_eq(leaf, fresh, state))
			report_add(report, "not-in-state", &where,
				"this belongs into the operator's file alone", NULL, NULL);
	}
}

static int check_both(const struct schema_leaf *leaf, const struct schema_list *file,
	const struct schema_list *state, struct report *report)
{
	const struct path root = {}, list = path_leaf(&root, leaf->name);
	struct names names;
	int err = names_init(&names, leaf->sub, file);

	for (size_t i = 0; i < state->n && !err; i++) {
		const struct path where = path_at(&list, i);
		char key[OBJECT_KEY];

		object_key(leaf->sub, element(leaf, state, i), key);
		if (names_find(&names, key))
			report_add(report, "in-both", &where,
				"the operator's file has one of this name, too", NULL, key);
	}
	names_fini(&names);
	return err;
}

// Its secrets stand in the state itself: no file is for shell and API to name.
static void check_secrets(const struct model *state, struct report *report)
{
	const struct path root = {"connections"};

	for (size_t i = 0; i < state->connections.n; i++) {
		const struct model_connection *conn = &state->connections.v[i];
		const struct path at = path_at(&root, i), tunnels = path_leaf(&at, "tunnels");

		for (size_t j = 0; j < conn->tunnels.n; j++) {
			const struct path tunnel = path_at(&tunnels, j);
			const struct path where = path_leaf(&tunnel, "pre_shared_key_file");

			if (*conn->tunnels.v[j].pre_shared_key_file)
				report_add(report, "not-in-state", &where,
					"only the operator's file may name a file",
					"pre_shared_key", NULL);
		}
	}
}

static int append(
	const struct schema_leaf *leaf, struct schema_list *list, const struct schema_list *more)
{
	int err = 0;

	for (size_t i = 0; i < more->n && !err; i++)
		err = object_append(leaf, list, element(leaf, more, i));
	return err;
}

static int merge_lists(
	struct model *m, const struct model *file, const struct model *state, struct report *report)
{
	int err = 0;

	for (size_t i = 0; i < schema_model.n && !err; i++) {
		const struct schema_leaf *leaf = &schema_model.leaf[i];

		if (!leaf->editable)
			continue;
		err = check_both(leaf, schema_at(leaf, file), schema_at(leaf, state), report);
		if (!err)
			err = append(leaf, schema_at(leaf, m), schema_at(leaf, state));
	}
	return err;
}

int model_merge(
	struct model *m, const struct model *file, const struct model *state, struct report *report)
{
	size_t errors = report->errors;
	struct model fresh;
	int err = model_init(&fresh);

	*m = (struct model){};
	if (!err) {
		check_state(state, &fresh, report);
		check_secrets(state, report);
		err = model_copy(m, file);
	}
	if (!err)
		err = merge_lists(m, file, state, report);
	if (!err && report->errors > errors)
		err = -EINVAL;
	if (err)
		model_fini(m);
	model_fini(&fresh);
	return err;
}
