#include "ui/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "model/check.h"
#include "model/near.h"
#include "model/object.h"
#include "model/schema.h"
#include "model/state.h"
#include "model/value.h"
#include "ui/conf_file.h"
#include "ui/conf_scan.h"

enum { SYNTAX_ERRORS = 20 }; // found in one file before the rest is left unread

static unsigned int line_of(const config_setting_t *setting)
{
	return (unsigned int)config_setting_source_line(setting);
}

static struct complaint *complain(struct report *report, const config_setting_t *setting,
	const char *code, const struct path *where, const char *what, const char *expected,
	const char *got)
{
	struct complaint *c = report_add(report, code, where, what, expected, got);

	if (c)
		c->line = line_of(setting);
	return c;
}

static const char *type_name(const config_setting_t *setting)
{
	static const char *const names[] = {"nothing", "a group", "a number", "a number",
		"a number with a fraction", "a text in quotes", "true or false", "an array",
		"a list"};

	return names[config_setting_type(setting)];
}

static void wrong_type(struct report *report, const config_setting_t *setting,
	const struct path *where, const char *expected)
{
	complain(report, setting, "wrong-type", where, "wrong type", expected, type_name(setting));
}

// A scalar as the text that value_read takes; NULL when it stands in a form that the leaf has not.
static const char *scalar_text(
	const struct schema_leaf *leaf, const config_setting_t *setting, char buf[static 32])
{
	enum value_form form = value_type(leaf->type)->form;
	const char *text;

	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_BOOL:
		text = config_setting_get_bool(setting) ? "true" : "false";
		return form == VALUE_FORM_BOOL ? text : NULL;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(buf, 32, "%lld", config_setting_get_int64(setting));
		return form == VALUE_FORM_NUMBER ? buf : NULL;
	case CONFIG_TYPE_STRING:
		text = config_setting_get_string(setting);
		// A number's word or an AS number with a dot, but not the number in quotes.
		if (form == VALUE_FORM_NUMBER)
			return (leaf->words[0].word || leaf->type == SCHEMA_ASN) &&
					       text[strspn(text, "-0123456789")]
				       ? text
				       : NULL;
		return form == VALUE_FORM_TEXT ? text : NULL;
	default:
		return NULL;
	}
}

static int read_scalar(const struct schema_leaf *leaf, void *dst, const config_setting_t *setting,
	const struct path *where, struct report *report)
{
	char buf[32], choices[VALUE_TEXT];
	const char *text = scalar_text(leaf, setting, buf);
	struct why why = {};
	int err;

	if (!text) {
		wrong_type(report, setting, where,
			leaf->words[0].word ? value_choices(leaf, choices)
					    : value_type(leaf->type)->want);
		return 0;
	}
	err = value_read(leaf, text, dst, &why);
	if (err == -ENOMEM)
		return err;
	if (err)
		complain(report, setting, err == -ERANGE ? "out-of-range" : "bad-value", where,
			why.what, why.expected, why.got);
	// libconfig frees its copy without wiping it.
	if (leaf->type == SCHEMA_SECRET)
		wipe((char *)(uintptr_t)text, strlen(text));
	return 0;
}

static int read_object(const struct schema *schema, void *o, const config_setting_t *setting,
	const struct path *where, struct report *report);

static int read_list(const struct schema_leaf *leaf, void *dst, const config_setting_t *setting,
	const struct path *where, struct report *report)
{
	int n = config_setting_length(setting);
	char most[32];

	object_clear(leaf, dst);
	if (leaf->count && (size_t)n > leaf->count) {
		snprintf(most, sizeof(most), "%zu at most", leaf->count);
		complain(report, setting, "too-many", where, "too many elements", most, NULL);
		return 0;
	}
	for (int i = 0; i < n; i++) {
		const config_setting_t *at = config_setting_get_elem(setting, (unsigned int)i);
		const struct path path = path_at(where, (size_t)i);
		void *v = object_add(leaf, dst);
		int err;

		if (!v)
			return -ENOMEM;
		if (!leaf->sub)
			err = read_scalar(leaf, v, at, &path, report);
		else if (config_setting_is_group(at))
			err = read_object(leaf->sub, v, at, &path, report);
		else {
			wrong_type(report, at, &path, "a group in braces");
			err = 0;
		}
		if (err)
			return err;
	}
	return 0;
}

static int read_leaf(const struct schema_leaf *leaf, void *o, const config_setting_t *setting,
	const struct path *where, struct report *report)
{
	void *dst = schema_at(leaf, o);

	if (leaf->type == SCHEMA_GROUP) {
		if (config_setting_is_group(setting))
			return read_object(leaf->sub, dst, setting, where, report);
		wrong_type(report, setting, where, "a group in braces");
		return 0;
	}
	if (!leaf->list && leaf->type != SCHEMA_OBJECTS)
		return read_scalar(leaf, dst, setting, where, report);
	if (config_setting_is_list(setting) || config_setting_is_array(setting))
		return read_list(leaf, dst, setting, where, report);
	wrong_type(report, setting, where,
		leaf->sub ? "groups in parentheses" : "values in square brackets");
	return 0;
}

static void unknown_key(const struct schema *schema, const config_setting_t *setting,
	const struct path *parent, struct report *report)
{
	const struct path where = path_leaf(parent, config_setting_name(setting));
	struct near near = {.text = config_setting_name(setting)};

	for (size_t i = 0; i < schema->n; i++)
		near_offer(&near, schema->leaf[i].name);
	complain(report, setting, "unknown-key", &where, "no such key", near.best, near.text);
}

