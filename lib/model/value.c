#include "model/value.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "alg/proposal.h"
#include "base/secret.h"
#include "net/addr.h"

size_t value_size(const struct schema_leaf *leaf)
{
	if (value_type(leaf->type)->size)
		return value_type(leaf->type)->size;
	return leaf->list ? sizeof(uint32_t) : leaf->size;
}

enum { VALUE_MAX = sizeof(struct proposal) };
static_assert(VALUE_MAX >= sizeof(struct secret) && VALUE_MAX >= sizeof(struct cidr));

int value_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	const struct value_type *type = value_type(leaf->type);
	_Alignas(max_align_t) uint8_t v[VALUE_MAX] = {};
	struct why because = {};
	char choices[VALUE_TEXT];
	int err = type->read(leaf, text, v, &because);

	if (!err) {
		value_fini(leaf, dst);
		memcpy(dst, v, value_size(leaf));
		return 0;
	}
	if (err == -ENOMEM || !why)
		return err;
	*why = because;
	if (!why->what[0])
		why_fmt(why, what, "not %s", type->want);
	if (!why->expected[0])
		why_fmt(why, expected, "%.150s", value_choices(leaf, choices));
	// What was meant to be secret is not repeated.
	if (!why->got[0] && leaf->type != SCHEMA_SECRET)
		why_fmt(why, got, "%.150s", text);
	for (char *c = why->got; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	return err;
}

char *value_show(const struct schema_leaf *leaf, const void *v, char dst[static VALUE_TEXT])
{
	return value_type(leaf->type)->show(leaf, v, dst);
}

bool value_given(const struct schema_leaf *leaf, const void *v)
{
	return !value_type(leaf->type)->given || value_type(leaf->type)->given(leaf, v);
}

bool value_eq(const struct schema_leaf *leaf, const void *a, const void *b)
{
	if (value_type(leaf->type)->eq)
		return value_type(leaf->type)->eq(a, b);
	return !memcmp(a, b, value_size(leaf));
}

int value_copy(const struct schema_leaf *leaf, void *dst, const void *src)
{
	if (value_type(leaf->type)->copy)
		return value_type(leaf->type)->copy(dst, src);
	memcpy(dst, src, value_size(leaf));
	return 0;
}

void value_fini(const struct schema_leaf *leaf, void *v)
{
	if (value_type(leaf->type)->fini)
		value_type(leaf->type)->fini(v);
	memset(v, 0, value_size(leaf));
}

enum value_form value_form(const struct schema_leaf *leaf, const void *v)
{
	enum value_form form = value_type(leaf->type)->form;
	char text[VALUE_TEXT];

	if (form == VALUE_FORM_NUMBER && !isdigit((unsigned char)*value_show(leaf, v, text)))
		return VALUE_FORM_TEXT;
	return form;
}

char *value_choices(const struct schema_leaf *leaf, char dst[static VALUE_TEXT])
{
	size_t len = 0;

	dst[0] = 0;
	if (leaf->type == SCHEMA_NUMBER)
		len = (size_t)snprintf(
			dst, VALUE_TEXT, "%" PRIu64 " to %" PRIu64, leaf->min, leaf->max);
	else if (leaf->type != SCHEMA_WORD)
		len = (size_t)snprintf(dst, VALUE_TEXT, "%s", value_type(leaf->type)->want);
	for (size_t i = 0; i < SCHEMA_WORDS && leaf->words[i].word; i++) {
		if (len < VALUE_TEXT)
			len += (size_t)snprintf(dst + len, VALUE_TEXT - len, "%s%s",
				len ? ", " : "", leaf->words[i].word);
	}
	return dst;
}
