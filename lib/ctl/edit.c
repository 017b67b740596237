#include "ctl/edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ctl/logbook.h"
#include "ctl/restart.h"
#include "ctl/store.h"
#include "ctl/window.h"
#include "model/check.h"
#include "model/check_change.h"
#include "model/diff.h"
#include "model/merge.h"
#include "model/object.h"

static void model_free(struct model *m)
{
	if (m)
		model_fini(m);
	free(m);
}

static bool knows(const struct report *report, const struct complaint *c)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct complaint *known = &report->v[i];

		if (!strcmp(known->code, c->code) && !strcmp(known->why.where, c->why.where) &&
			!strcmp(known->why.got, c->why.got))
			return true;
	}
	return false;
}

// "connections[3].bgp" as "connections[vco-x].bgp": places move when objects come and go.
static void name_place(const struct model *m, struct why *why)
{
	char list[sizeof(why->where)], key[OBJECT_KEY], named[sizeof(why->where)], *rest;
	size_t len = strcspn(why->where, "["), i;
	const struct schema_leaf *leaf;
	const struct schema_list *l;

	snprintf(list, sizeof(list), "%.*s", (int)len, why->where);
	leaf = schema_find(&schema_model, list);
	if (!why->where[len] || !leaf || leaf->type != SCHEMA_OBJECTS)
		return;
	i = strtoul(why->where + len + 1, &rest, 10);
	l = schema_at(leaf, m);
	if (i >= l->n)
		return;
	object_key(leaf->sub, (const char *)l->v + i * leaf->sub->size, key);
	if ((size_t)snprintf(named, sizeof(named), "%s[%s%s", list, key, rest) < sizeof(named))
		strcpy(why->where, named);
}

// What was found in m, without what is said already and without warnings of before. named: with
// names in the place of numbers, for who does not look into a file.
static void tell(const struct model *m, const struct report *found, const struct report *before,
	bool named, struct report *report)
{
	const struct path none = {};

	for (size_t i = 0; i < found->n; i++) {
		const struct complaint *c = &found->v[i];
		struct complaint with_name = *c, *copy;

		name_place(m, &with_name.why);
		if (knows(report, c) || (c->warning && knows(before, &with_name)))
			continue;
		copy = (c->warning ? report_warn : report_add)(
			report, c->code, &none, NULL, NULL, NULL);
		if (copy)
			*copy = named ? with_name : *c;
	}
}

// Where what is to run comes from: shell and API make a change of the state, go back to an earlier
// state, or the operator's file is read. What may not become of what binds the first alone.
enum origin { CHANGED, EARLIER, FROM_FILE };

static int check_next(
	struct ctl *ctl, enum origin origin, const struct model *next, struct report *found)
{
	int change = origin == CHANGED ? check_change(ctl->model, next, found) : 0;
	int err = check_model(next, found);

	if (!err && ctl->booted)
		err = restart_check(ctl->booted, next, found);
	return change ? change : err;
}

// file and state as one, checked. found: all complaints. next: may be there after a failure, too.
static int candidate(struct ctl *ctl, enum origin origin, const struct model *file,
	const struct model *state, struct model **next, struct report *found)
{
	struct model *m = calloc(1, sizeof(*m));
	int err = m ? model_merge(m, file, state, found) : -ENOMEM;

	if (!err)
		err = check_next(ctl, origin, m, found);
	*next = m;
	return err;
}

static void log_changes(const struct model *before, const struct model *after, const char *who)
{
	char text[DIFF_TEXT];
	struct diff d;

	if (!diff_models(before, after, &d)) {
		for (size_t i = 0; i < d.n; i++)
			log_info("change by %s: %s", who, diff_show(&d.v[i], text));
	}
	diff_fini(&d);
}

// What is accepted all the same is in the log, too (D-16). A reload tells its own.
static void log_warnings(const struct report *report, const char *who)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct complaint *c = &report->v[i];
		char text[600];

		if (c->warning)
			log_warning("change by %s: %s [%s]", who,
				why_show(&c->why, text, sizeof(text)), c->code);
	}
}

// The point of no return lies between store_write and reconcile_publish.
static int put_on_disk(struct ctl *ctl, const struct model *state, struct why *why)
{
	struct state next = {.model = *state, .head = ctl->head};
	int err;

	next.head.serial++;
	next.head.saved_ms = (uint64_t)logbook_wall_ms();
	err = store_write(ctl->store, &next, why);
	if (!err)
		err = store_take(ctl->store, why);
	if (!err)
		ctl->head = next.head;
	return err;
}

// What was said about m, so that it is not said again; found is taken over.
static void remember(struct ctl *ctl, const struct model *m, const struct report *found)
{
	report_fini(&ctl->accepted);
	ctl->accepted = *found;
	for (size_t i = 0; i < ctl->accepted.n; i++)
		name_place(m, &ctl->accepted.v[i].why);
}

static void take(struct ctl *ctl, struct model *next, const char *who, const struct report *found)
{
	log_changes(ctl->model, next, who);
	logbook_set(ctl, next);
	// Not when it stays the same: culvertd -d asked for another one.
	if (next->system.log.level != ctl->model->system.log.level)
		log_level_set((enum log_level)next->system.log.level);
	model_free(ctl->model);
	ctl->model = next;
	remember(ctl, next, found);
}

// From what runs to file and state; a state that is new is on disk first.
static int apply(struct ctl *ctl, enum origin origin, const struct model *file,
	const struct model *state, const char *who, struct report *report,
	struct reconciled *result, struct why *why)
{
	const bool keep = origin != FROM_FILE;
	struct report found = {};
	struct model *next;
	struct plan *plan;
	int err = candidate(ctl, origin, file, state, &next, &found);

