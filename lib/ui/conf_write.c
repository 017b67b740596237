#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "model/object.h"
#include "model/schema.h"
#include "model/value.h"
#include "ui/conf.h"

// An object as it is made, to tell what differs from a default; one for each schema.
struct fresh {
	const struct schema *schema;
	struct fresh *next;
	_Alignas(max_align_t) char o[];
};

struct writer {
	FILE *out;
	bool all, secrets;
	bool failed; // no memory
	struct fresh *fresh;
};

static void write_object(struct writer *w, const struct schema *schema, const void *o,
	const void *fresh, unsigned int depth);

static const void *fresh_of(struct writer *w, const struct schema *schema)
{
	struct fresh *f;

	for (f = w->fresh; f; f = f->next) {
		if (f->schema == schema)
			return f->o;
	}
	f = calloc(1, sizeof(*f) + schema->size);
	if (!f || object_init(schema, f->o)) {
		if (f)
			object_fini(schema, f->o);
		free(f);
		w->failed = true;
		return NULL;
	}
	f->schema = schema;
	f->next = w->fresh;
	w->fresh = f;
	return f->o;
}

static void fresh_free(struct writer *w)
{
	while (w->fresh) {
		struct fresh *f = w->fresh;

		w->fresh = f->next;
		object_fini(f->schema, f->o);
		free(f);
	}
}

// The stream is the writer's alone: no lock for each byte.
static void indent(struct writer *w, unsigned int depth)
{
	for (unsigned int i = 0; i < depth; i++)
		putc_unlocked('\t', w->out);
}

// As libconfig reads it back. The stream is this thread's alone, and the text is long. A secret's
// bytes need not be text in any encoding.
static void write_quoted(struct writer *w, const char *bytes, size_t len, bool ascii)
{
	putc_unlocked('"', w->out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			fprintf(w->out, "\\%c", c);
		else if (iscntrl(c) || (ascii && !isascii(c)))
			fprintf(w->out, "\\x%02x", c);
		else
			putc_unlocked(c, w->out);
	}
	putc_unlocked('"', w->out);
}

static void write_value(struct writer *w, const struct schema_leaf *leaf, const void *v)
{
	char text[VALUE_TEXT];

	if (leaf->type == SCHEMA_SECRET && w->secrets) {
		const struct secret *s = v;

		write_quoted(w, (const char *)s->b, s->len, true);
		return;
	}
	value_show(leaf, v, text);
	if (value_form(leaf, v) == VALUE_FORM_TEXT)
		write_quoted(w, text, strlen(text), false);
	else
		fputs(text, w->out);
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
		write_object(w, leaf->sub, v, fresh_of(w, leaf->sub), depth + 2);
		indent(w, depth + 1);
		putc_unlocked('}', w->out);
	}
	if (leaf->sub && list->n) {
		putc_unlocked('\n', w->out);
		indent(w, depth);
	}
	fputs(leaf->sub ? ")" : " ]", w->out);
}

static void write_leaf(struct writer *w, const struct schema_leaf *leaf, const void *at,
	const void *fresh, unsigned int depth)
{
	indent(w, depth);
	fprintf(w->out, "%s = ", leaf->name);
	if (leaf->type == SCHEMA_GROUP) {
		fputs("{\n", w->out);
		write_object(w, leaf->sub, at, fresh, depth + 1);
		indent(w, depth);
		putc_unlocked('}', w->out);
	} else if (leaf->list || leaf->type == SCHEMA_OBJECTS) {
		write_list(w, leaf, at, depth);
	} else {
		write_value(w, leaf, at);
	}
	fputs(";\n", w->out);
}

// fresh: an object as it is made; NULL: no memory for one.
static void write_object(struct writer *w, const struct schema *schema, const void *o,
	const void *fresh, unsigned int depth)
{
	for (size_t i = 0; i < schema->n && fresh; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (w->all ? object_leaf_given(leaf, o) : !object_leaf_eq(leaf, fresh, o))
			write_leaf(w, leaf, schema_at(leaf, o), schema_at(leaf, fresh), depth);
	}
}

static int write_all(struct writer *w, const struct schema *schema, const void *o)
{
	write_object(w, schema, o, fresh_of(w, schema), 0);
	fresh_free(w);
	return w->failed || ferror(w->out) ? -EIO : 0;
}

int conf_write(const struct model *m, bool all, FILE *out)
{
	struct writer w = {.out = out, .all = all};

	return write_all(&w, &schema_model, m);
}

int conf_write_state(const struct state *s, FILE *out)
{
	struct writer w = {.out = out, .secrets = true};

	fputs("// What shell and API have made. culvertd writes this file, and reads it when it "
	      "starts: "
	      "change it\n// with the shell.\n",
		out);
	return write_all(&w, &schema_state, s);
}
