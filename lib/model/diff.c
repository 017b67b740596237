#include "model/diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "model/object.h"

static int add(struct diff *d, const struct diff_change *change)
{
	// Room doubles whenever the number reaches a power of two.
	if (!(d->n & (d->n - 1))) {
		void *v = reallocarray(d->v, d->n ? d->n * 2 : 1, sizeof(*d->v));

		if (!v)
			return -ENOMEM;
		d->v = v;
	}
	d->v[d->n++] = *change;
	return 0;
}

// The same keys in the same order.
static bool same_keys(
	const struct schema *schema, const struct schema_list *a, const struct schema_list *b)
{
	char x[OBJECT_KEY], y[OBJECT_KEY];

	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		object_key(schema, (const char *)a->v + i * schema->size, x);
		object_key(schema, (const char *)b->v + i * schema->size, y);
		if (strcmp(x, y))
			return false;
	}
	return true;
}

// The leaves that differ, and the dearest effect of a change; of groups by what lies in them.
static uint64_t differing(
	const struct schema *schema, const void *a, const void *b, enum schema_effect *effect)
{
	uint64_t leaves = 0;

	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		bool same;

		if (leaf->type == SCHEMA_OBJECTS)
			same = same_keys(leaf->sub, schema_at(leaf, a), schema_at(leaf, b));
		else if (leaf->type == SCHEMA_GROUP)
			same = !differing(
				leaf->sub, schema_at(leaf, a), schema_at(leaf, b), effect);
		else
			same = object_leaf_eq(leaf, a, b);
		if (same)
			continue;
		leaves |= UINT64_C(1) << i;
		if (leaf->effect > *effect)
			*effect = leaf->effect;
	}
	return leaves;
}

static int diff_list(struct diff *d, const struct schema_leaf *list, const void *parent_before,
	const void *parent_after);

static int diff_object(struct diff *d, struct diff_change change)
{
	const struct schema *schema = change.list->sub;
	bool pair = change.before && change.after;
	int err = 0;

	change.kind = pair ? DIFF_CHANGED : change.after ? DIFF_ADDED : DIFF_REMOVED;
	if (pair)
		change.leaves = differing(schema, change.before, change.after, &change.effect);
	if (!pair || change.leaves)
		err = add(d, &change);
	for (size_t i = 0; i < schema->n && !err; i++) {
		if (schema->leaf[i].type == SCHEMA_OBJECTS)
			err = diff_list(d, &schema->leaf[i], change.before, change.after);
	}
	return err;
}

static const void *element(const struct schema *schema, const struct schema_list *list,
	const struct names *names, size_t row)
{
	return (const char *)list->v + names->row[row].at * schema->size;
}

// Two sorted indexes, merged: what stands in one alone was removed or added.
static int diff_list(struct diff *d, const struct schema_leaf *list, const void *parent_before,
	const void *parent_after)
{
	static const struct schema_list none;
	const struct schema_list *a = parent_before ? schema_at(list, parent_before) : &none;
	const struct schema_list *b = parent_after ? schema_at(list, parent_after) : &none;
	// Only tunnels have a parent other than the model.
	const bool nested = schema_find(&schema_model, list->name) != list;
	struct names x = {}, y = {};
	int err = names_init(&x, list->sub, a);
	size_t i = 0, j = 0;

	if (!err)
		err = names_init(&y, list->sub, b);
	while (!err && (i < x.n || j < y.n)) {
		int order = i == x.n ? 1 : j == y.n ? -1 : strcmp(x.row[i].key, y.row[j].key);
		struct diff_change change = {.list = list};

		if (order <= 0)
			change.before = element(list->sub, a, &x, i++);
		if (order >= 0)
			change.after = element(list->sub, b, &y, j++);
		if (nested) {
			change.parent_before = parent_before;
			change.parent_after = parent_after;
		}
		err = diff_object(d, change);
	}
	names_fini(&x);
	names_fini(&y);
	return err;
}

int diff_models(const struct model *before, const struct model *after, struct diff *d)
{
	int err = 0;

	*d = (struct diff){};
	for (size_t i = 0; i < schema_model.n && !err; i++) {
		const struct schema_leaf *leaf = &schema_model.leaf[i];

		if (leaf->type == SCHEMA_OBJECTS)
			err = diff_list(d, leaf, before, after);
		else
			err = diff_object(d, (struct diff_change){.list = leaf,
						     .before = schema_at(leaf, before),
						     .after = schema_at(leaf, after)});
	}
	return err;
}

void diff_fini(struct diff *d)
{
	free(d->v);
	*d = (struct diff){};
}

char *diff_show(const struct diff_change *change, char dst[static DIFF_TEXT])
{
	static const char *const kinds[] = {"removed", "added", "changed: "};
	const struct schema *schema = change->list->sub;
	const void *o = change->after ? change->after : change->before;
	char key[OBJECT_KEY] = "";
	const char *comma = "";
	int len;

	if (change->list->type == SCHEMA_OBJECTS)
		object_key(schema, o, key);
	len = snprintf(dst, DIFF_TEXT, "%s%s%s: %s", schema->name, *key ? " " : "", key,
		kinds[change->kind]);
	for (size_t i = 0; i < schema->n && len < DIFF_TEXT; i++) {
		if (!(change->leaves >> i & 1))
			continue;
		len += snprintf(
			dst + len, DIFF_TEXT - (size_t)len, "%s%s", comma, schema->leaf[i].name);
		comma = ", ";
	}
	if (change->kind == DIFF_CHANGED && len < DIFF_TEXT)
		snprintf(dst + len, DIFF_TEXT - (size_t)len, " (%s)",
			schema_effect_name(change->effect));
	return dst;
}
