// A sorted index over a list of objects by their key: for look-ups by the thousand, for
// duplicates, and for comparing two lists.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/object.h"

struct names_row {
	char key[OBJECT_KEY];
	size_t at; // in the list
};

// The rows are in order of key, then of at.
struct names {
	struct names_row *row;
	size_t n;
};

// Index a MODEL_LIST of objects of schema. returns 0 or -ENOMEM
[[nodiscard]] int names_init(struct names *names, const struct schema *schema, const void *list);
void names_fini(struct names *names);

// The first row of that key; NULL when there is none.
const struct names_row *names_find(const struct names *names, const char *key);
