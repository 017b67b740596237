#include <assert.h>
#include <errno.h>
#include <stddef.h>

#include "model/object.h"
#include "model/schema.h"
#include "model/value.h"
#include "ui/conf.h"

enum { OBJECT_MAX = 1024 };
static_assert(sizeof(struct model) <= OBJECT_MAX && sizeof(struct model_tunnel) <= OBJECT_MAX);

struct writer {
	FILE *out;
	bool all;
	bool secrets; // as they are
};

static void write_object(
	struct writer *w, const struct schema *schema, const void *o, unsigned int depth);

static void indent(struct writer *w, unsigned int depth)
{
	for (unsigned int i = 0; i < depth; i++)
		fputc('\t', w->out);
}

// Bytes that no text may hold stand as libconfig's \\xNN.
static void write_secret(struct writer *w, const struct secret *secret)
{
	fputc('"', w->out);
	for (size_t i = 0; i < secret->len; i++) {
		const uint8_t c = secret->b[i];

		if (c < ' ' || c > '~')
			fprintf(w->out, "\\x%02x", c);
		else
			fprintf(w->out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	fputc('"', w->out);
}

static void write_value(struct writer *w, const struct schema_leaf *leaf, const void *v)
{
	char text[VALUE_TEXT];

	if (leaf->type == SCHEMA_SECRET && w->secrets) {
		write_secret(w, v);
		return;
	}
	value_show(leaf, v, text);
	if (value_form(leaf, v) != VALUE_FORM_TEXT) {
		fputs(text, w->out);
		return;
	}
	fputc('"', w->out);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', w->out);
		fputc(*c, w->out);
	}
	fputc('"', w->out);
}

static void write_list(struct writer *w, const struct schema_leaf *leaf,
	const struct schema_list *list, unsigned int depth)
{
	fputs(leaf->sub ? "(" : "[ ", w->out);
	for (size_t i = 0; i < list->n; i++) {
		const void *v = (const char *)list->v + i * object_size(leaf);

		if (!leaf->sub) {
			fputs(i ? ", " : "", w->out);
			write_value(w, leaf, v);
			continue;
		}
		fputs(i ? ",\n" : "\n", w->out);
		indent(w, depth + 1);
		fputs("{\n", w->out);
		write_object(w, leaf->sub, v, depth + 2);
		indent(w, depth + 1);
		fputc('}', w->out);
	}
	if (leaf->sub && list->n) {
		fputc('\n', w->out);
		indent(w, depth);
	}
	fputs(leaf->sub ? ")" : " ]", w->out);
}

static void write_leaf(
	struct writer *w, const struct schema_leaf *leaf, const void *at, unsigned int depth)
{
	indent(w, depth);
	fprintf(w->out, "%s = ", leaf->name);
	if (leaf->type == SCHEMA_GROUP) {
		fputs("{\n", w->out);
		write_object(w, leaf->sub, at, depth + 1);
		indent(w, depth);
		fputc('}', w->out);
	} else if (leaf->list || leaf->type == SCHEMA_OBJECTS) {
		write_list(w, leaf, at, depth);
	} else {
		write_value(w, leaf, at);
	}
	fputs(";\n", w->out);
}

// o may be compared with an object that is as made.
static void write_object(
	struct writer *w, const struct schema *schema, const void *o, unsigned int depth)
{
	_Alignas(max_align_t) char fresh[OBJECT_MAX];
	int err = object_init(schema, fresh);

	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (w->all ? object_leaf_given(leaf, o) : err || !object_leaf_eq(leaf, fresh, o))
			write_leaf(w, leaf, schema_at(leaf, o), depth);
	}
	object_fini(schema, fresh);
}

int conf_write(const struct model *m, bool all, FILE *out)
{
	struct writer w = {.out = out, .all = all};

	write_object(&w, &schema_model, m, 0);
	return ferror(out) ? -EIO : 0;
}

int conf_write_state(const struct model *m, FILE *out)
{
	struct writer w = {.out = out, .secrets = true};

	fputs("// What shell and API have made. culvertd writes this file, and reads it when it "
	      "starts;\n"
	      "// change it with the shell. Format 1.\n",
		out);
	write_object(&w, &schema_model, m, 0);
	return ferror(out) ? -EIO : 0;
}
