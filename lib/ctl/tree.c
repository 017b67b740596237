#include "ctl/tree.h"

#include <stdlib.h>

#include "base/secret.h"
#include "model/object.h"
#include "model/value.h"

static json_t *value_json(const struct schema_leaf *leaf, const void *v, bool secrets)
{
	char text[VALUE_TEXT];

	if (secrets && leaf->type == SCHEMA_SECRET) {
		const struct secret *secret = v;
		json_t *plain = json_stringn((const char *)secret->b, secret->len);

		return plain ? plain : json_string("<not text>");
	}
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

static json_t *list_json(
	const struct schema_leaf *leaf, const struct schema_list *list, bool secrets)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n && array; i++) {
		const void *v = (const char *)list->v + i * object_size(leaf);
		json_t *one = leaf->sub ? tree_object(leaf->sub, v, secrets)
					: value_json(leaf, v, secrets);

		if (json_array_append_new(array, one)) {
			json_decref(array);
			array = NULL;
		}
	}
	return array;
}

static json_t *leaf_json(const struct schema_leaf *leaf, const void *at, bool secrets)
{
	if (leaf->list || leaf->type == SCHEMA_OBJECTS)
		return list_json(leaf, at, secrets);
	return leaf->sub ? tree_object(leaf->sub, at, secrets) : value_json(leaf, at, secrets);
}

json_t *tree_object(const struct schema *schema, const void *o, bool secrets)
{
	json_t *tree = json_object();

	for (size_t i = 0; i < schema->n && tree; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (!object_leaf_given(leaf, o))
			continue;
		if (json_object_set_new(
			    tree, leaf->name, leaf_json(leaf, schema_at(leaf, o), secrets))) {
			json_decref(tree);
			tree = NULL;
		}
	}
	return tree;
}
