#include "ui/show_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "ui/show_unit.h"

enum {
	COLUMNS = 32,
	DEPTH = 8, // of objects in objects; what is deeper is not shown
	STEP = 2,  // indentation
};

// A column of a table in the making.
struct column {
	const char *field;
	const char *header; // NULL: from the field
	size_t width;
	bool number; // every value is one: to the right
};

static void show_tree(const json_t *tree, unsigned int indent, unsigned int depth, FILE *out);

// Characters on the screen: UTF-8 continuation bytes take no room.
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void put_spaces(size_t n, FILE *out)
{
	fprintf(out, "%*s", (int)n, "");
}

// "a.b" reaches into an object within.
static const json_t *reach(const json_t *object, const char *field)
{
	const char *dot = strchr(field, '.');
	char key[64];

	if (!dot || (size_t)(dot - field) >= sizeof(key))
		return json_object_get(object, field);
	memcpy(key, field, (size_t)(dot - field));
	key[dot - field] = '\0';
	return reach(json_object_get(object, key), dot + 1);
}

// The name of a field for people: without its unit, '_' and '.' as spaces.
static char *label(const char *field, char dst[static SHOW_CELL])
{
	size_t len = show_unit_name(field);

	len = len < SHOW_CELL ? len : SHOW_CELL - 1;
	for (size_t i = 0; i < len; i++)
		dst[i] = field[i] == '_' || field[i] == '.' ? ' ' : field[i];
	dst[len] = '\0';
	return dst;
}

// One value in one place: scalars as they are, arrays of scalars with commas, objects as how many.
static char *cell(const char *field, const json_t *value, char dst[static SHOW_CELL])
{
	size_t at = 0, index;
	const json_t *item;

	if (json_is_object(value)) {
		snprintf(dst, SHOW_CELL, "{%zu}", json_object_size(value));
		return dst;
	}
	if (!json_is_array(value))
		return show_unit(field, value, dst);
	snprintf(dst, SHOW_CELL, "-");
	json_array_foreach (value, index, item) {
		char text[SHOW_CELL];

		if (at < SHOW_CELL && !json_is_array(item))
			at += (size_t)snprintf(dst + at, SHOW_CELL - at, "%s%s", at ? ", " : "",
				cell(field, item, text));
	}
	return dst;
}

static unsigned int columns_given(const struct act_column *given, struct column columns[])
{
	unsigned int n = 0;

	for (; given[n].field && n < COLUMNS; n++)
		columns[n] = (struct column){.field = given[n].field, .header = given[n].header};
	return n;
}

// Every field of any of the objects, in the order in which they come.
static unsigned int columns_found(const json_t *array, struct column columns[])
{
	unsigned int n = 0, i;
	size_t index;
	const json_t *object, *value;
	const char *key;

	json_array_foreach (array, index, object) {
		json_object_foreach ((json_t *)object, key, value) {
			for (i = 0; i < n && strcmp(columns[i].field, key) != 0; i++)
				;
			if (i == n && n < COLUMNS)
				columns[n++] = (struct column){.field = key};
		}
	}
	return n;
}

static const char *header(const struct column *column, char text[static SHOW_CELL])
{
	return column->header ? column->header : label(column->field, text);
}

static void measure(const json_t *array, struct column *column)
{
	char text[SHOW_CELL];
	size_t index;
	const json_t *object;

	column->width = width_of(header(column, text));
	column->number = true;
	json_array_foreach (array, index, object) {
		const json_t *value = reach(object, column->field);
		size_t width = width_of(cell(column->field, value, text));

		column->width = width > column->width ? width : column->width;
		column->number &= !value || json_is_null(value) || json_is_number(value);
	}
}

