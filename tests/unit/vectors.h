// Reader of tests/vectors: records of "name = value" lines, parted by an empty line; '#' comments.
#pragma once

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "unit/unit.h"

enum { VECTOR_FIELDS = 12, VECTOR_LINE = 4400, VECTOR_BYTES = 2048 };

struct vectors {
	FILE *file;
	size_t count;
	char line[VECTOR_FIELDS][VECTOR_LINE];
};

static inline void vectors_open(struct vectors *v, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", VECTORS_DIR, name);
	v->file = fopen(path, "r");
	if (!v->file)
		fail_msg("cannot open %s", path);
}

// The next record; false, and closed, after the last.
static inline int vectors_next(struct vectors *v)
{
	v->count = 0;
	while (v->count < VECTOR_FIELDS && fgets(v->line[v->count], VECTOR_LINE, v->file)) {
		char *line = v->line[v->count];

		line[strcspn(line, "\n")] = 0;
		if (line[0] == '#')
			continue;
		if (line[0])
			v->count++;
		else if (v->count)
			return 1;
	}
	if (v->count)
		return 1;
	fclose(v->file);
	return 0;
}

// The value of a field, NULL when the record has none of that name.
static inline const char *vectors_text(const struct vectors *v, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < v->count; i++) {
		if (!strncmp(v->line[i], name, len) && !strncmp(v->line[i] + len, " =", 2))
			return v->line[i] + len + 2 + (v->line[i][len + 2] == ' ');
	}
	return NULL;
}

// A field in hexadecimal. returns its length; the field must be there.
static inline size_t vectors_hex(
	const struct vectors *v, const char *name, uint8_t dst[static VECTOR_BYTES])
{
	const char *text = vectors_text(v, name);
	int len = text ? hex_read(text, dst, VECTOR_BYTES) : -1;

	if (len < 0)
		fail_msg("no hexadecimal field %s", name);
	return (size_t)len;
}
