#include "model/object.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/value.h"

static void *element(const struct schema_leaf *leaf, const struct schema_list *list, size_t i)
{
	return (char *)list->v + i * object_size(leaf);
}

size_t object_size(const struct schema_leaf *leaf)
{
	return leaf->sub ? leaf->sub->size : value_size(leaf);
}

static bool is_list(const struct schema_leaf *leaf)
{
	return leaf->list || leaf->type == SCHEMA_OBJECTS;
}

// Texts are never NULL: what nobody has given is "".
static int value_init(const struct schema_leaf *leaf, void *v)
{
	const struct value_type *type = value_type(leaf->type);
	char *empty;

	memset(v, 0, value_size(leaf));
	if (type->form != VALUE_FORM_TEXT || type->size != sizeof(empty))
		return 0;
	empty = strdup("");
	memcpy(v, &empty, sizeof(empty));
	return empty ? 0 : -ENOMEM;
}

static int element_init(const struct schema_leaf *leaf, void *v)
{
	return leaf->sub ? object_init(leaf->sub, v) : value_init(leaf, v);
}

static int element_copy(const struct schema_leaf *leaf, void *dst, const void *src)
{
	if (leaf->sub)
		return object_copy(leaf->sub, dst, src);
	memset(dst, 0, value_size(leaf));
	return value_copy(leaf, dst, src);
}

static bool object_eq(const struct schema *schema, const void *a, const void *b)
{
	for (size_t i = 0; i < schema->n; i++) {
		if (!object_leaf_eq(&schema->leaf[i], a, b))
			return false;
	}
	return true;
}

static bool element_eq(const struct schema_leaf *leaf, const void *a, const void *b)
{
	return leaf->sub ? object_eq(leaf->sub, a, b) : value_eq(leaf, a, b);
}

static void element_fini(const struct schema_leaf *leaf, void *v)
{
	if (leaf->sub)
		object_fini(leaf->sub, v);
	else
		value_fini(leaf, v);
}

// Room for one more element behind the last. NULL: no memory.
static void *grow(const struct schema_leaf *leaf, struct schema_list *list)
{
	// Room doubles whenever the number reaches a power of two.
	if (!(list->n & (list->n - 1))) {
		void *v = reallocarray(list->v, list->n ? list->n * 2 : 1, object_size(leaf));

		if (!v)
			return NULL;
		list->v = v;
	}
	return element(leaf, list, list->n);
}

void *object_add(const struct schema_leaf *leaf, struct schema_list *list)
{
	void *v = grow(leaf, list);

	if (!v)
		return NULL;
	if (element_init(leaf, v)) {
		element_fini(leaf, v);
		return NULL;
	}
	list->n++;
	return v;
}

int object_append(const struct schema_leaf *leaf, struct schema_list *list, const void *src)
{
	void *v = grow(leaf, list);

	if (!v)
		return -ENOMEM;
	if (element_copy(leaf, v, src)) {
		element_fini(leaf, v);
		return -ENOMEM;
	}
	list->n++;
	return 0;
}

void object_drop(const struct schema_leaf *leaf, struct schema_list *list)
{
	list->n--;
	element_fini(leaf, element(leaf, list, list->n));
}

void object_clear(const struct schema_leaf *leaf, struct schema_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		element_fini(leaf, element(leaf, list, i));
	free(list->v);
	*list = (struct schema_list){};
}

// The elements of a default, which stand in one text with spaces between them.
static int list_default(const struct schema_leaf *leaf, struct schema_list *list)
{
	const char *at = leaf->def;

	while (*at) {
		size_t len = strcspn(at, " ");
		char word[VALUE_TEXT];
		void *v = object_add(leaf, list);

		if (!v)
			return -ENOMEM;
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		if (value_read(leaf, word, v, NULL))
			return -ENOMEM;
		at += len;
		at += strspn(at, " ");
	}
	return 0;
}

static int leaf_init(const struct schema_leaf *leaf, void *at)
{
	if (leaf->type == SCHEMA_GROUP)
		return object_init(leaf->sub, at);
	if (is_list(leaf))
		return leaf->def ? list_default(leaf, at) : 0;
	return leaf->def ? value_read(leaf, leaf->def, at, NULL) : value_init(leaf, at);
}

int object_init(const struct schema *schema, void *o)
{
	int err = 0;

	memset(o, 0, schema->size);
	for (size_t i = 0; i < schema->n && !err; i++)
		err = leaf_init(&schema->leaf[i], schema_at(&schema->leaf[i], o));
	return err;
}

void object_fini(const struct schema *schema, void *o)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (is_list(leaf))
			object_clear(leaf, schema_at(leaf, o));
		else
			element_fini(leaf, schema_at(leaf, o));
	}
}

static int list_copy(
	const struct schema_leaf *leaf, struct schema_list *dst, const struct schema_list *src)
{
	size_t room = 1;
	int err = 0;

	if (!src->n)
		return 0;
	while (room < src->n)
		room *= 2;
	dst->v = calloc(room, object_size(leaf));
	if (!dst->v)
		return -ENOMEM;
	for (; dst->n < src->n && !err; dst->n++)
		err = element_copy(leaf, element(leaf, dst, dst->n), element(leaf, src, dst->n));
	return err;
}

int object_copy(const struct schema *schema, void *dst, const void *src)
{
	int err = 0;

	memset(dst, 0, schema->size);
	for (size_t i = 0; i < schema->n && !err; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (is_list(leaf))
			err = list_copy(leaf, schema_at(leaf, dst), schema_at(leaf, src));
		else
			err = element_copy(leaf, schema_at(leaf, dst), schema_at(leaf, src));
	}
	return err;
}

bool object_leaf_eq(const struct schema_leaf *leaf, const void *a, const void *b)
{
	const struct schema_list *x = schema_at(leaf, a), *y = schema_at(leaf, b);

	if (!is_list(leaf))
		return element_eq(leaf, x, y);
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		if (!element_eq(leaf, element(leaf, x, i), element(leaf, y, i)))
			return false;
	}
	return true;
}

bool object_leaf_given(const struct schema_leaf *leaf, const void *o)
{
	const struct schema_list *list = schema_at(leaf, o);

	if (is_list(leaf))
		return list->n;
	return leaf->sub || value_given(leaf, schema_at(leaf, o));
}

// As much of src as there is room for. returns how much
static size_t put_text(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size - 1);

	memcpy(dst, src, len);
	dst[len] = '\0';
	return len;
}

char *object_key(const struct schema *schema, const void *o, char dst[static OBJECT_KEY])
{
	char text[VALUE_TEXT];
	size_t len = 0;

	*dst = 0;
	for (size_t i = 0; i < (schema->keys ? schema->keys : 1); i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		const void *v = schema_at(leaf, o);
		// Without printf: indexes are made of thousands.
		const char *key = leaf->type == SCHEMA_NAME ? *(char *const *)v
							    : value_show(leaf, v, text);

		if (i && len < OBJECT_KEY - 1)
			dst[len++] = ' ';
		len += put_text(dst + len, OBJECT_KEY - len, key);
	}
	return dst;
}
