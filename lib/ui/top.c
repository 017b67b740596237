#include "ui/top.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/show_unit.h"

enum { WIDE = 512, HEAD_LINES = 2 };

static const char *const counts[TOP_COUNTS] = {
	"in_bytes", "in_packets", "out_bytes", "out_packets"};

static const struct {
	const char *header;
	int width; // numbers: negative
} columns[] = {
	[TOP_TUNNEL] = {"tunnel", 10}, // as wide as the longest name
	[TOP_CONNECTION] = {"connection", 10},
	[TOP_STATE_OF] = {"state", 10},
	[TOP_ROLE] = {"role", 10},
	[TOP_IN_BPS] = {"in", -11},
	[TOP_IN_PPS] = {"in pkt/s", -9},
	[TOP_OUT_BPS] = {"out", -11},
	[TOP_OUT_PPS] = {"out pkt/s", -9},
};
static_assert(sizeof(columns) / sizeof(columns[0]) == TOP_COLUMNS);

static int by_name(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;

	return strcmp(x->tunnel, y->tunnel);
}

static void take_text(const json_t *o, const char *key, char *dst, size_t size)
{
	const char *text = json_string_value(json_object_get(o, key));

	snprintf(dst, size, "%s", text ? text : "");
}

static struct top_row row_of(const json_t *o)
{
	struct top_row row = {.forwards = json_is_true(json_object_get(o, "forwarding"))};

	take_text(o, "tunnel", row.tunnel, sizeof(row.tunnel));
	take_text(o, "connection", row.connection, sizeof(row.connection));
	take_text(o, "state", row.state, sizeof(row.state));
	for (unsigned int i = 0; i < TOP_COUNTS; i++)
		row.count[i] = (uint64_t)json_integer_value(json_object_get(o, counts[i]));
	return row;
}

// Counters that were cleared in between begin anew.
static void rate(struct top_row *row, const struct top_row *before, uint64_t us)
{
	for (unsigned int i = 0; before && us && i < TOP_COUNTS; i++) {
		uint64_t more = row->count[i] >= before->count[i] ? row->count[i] - before->count[i]
								  : row->count[i];

		row->rate[i] = (double)more * 1e6 / (double)us;
	}
}

int top_take(struct top *top, const json_t *sample)
{
	const json_t *list = json_object_get(sample, "tunnels");
	uint64_t at = (uint64_t)json_integer_value(json_object_get(sample, "at_us"));
	size_t n = json_array_size(list);
	struct top_row *row;

	if (!json_is_array(list) || !at)
		return -EPROTO;
	row = calloc(n ? n : 1, sizeof(*row));
	if (!row)
		return -ENOMEM;
	if (top->n)
		qsort(top->row, top->n, sizeof(*row), by_name);
	for (size_t i = 0; i < n; i++) {
		row[i] = row_of(json_array_get(list, i));
		rate(&row[i],
			top->n ? bsearch(&row[i], top->row, top->n, sizeof(*row), by_name) : NULL,
			at - top->at_us);
	}
	free(top->row);
	top->row = row;
	top->n = n;
	top->at_us = at;
	return 0;
}

void top_fini(struct top *top)
{
	free(top->row);
	*top = (struct top){};
}

static double number_of(const struct top_row *row, enum top_column column)
{
	static const enum top_count count[TOP_COLUMNS] = {
		[TOP_IN_BPS] = TOP_IN_BYTES,
		[TOP_IN_PPS] = TOP_IN_PACKETS,
		[TOP_OUT_BPS] = TOP_OUT_BYTES,
		[TOP_OUT_PPS] = TOP_OUT_PACKETS,
	};
	double value = row->rate[count[column]];

	return column == TOP_IN_BPS || column == TOP_OUT_BPS ? value * 8 : value;
}

// NULL: the column is a number.
static const char *text_of(const struct top_row *row, enum top_column column)
{
	switch (column) {
	case TOP_TUNNEL:
		return row->tunnel;
	case TOP_CONNECTION:
		return row->connection;
	case TOP_STATE_OF:
		return row->state;
	case TOP_ROLE:
		return row->forwards ? "forwarding" : !strcmp(row->state, "up") ? "standby" : "-";
	default:
		return NULL;
	}
}