static int read_object(const struct schema *schema, void *o, const config_setting_t *setting,
	const struct path *where, struct report *report)
{
	int n = config_setting_length(setting);
	int err = 0;

	for (int i = 0; i < n && !err; i++) {
		const config_setting_t *at = config_setting_get_elem(setting, (unsigned int)i);
		const struct schema_leaf *leaf = schema_find(schema, config_setting_name(at));
		struct path path;

		if (!leaf) {
			unknown_key(schema, at, where, report);
			continue;
		}
		path = path_leaf(where, leaf->name);
		err = read_leaf(leaf, o, at, &path, report);
	}
	return err;
}

// The line of the innermost setting on a complaint's path that the file has.
static unsigned int line_of_path(const config_t *config, const char *path)
{
	const config_setting_t *at = config_root_setting(config), *next = at;
	char name[64];

	while (next && *path) {
		size_t len = strcspn(path, ".[");

		at = next;
		if (*path == '[') {
			char *end;

			next = config_setting_is_aggregate(at)
				       ? config_setting_get_elem(
						 at, (unsigned int)strtoul(path + 1, &end, 10))
				       : NULL;
			path += strcspn(path, "]") + 1;
		} else {
			snprintf(name, sizeof(name), "%.*s", (int)len, path);
			next = config_setting_is_group(at) ? config_setting_get_member(at, name)
							   : NULL;
			path += len;
		}
		path += *path == '.';
	}
	return line_of(next ? next : at);
}

// Whether one of the first n complaints is about the path or what it lies in: then a second one
// would only repeat it.
static bool covered(const struct report *report, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		const char *known = report->v[i].why.where;
		size_t len = strlen(known);

		if (len && !strncmp(known, path, len) && (!path[len] || strchr(".[", path[len])))
			return true;
	}
	return false;
}

static int check(const struct model *m, struct report *report)
{
	const struct path where = {};
	struct report found = {};
	size_t known = report->n;
	int err = check_model(m, &found);

	for (size_t i = 0; i < found.n; i++) {
		const struct complaint *c = &found.v[i];
		struct complaint *copy;

		if (covered(report, known, c->why.where))
			continue;
		copy = (c->warning ? report_warn : report_add)(
			report, c->code, &where, NULL, NULL, NULL);
		if (copy)
			*copy = *c;
	}
	report_fini(&found);
	return err == -ENOMEM ? err : 0;
}

// libconfig stops at the first syntax error. Where that lies in a line by itself, go on without
// the line, so that one run finds them all.
static int parse(config_t *config, char *text, struct report *report)
{
	const struct path whole = {};

	for (unsigned int n = 0; !config_read_string(config, text); n++) {
		int line = config_error_line(config);
		struct complaint *c = report_add(
			report, "syntax", &whole, config_error_text(config), NULL, NULL);

		if (c)
			c->line = (unsigned int)line;
		if (n == SYNTAX_ERRORS || !conf_scan_blank(text, (unsigned int)line)) {
			if (c)
				why_fmt(&c->why, expected,
					"a correction before the rest of the file can be read");
			return -EINVAL;
		}
	}
	return 0;
}

// What is being read: all of a configuration, or what was made beside it.
struct subject {
	const struct schema *schema;
	void *object;
	// Beyond syntax, keys, types and ranges; not called for a text with lines left out.
	int (*check)(void *object, const char *dir, struct report *report);
	const char *dir;
};

static int read_tree(char *text, const struct subject *s, struct report *report)
{
	const struct path root = {};
	size_t before = report->errors, syntax;
	config_t config;
	int err;

	config_init(&config);
	err = parse(&config, text, report);
	syntax = report->errors - before;
	if (!err)
		err = read_object(
			s->schema, s->object, config_root_setting(&config), &root, report);
	// With lines left out, names would be missing that are there.
	if (!err && !syntax)
		err = s->check(s->object, s->dir, report);
	for (size_t i = 0; i < report->n; i++) {
		struct complaint *c = &report->v[i];

		if (!c->line && c->why.where[0])
			c->line = line_of_path(&config, c->why.where);
	}
	config_destroy(&config);
	if (!err && report->errors > before)
		err = -EINVAL;
	return err;
}

static int read_text(
	const char *text, size_t len, const struct subject *subject, struct report *report)
{
	char *copy;
	size_t size;
	int err = conf_scan(text, len, &copy, &size, report);

	if (!err) {
		err = read_tree(copy, subject, report);
		wipe(copy, size);
		free(copy);
	}
	report_sort(report);
	return err;
}

static int check_conf(void *object, const char *dir, struct report *report)
{
	struct model *m = object;
	int err = dir ? conf_file_secrets(m, dir, report) : 0;

	return err ? err : check(m, report);
}

int conf_read(const char *text, size_t len, const char *dir, struct model *m, struct report *report)
{
	const struct subject subject = {&schema_model, m, check_conf, dir};
	int err = model_init(m);

	if (!err)
		err = read_text(text, len, &subject, report);
	if (err)
		model_fini(m);
	return err;
}

static int check_state(void *object, const char *, struct report *report)
{
	const struct state *s = object;
	const struct path where = {"state.version"};

	if (!s->head.version && !covered(report, report->n, where.text))
		report_add(report, "missing", &where, "must be given", "1", NULL);
	return 0;
}

int conf_read_state(const char *text, size_t len, struct state *s, struct report *report)
{
	const struct subject subject = {&schema_state, s, check_state, NULL};
	int err = state_init(s);

	s->head.version = 0;
	if (!err)
		err = read_text(text, len, &subject, report);
	if (err)
		state_fini(s);
	return err;
}
