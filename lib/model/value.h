// One value of a leaf: from text, to text, compared, copied, freed. A row per type.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/schema.h"

enum { VALUE_TEXT = 1024 }; // what value_show needs at most; longer texts are cut

// What stands for a value in a file or in JSON.
enum value_form { VALUE_FORM_TEXT, VALUE_FORM_NUMBER, VALUE_FORM_BOOL, VALUE_FORM_NONE };

struct value_type {
	const char *name; // for documents: "prefix"
	const char *want; // for complaints: "a prefix such as 192.0.2.0/24"
	enum value_form form;
	size_t size; // of an element; 0: the leaf's
	// All may assume that dst is zero (read, copy) and clean up after themselves on failure.
	int (*read)(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why);
	char *(*show)(const struct schema_leaf *leaf, const void *v, char dst[static VALUE_TEXT]);
	bool (*given)(const struct schema_leaf *leaf, const void *v); // NULL: always
	bool (*eq)(const void *a, const void *b);		      // NULL: as bytes
	int (*copy)(void *dst, const void *src);		      // NULL: as bytes
	void (*fini)(void *v);					      // NULL: nothing to free
};

const struct value_type *value_type(enum schema_type type);
size_t value_size(const struct schema_leaf *leaf); // of one element

// Replace the value at dst by what text says. On failure dst keeps its value.
//
// returns 0, -EINVAL or -ERANGE with why (what, expected, got; where is the caller's), -ENOMEM
[[nodiscard]] int value_read(
	const struct schema_leaf *leaf, const char *text, void *dst, struct why *why);

// The value as it is written; "<set>" for a secret, "" when it is not given. Returns dst.
char *value_show(const struct schema_leaf *leaf, const void *v, char dst[static VALUE_TEXT]);

bool value_given(const struct schema_leaf *leaf, const void *v);
bool value_eq(const struct schema_leaf *leaf, const void *a, const void *b);
[[nodiscard]] int value_copy(const struct schema_leaf *leaf, void *dst, const void *src);
void value_fini(const struct schema_leaf *leaf, void *v); // leaves zero

// How the value stands in a file: a number with words may be either.
enum value_form value_form(const struct schema_leaf *leaf, const void *v);

// The words of a leaf as "poll, sleep" into dst; with a number's range in front. Returns dst.
char *value_choices(const struct schema_leaf *leaf, char dst[static VALUE_TEXT]);