// One line of a table: the headers without an object. Nothing trails the last word.
static void show_row(const struct column columns[], unsigned int n, const json_t *object,
	unsigned int indent, FILE *out)
{
	size_t pad = indent;
	char text[SHOW_CELL];

	for (unsigned int i = 0; i < n; i++) {
		const struct column *column = &columns[i];
		const char *shown = object ? cell(column->field, reach(object, column->field), text)
					   : header(column, text);
		size_t room = column->width - width_of(shown);

		put_spaces(pad + (column->number ? room : 0), out);
		fputs(shown, out);
		pad = STEP + (column->number ? 0 : room);
	}
	fputc('\n', out);
}

static void show_table(
	const json_t *array, const struct act_column *given, unsigned int indent, FILE *out)
{
	struct column columns[COLUMNS];
	unsigned int n = given ? columns_given(given, columns) : columns_found(array, columns);
	size_t index;
	const json_t *object;

	for (unsigned int i = 0; i < n; i++)
		measure(array, &columns[i]);
	show_row(columns, n, NULL, indent, out);
	json_array_foreach (array, index, object)
		show_row(columns, n, object, indent, out);
}

static bool is_table(const json_t *tree)
{
	return json_is_array(tree) && json_is_object(json_array_get(tree, 0));
}

// Sentences: each wants a line of its own, where words may share one.
static bool is_prose(const json_t *tree)
{
	size_t index;
	const json_t *item;

	json_array_foreach (tree, index, item)
		if (json_is_string(item) && strchr(json_string_value(item), ' '))
			return true;
	return false;
}

// What does not fit behind its name.
static bool is_block(const json_t *value)
{
	return json_is_object(value) || is_table(value) || is_prose(value);
}

static void show_object(const json_t *object, unsigned int indent, unsigned int depth, FILE *out)
{
	size_t width = 0;
	const char *key;
	const json_t *value;
	char text[SHOW_CELL];

	json_object_foreach ((json_t *)object, key, value) {
		size_t len = width_of(label(key, text));

		if (len > width && !is_block(value))
			width = len;
	}
	json_object_foreach ((json_t *)object, key, value) {
		size_t len = width_of(label(key, text));

		put_spaces(indent, out);
		fprintf(out, "%s:", text);
		if (is_block(value)) {
			fputc('\n', out);
			show_tree(value, indent + STEP, depth + 1, out);
		} else {
			put_spaces(width - len + 1, out);
			fprintf(out, "%s\n", cell(key, value, text));
		}
	}
}

static void show_tree(const json_t *tree, unsigned int indent, unsigned int depth, FILE *out)
{
	size_t index;
	const json_t *item;
	char text[SHOW_CELL];

	if (depth > DEPTH)
		return;
	if (is_table(tree)) {
		show_table(tree, NULL, indent, out);
	} else if (json_is_object(tree)) {
		show_object(tree, indent, depth, out);
	} else if (json_is_array(tree)) {
		json_array_foreach (tree, index, item) {
			put_spaces(indent, out);
			fprintf(out, "%s\n", cell("", item, text));
		}
	} else {
		put_spaces(indent, out);
		fprintf(out, "%s\n", cell("", tree, text));
	}
}

// An object's fields that text is to show. NULL without memory.
static json_t *chosen(const json_t *object, const struct act_column *columns)
{
	json_t *some = json_object();

	for (; columns->field; columns++)
		json_object_set(some, columns->field, json_object_get(object, columns->field));
	return some;
}

void show_text(const json_t *tree, const struct act_column *columns, FILE *out)
{
	json_t *some = json_is_object(tree) && columns ? chosen(tree, columns) : NULL;

	if (json_is_array(tree) && !json_array_size(tree))
		fputs("(none)\n", out);
	else if (is_table(tree))
		show_table(tree, columns, 0, out);
	else if (tree)
		show_tree(some ? some : tree, 0, 0, out);
	json_decref(some);
}

void show_lines(const json_t *text, FILE *out)
{
	const char *c = json_string_value(text);

	if (!c || !*c)
		return;
	for (; *c; c++)
		fputc(iscntrl((unsigned char)*c) && *c != '\n' ? '?' : *c, out);
	if (c[-1] != '\n')
		fputc('\n', out);
}