static void cell(const struct top_row *row, enum top_column column, char dst[static SHOW_CELL])
{
	const char *text = text_of(row, column);
	json_t *value = text ? json_string(text) : json_real(number_of(row, column));

	if (column == TOP_IN_PPS || column == TOP_OUT_PPS)
		snprintf(dst, SHOW_CELL, "%.0f", number_of(row, column));
	else
		show_unit(text ? "" : "rate_bps", value, dst);
	json_decref(value);
}

// Texts rise, numbers fall; what is equal stays in the order of names.
static int order(const void *a, const void *b, void *arg)
{
	const struct top *top = arg;
	const char *text = text_of(a, top->by);
	double more = text ? 0 : number_of(a, top->by) - number_of(b, top->by);
	int order = text ? strcmp(text, text_of(b, top->by)) : (more < 0) - (more > 0);

	order = top->reverse ? -order : order;
	return order ? order : by_name(a, b);
}

void top_press(struct top *top, enum top_key key, unsigned int lines)
{
	size_t seen = lines > HEAD_LINES ? lines - HEAD_LINES : 1;

	switch (key) {
	case TOP_KEY_LEFT:
		top->by = top->by ? top->by - 1 : TOP_COLUMNS - 1;
		break;
	case TOP_KEY_RIGHT:
		top->by = top->by + 1 < TOP_COLUMNS ? top->by + 1 : 0;
		break;
	case TOP_KEY_UP:
		top->first -= top->first > 0;
		break;
	case TOP_KEY_DOWN:
		top->first += top->first + seen < top->n;
		break;
	case TOP_KEY_REVERSE:
		top->reverse = !top->reverse;
		break;
	}
}

static void put_line(const char *line, unsigned int most, const char *end, FILE *out)
{
	fprintf(out, "%.*s%s", (int)most, line, end);
}

static void show_sum(const struct top *top, unsigned int most, const char *end, FILE *out)
{
	struct top_row sum = {};
	char in[SHOW_CELL], to[SHOW_CELL], line[WIDE];
	size_t up = 0;

	for (size_t i = 0; i < top->n; i++) {
		up += !strcmp(top->row[i].state, "up");
		for (unsigned int c = 0; c < TOP_COUNTS; c++)
			sum.rate[c] += top->row[i].rate[c];
	}
	cell(&sum, TOP_IN_BPS, in);
	cell(&sum, TOP_OUT_BPS, to);
	snprintf(line, sizeof(line), "%zu of %zu tunnels up   in %.30s   out %.30s   by %s%s", up,
		top->n, in, to, columns[top->by].header, top->reverse ? ", reverse" : "");
	put_line(line, most, end, out);
}

static int width_of(const struct top *top, enum top_column column)
{
	size_t width = (size_t)columns[column].width;

	if (column != TOP_TUNNEL && column != TOP_CONNECTION)
		return columns[column].width;
	for (size_t i = 0; i < top->n; i++) {
		size_t len = strlen(text_of(&top->row[i], column));

		width = len > width ? len : width;
	}
	return (int)width;
}

// row NULL: the header.
static void show_row(const struct top_row *row, const int width[static TOP_COLUMNS],
	unsigned int most, const char *end, FILE *out)
{
	char line[WIDE] = "", text[SHOW_CELL];
	size_t at = 0;

	for (unsigned int c = 0; c < TOP_COLUMNS; c++) {
		if (row)
			cell(row, (enum top_column)c, text);
		else
			snprintf(text, sizeof(text), "%s", columns[c].header);
		at += (size_t)snprintf(line + at, sizeof(line) - at,
			width[c] > 0 ? "%-*.*s  " : "%*.*s  ", abs(width[c]), TOP_NAME - 1, text);
	}
	while (at && line[at - 1] == ' ')
		line[--at] = '\0';
	put_line(line, most, end, out);
}

void top_show(struct top *top, unsigned int lines, unsigned int most, const char *end, FILE *out)
{
	size_t seen = lines > HEAD_LINES ? lines - HEAD_LINES : lines ? 0 : top->n;
	int width[TOP_COLUMNS];

	for (unsigned int c = 0; c < TOP_COLUMNS; c++)
		width[c] = width_of(top, (enum top_column)c);
	if (top->n)
		qsort_r(top->row, top->n, sizeof(*top->row), order, top);
	if (top->first >= top->n)
		top->first = top->n ? top->n - 1 : 0;
	show_sum(top, most, end, out);
	if (lines != 1)
		show_row(NULL, width, most, end, out);
	for (size_t i = top->first; i < top->n && i - top->first < seen; i++)
		show_row(&top->row[i], width, most, end, out);
}