	if (next)
		tell(next, &found, &ctl->accepted, keep, report);
	*result = (struct reconciled){};
	if (err) {
		model_free(next);
		report_fini(&found);
		return err == -EINVAL ? why_set(why, err, "mistakes, nothing has changed", NULL,
						NULL, NULL)
				      : err;
	}
	err = reconcile_prepare(ctl, next, &plan, why);
	if (!err && keep) {
		err = put_on_disk(ctl, state, why);
		if (err)
			reconcile_abandon(ctl, plan);
	}
	if (err) {
		report_fini(&found);
		model_free(next);
		return err;
	}
	reconcile_publish(ctl, plan, result);
	take(ctl, next, who, &found);
	if (keep)
		log_warnings(report, who);
	return 0;
}

int edit_begin(struct ctl *ctl, struct model **state, struct why *why)
{
	*state = NULL;
	if (!ctl->store)
		return why_set(why, -EROFS, "there is no place to keep changes", "system.state",
			"the path of a file that can be written", ctl->file->system.state);
	*state = calloc(1, sizeof(**state));
	if (*state && !model_copy(*state, ctl->state))
		return 0;
	edit_abandon(*state);
	*state = NULL;
	return -ENOMEM;
}

void edit_abandon(struct model *state)
{
	model_free(state);
}

int edit_check(struct ctl *ctl, const struct model *state, struct report *report)
{
	struct report found = {};
	struct model *next;
	int err = candidate(ctl, CHANGED, ctl->file, state, &next, &found);

	if (next)
		tell(next, &found, &ctl->accepted, true, report);
	report_fini(&found);
	model_free(next);
	return err;
}

static int commit(struct ctl *ctl, enum origin origin, struct model *state, const char *who,
	struct report *report, struct reconciled *result, struct why *why)
{
	int err = apply(ctl, origin, ctl->file, state, who, report, result, why);

	if (err) {
		model_free(state);
		return err;
	}
	model_free(ctl->state);
	ctl->state = state;
	return 0;
}

int edit_commit(struct ctl *ctl, struct model *state, const char *who, struct report *report,
	struct reconciled *result, struct why *why)
{
	return commit(ctl, CHANGED, state, who, report, result, why);
}

int edit_earlier(struct ctl *ctl, struct model *state, const char *who, struct report *report,
	struct reconciled *result, struct why *why)
{
	return commit(ctl, EARLIER, state, who, report, result, why);
}

int edit_file(struct ctl *ctl, struct model *file, struct report *report, struct reconciled *result,
	struct why *why)
{
	int err = apply(ctl, FROM_FILE, file, ctl->state, ctl->setup.path, report, result, why);

	if (err) {
		model_free(file);
		return err;
	}
	model_free(ctl->file);
	ctl->file = file;
	return 0;
}

bool edit_is_files(const struct ctl *ctl, const char *list, const char *key)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	const struct schema_list *l = schema_at(leaf, ctl->file);
	char text[OBJECT_KEY];

	for (size_t i = 0; i < l->n; i++) {
		const char *o = (const char *)l->v + i * leaf->sub->size;

		if (!strcmp(object_key(leaf->sub, o, text), key))
			return true;
	}
	return false;
}

static int open_store(struct ctl *ctl, struct why *why)
{
	const struct store_conf conf = {
		.path = ctl->file->system.state,
		.user = ctl->file->system.user,
		.read = ctl->setup.read_state,
		.write = ctl->setup.write_state,
	};
	char text[512];
	int err = *conf.path ? store_open(&conf, &ctl->store, why) : 0;

	// Where nothing can be made, nothing was.
	if (err == -ENOENT) {
		log_warning("%s: shell and API may not make anything",
			why_show(why, text, sizeof(text)));
		*why = (struct why){};
		err = 0;
	}
	return err;
}

// What an operator can go back to when the state cannot be taken as it is.
static void name_versions(const struct ctl *ctl, struct why *why)
{
	char name[192];
	time_t at;

	if (ctl->store && !store_saved(ctl->store, 1, &at))
		why_fmt(why, expected, "a correction, or the version before it, %s",
			store_name(ctl->store, 1, name, sizeof(name)));
}

static int load_state(struct ctl *ctl, struct report *report, struct why *why)
{
	struct state state;
	int err = open_store(ctl, why);

	if (err)
		return err;
	err = ctl->store ? store_read(ctl->store, 0, &state, report, why) : -ENOENT;
	if (err == -ENOENT) {
		*why = (struct why){};
		err = state_init(&state);
	}
	if (err) {
		name_versions(ctl, why);
		return err;
	}
	*ctl->state = state.model;
	ctl->head = state.head;
	return window_start(ctl, why);
}

int edit_start(struct ctl *ctl, struct model *file, struct report *report, struct model **m,
	struct why *why)
{
	struct report found = {};
	int err;

	ctl->file = file;
	ctl->state = calloc(1, sizeof(*ctl->state));
	*m = NULL;
	if (!ctl->state)
		return -ENOMEM;
	err = load_state(ctl, report, why);
	if (err)
		return err;
	err = candidate(ctl, FROM_FILE, ctl->file, ctl->state, m, &found);
	if (err == -EINVAL) {
		tell(*m, &found, report, false, report);
		why_set(why, err, "file and state do not go together", ctl->file->system.state,
			NULL, NULL);
		name_versions(ctl, why);
	}
	if (!err) {
		remember(ctl, *m, &found);
		return 0;
	}
	report_fini(&found);
	model_free(*m);
	*m = NULL;
	return err;
}

void edit_stop(struct ctl *ctl)
{
	window_stop(ctl);
	model_free(ctl->file);
	model_free(ctl->state);
	store_close(ctl->store);
	report_fini(&ctl->accepted);
}
