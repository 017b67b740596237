#include "ui/show_unit.h"

#include <stdio.h>
#include <stdint.h>
#include <string.h>

// A number with three digits or so: 9.95, 99.5, 995.
static void scale(double value, double step, const char *const units[], char *dst, size_t size)
{
	while (value >= step && units[1]) {
		value /= step;
		units++;
	}
	snprintf(dst, size, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, *units);
}

static void show_bytes(double value, char *dst, size_t size)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", NULL};

	if (value < 1024)
		snprintf(dst, size, "%.0f B", value);
	else
		scale(value / 1024, 1024, units, dst, size);
}

static void show_bps(double value, char *dst, size_t size)
{
	static const char *const units[] = {"kbit/s", "Mbit/s", "Gbit/s", "Tbit/s", NULL};

	if (value < 1000)
		snprintf(dst, size, "%.0f bit/s", value);
	else
		scale(value / 1000, 1000, units, dst, size);
}

static void show_seconds(double value, char *dst, size_t size)
{
	uint64_t s = value < 0 ? 0 : (uint64_t)value;

	if (s < 60)
		snprintf(dst, size, "%us", (unsigned int)s);
	else if (s < 3600)
		snprintf(dst, size, "%um%02us", (unsigned int)(s / 60), (unsigned int)(s % 60));
	else if (s < 86400)
		snprintf(dst, size, "%uh%02um", (unsigned int)(s / 3600),
			(unsigned int)(s / 60 % 60));
	else
		snprintf(dst, size, "%llud%02uh", (unsigned long long)(s / 86400),
			(unsigned int)(s / 3600 % 24));
}

static void show_micros(double value, char *dst, size_t size)
{
	static const char *const units[] = {"us", "ms", "s", NULL};

	if (value < 60e6)
		scale(value, 1000, units, dst, size);
	else
		show_seconds(value / 1e6, dst, size);
}

static const struct {
	const char *suffix;
	void (*show)(double value, char *dst, size_t size);
} rows[] = {
	{"bytes", show_bytes},
	{"_s", show_seconds},
	{"_us", show_micros},
	{"_bps", show_bps},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

// The unit at the end of a name; the whole name may be the unit only as a word: "bytes".
static unsigned int row_of(const char *field)
{
	size_t len = strlen(field);
	unsigned int i;

	for (i = 0; i < ROWS; i++) {
		size_t unit = strlen(rows[i].suffix);

		if (len > unit && !strcmp(field + len - unit, rows[i].suffix) &&
			(rows[i].suffix[0] == '_' || field[len - unit - 1] == '_' ||
				field[len - unit - 1] == '.'))
			break;
		if (len == unit && rows[i].suffix[0] != '_' && !strcmp(field, rows[i].suffix))
			break;
	}
	return i;
}

size_t show_unit_name(const char *field)
{
	unsigned int row = row_of(field);
	size_t len = strlen(field);

	// "rx_bytes" keeps its word, so that it is told from "rx_packets".
	return row == ROWS || rows[row].suffix[0] != '_' ? len : len - strlen(rows[row].suffix);
}

// Printable text only: a terminal obeys control characters, also the C1 ones (U+0080 to U+009F).
static void show_string(const char *text, char *dst, size_t size)
{
	size_t at = 0;

	for (; *text && at + 1 < size; text++) {
		unsigned char c = (unsigned char)*text;
		bool c1 = c == 0xc2 && ((unsigned char)text[1] & 0xe0) == 0x80;

		dst[at++] = c < ' ' || c == 0x7f || c1 ? '?' : (char)c;
		text += c1;
	}
	while (*text && at && ((unsigned char)dst[at - 1] & 0x80)) // no half character
		at--;
	dst[at] = '\0';
}

char *show_unit(const char *field, const json_t *value, char dst[static SHOW_CELL])
{
	unsigned int row = row_of(field);

	if (!value || json_is_null(value))
		snprintf(dst, SHOW_CELL, "-");
	else if (json_is_boolean(value))
		snprintf(dst, SHOW_CELL, "%s", json_is_true(value) ? "yes" : "no");
	else if (json_is_string(value))
		show_string(json_string_value(value), dst, SHOW_CELL);
	else if (json_is_number(value) && row < ROWS)
		rows[row].show(json_number_value(value), dst, SHOW_CELL);
	else if (json_is_integer(value))
		snprintf(dst, SHOW_CELL, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		snprintf(dst, SHOW_CELL, "%.2f", json_number_value(value));
	if (!dst[0])
		snprintf(dst, SHOW_CELL, "-");
	return dst;
}
