// Objects of the model - groups, list elements, the model itself - handled by their schema.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/schema.h"

// Every leaf at its default; o is raw memory of schema->size. returns 0 or -ENOMEM (o can be
// freed).
[[nodiscard]] int object_init(const struct schema *schema, void *o);
void object_fini(const struct schema *schema, void *o);

// dst is raw memory. returns 0 or -ENOMEM (dst can be freed).
[[nodiscard]] int object_copy(const struct schema *schema, void *dst, const void *src);

// Whether a leaf - a value, a list, a group with all below - is the same in two objects.
bool object_leaf_eq(const struct schema_leaf *leaf, const void *a, const void *b);

// Append an element: an object at its defaults, or a zero value. NULL: no memory.
void *object_add(const struct schema_leaf *leaf, struct schema_list *list);
// Append a copy of an element. returns 0 or -ENOMEM (the list is as it was)
[[nodiscard]] int object_append(
	const struct schema_leaf *leaf, struct schema_list *list, const void *src);
// Free the last element: what was added is taken back.
void object_drop(const struct schema_leaf *leaf, struct schema_list *list);
// Free the elements and empty the list.
void object_clear(const struct schema_leaf *leaf, struct schema_list *list);
size_t object_size(const struct schema_leaf *leaf); // of one element

// Whether the leaf says more than nothing: a list with elements, a value that is given.
bool object_leaf_given(const struct schema_leaf *leaf, const void *o);

enum { OBJECT_KEY = 192 };

// What tells an element of a list from its neighbours: its key leaves as text, with a space between
// them. Returns dst.
char *object_key(const struct schema *schema, const void *o, char dst[static OBJECT_KEY]);
