#include <stdlib.h>

#include "model/object.h"
#include "model/schema.h"
#include "model/value.h"
#include "ui/conf.h"

static json_t *object_json(const struct schema *schema, const void *o);

static json_t *value_json(const struct schema_leaf *leaf, const void *v)
{
	char text[VALUE_TEXT];

	value_show(leaf, v, text);
	switch (value_form(leaf, v)) {
	case VALUE_FORM_BOOL:
		return json_boolean(*(const bool *)v);
	case VALUE_FORM_NUMBER:
		return json_integer(strtoll(text, NULL, 10));
	default:
		return json_string(text);
	}
}

static json_t *list_json(const struct schema_leaf *leaf, const struct schema_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n && array; i++) {
		const void *v = (const char *)list->v + i * object_size(leaf);
		json_t *one = leaf->sub ? object_json(leaf->sub, v) : value_json(leaf, v);

		if (json_array_append_new(array, one)) {
			json_decref(array);
			array = NULL;
		}
	}
	return array;
}

static json_t *leaf_json(const struct schema_leaf *leaf, const void *at)
{
	if (leaf->list || leaf->type == SCHEMA_OBJECTS)
		return list_json(leaf, at);
	return leaf->sub ? object_json(leaf->sub, at) : value_json(leaf, at);
}

static json_t *object_json(const struct schema *schema, const void *o)
{
	json_t *tree = json_object();

	for (size_t i = 0; i < schema->n && tree; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (!object_leaf_given(leaf, o))
			continue;
		if (json_object_set_new(tree, leaf->name, leaf_json(leaf, schema_at(leaf, o)))) {
			json_decref(tree);
			tree = NULL;
		}
	}
	return tree;
}

json_t *conf_json(const struct model *m)
{
	return object_json(&schema_model, m);
}
