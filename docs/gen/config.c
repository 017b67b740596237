// Prints the leaves of the schema, for the documents that list them.
//
// usage: gen-config markdown|scdoc|example
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "model/object.h"
#include "model/schema.h"
#include "model/value.h"

enum { LINE = 96, TABS = 8 };

// What a leaf takes: "576 to 9600 bytes", "poll, sleep", "prefixes".
static char *takes(const struct schema_leaf *leaf, char dst[static VALUE_TEXT])
{
	char choices[VALUE_TEXT];

	if (leaf->type == SCHEMA_NUMBER || leaf->type == SCHEMA_ASN || leaf->type == SCHEMA_WORD)
		snprintf(dst, VALUE_TEXT, "%.400s%s%s", value_choices(leaf, choices),
			leaf->unit ? " " : "", leaf->unit ? leaf->unit : "");
	else
		snprintf(dst, VALUE_TEXT, "%s", value_type(leaf->type)->name);
	return dst;
}

static bool is_value(const struct schema_leaf *leaf)
{
	return !leaf->sub;
}

// Text of the schema with the characters escaped that the format would take for its own.
static void escaped(const char *text, const char *special)
{
	for (const char *c = text; *c; c++) {
		if (strchr(special, *c))
			putchar('\\');
		putchar(*c);
	}
}

static void markdown_rows(const struct schema *schema)
{
	char text[VALUE_TEXT];

	puts("| leaf | takes | default | a change is | |\n|---|---|---|---|---|");
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (!is_value(leaf))
			continue;
		printf("| `%s`%s | %s%s | %s%s%s | %s | ", leaf->name,
			leaf->required && !leaf->def ? " (required)" : "",
			leaf->list ? "list of: " : "", takes(leaf, text), leaf->def ? "`" : "",
			leaf->def ? leaf->def : "", leaf->def ? "`" : "",
			schema_effect_name(leaf->effect));
		escaped(leaf->help, "|*");
		puts(" |");
	}
}

static void markdown(const struct schema *schema, const char *path, bool list, unsigned int depth)
{
	if (*path) {
		printf("%s%.*s %s%s\n\n", depth == 1 ? "" : "\n", (int)depth + 1, "#######", path,
			list ? " ( { ... } )" : " { ... }");
		printf("%s\n\n", schema->help);
		markdown_rows(schema);
	}
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		char sub[128];

		if (!leaf->sub)
			continue;
		snprintf(sub, sizeof(sub), "%s%s%s", path, *path ? "." : "", leaf->name);
		if (!*path && i)
			putchar('\n');
		markdown(leaf->sub, sub, leaf->type == SCHEMA_OBJECTS, depth + 1);
	}
}

static void scdoc_leaf(const struct schema_leaf *leaf)
{
	char text[VALUE_TEXT];

	printf("*%s* = %s", leaf->name, leaf->list ? "list of: " : "");
	escaped(takes(leaf, text), "_*\\");
	if (leaf->def) {
		fputs("; default ", stdout);
		escaped(leaf->def, "_*\\");
	} else if (leaf->required) {
		fputs("; required", stdout);
	}
	printf(" (%s)\n\t", schema_effect_name(leaf->effect));
	escaped(leaf->help, "_*\\");
	puts("\n");
}

static void scdoc(const struct schema *schema, const char *path, bool list)
{
	if (*path) {
		fputs("## ", stdout);
		escaped(path, "_");
		puts(list ? " ( { ... }, ... )\n" : " { ... }\n");
		printf("%s\n\n", schema->help);
	}
	for (size_t i = 0; i < schema->n; i++) {
		if (is_value(&schema->leaf[i]))
			scdoc_leaf(&schema->leaf[i]);
	}
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		char sub[128];

		if (!leaf->sub)
			continue;
		snprintf(sub, sizeof(sub), "%s%s%s", path, *path ? "." : "", leaf->name);
		scdoc(leaf->sub, sub, leaf->type == SCHEMA_OBJECTS);
	}
}

static void indent(unsigned int depth)
{
	for (unsigned int i = 0; i < depth; i++)
		putchar('\t');
}

// A comment, broken into lines between words.
static void comment(const char *text, unsigned int depth)
{
	size_t room = LINE - depth * TABS - 2;

	while (*text) {
		size_t len = strlen(text);

		if (len > room) {
			for (len = room; len && text[len] != ' '; len--)
				continue;
		}
		indent(depth);
		printf("# %.*s\n", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

static void one_value(const struct schema_leaf *leaf, const char *text, size_t len)
{
	bool bare = value_type(leaf->type)->form == VALUE_FORM_BOOL ||
		    (value_type(leaf->type)->form == VALUE_FORM_NUMBER &&
			    isdigit((unsigned char)*text));

	printf("%s%.*s%s", bare ? "" : "\"", (int)len, text, bare ? "" : "\"");
}

// What a leaf holds in the i-th example object: its example's i-th alternative. NULL: nothing.
static const char *alternative(const struct schema_leaf *leaf, unsigned int i, size_t *len)
{
	const char *at = leaf->example;

	for (; at && i; i--) {
		at = strchr(at, '|');
		at = at ? at + 1 : NULL;
	}
	*len = at ? strcspn(at, "|") : 0;
	return *len ? at : NULL;
}

static void assignment(
	const struct schema_leaf *leaf, const char *text, size_t len, unsigned int depth, bool off)
{
	indent(depth);
	printf("%s%s = ", off ? "#" : "", leaf->name);
	if (!leaf->list) {
		one_value(leaf, text, len);
		puts(";");
		return;
	}
	fputs("[ ", stdout);
	while (len) {
		size_t word = strcspn(text, " ") < len ? strcspn(text, " ") : len;

		one_value(leaf, text, word);
		text += word;
		len -= word;
		if (len) {
			fputs(", ", stdout);
			text++;
			len--;
		}
	}
	puts(" ];");
}

// What a leaf is, in the first object; later ones show only what they hold.
static void example_leaf(const struct schema_leaf *leaf, unsigned int object, unsigned int depth)
{
	char text[VALUE_TEXT], line[2 * VALUE_TEXT];
	size_t len;
	const char *value = alternative(leaf, object, &len);

	if (!object) {
		snprintf(line, sizeof(line), "%s (%s%s)", leaf->help, leaf->list ? "list of: " : "",
			takes(leaf, text));
		comment(line, depth);
	}
	if (value)
		assignment(leaf, value, len, depth, false);
	else if (!object)
		assignment(leaf, leaf->def ? leaf->def : "", leaf->def ? strlen(leaf->def) : 0,
			depth, true);
}

static unsigned int examples(const struct schema *schema)
{
	unsigned int most = 1;

	for (size_t i = 0; i < schema->n; i++) {
		unsigned int n = 1;

		for (const char *c = schema->leaf[i].example; c && *c; c++)
			n += *c == '|';
		most = n > most ? n : most;
	}
	return most;
}

static void example(const struct schema *schema, unsigned int object, unsigned int depth);

static void example_objects(const struct schema_leaf *leaf, unsigned int depth)
{
	unsigned int n = examples(leaf->sub);

	indent(depth);
	printf("%s = (\n", leaf->name);
	for (unsigned int i = 0; i < n; i++) {
		indent(depth + 1);
		puts("{");
		example(leaf->sub, i, depth + 2);
		indent(depth + 1);
		puts(i + 1 < n ? "}," : "}");
	}
	indent(depth);
	puts(");");
}

static void example(const struct schema *schema, unsigned int object, unsigned int depth)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];

		if (i && !object)
			putchar('\n');
		if (!leaf->sub) {
			example_leaf(leaf, object, depth);
			continue;
		}
		comment(leaf->help, depth);
		if (leaf->type == SCHEMA_OBJECTS) {
			example_objects(leaf, depth);
			continue;
		}
		indent(depth);
		printf("%s = {\n", leaf->name);
		example(leaf->sub, 0, depth + 1);
		indent(depth);
		puts("};");
	}
}

int main(int argc, char **argv)
{
	const char *format = argc == 2 ? argv[1] : "";

	if (!strcmp(format, "markdown"))
		markdown(&schema_model, "", false, 0);
	else if (!strcmp(format, "scdoc"))
		scdoc(&schema_model, "", false);
	else if (!strcmp(format, "example"))
		example(&schema_model, 0, 0);
	else
		return fputs("usage: gen-config markdown|scdoc|example\n", stderr), 2;
	return 0;
}
