#include "model/report.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A path that does not fit is cut: it is for reading. Without printf, for every leaf of a large
// model has its path made.
static void path_add(struct path *path, const char *text)
{
	size_t at = strlen(path->text), len = strlen(text);
	const size_t room = sizeof(path->text) - 1 - at;

	len = len < room ? len : room;
	memcpy(path->text + at, text, len);
	path->text[at + len] = '\0';
}

struct path path_leaf(const struct path *parent, const char *leaf)
{
	struct path path = *parent;

	if (path.text[0])
		path_add(&path, ".");
	path_add(&path, leaf);
	return path;
}

struct path path_at(const struct path *parent, size_t i)
{
	struct path path = *parent;
	char text[24] = "", *digit = text + sizeof(text) - 1;

	*--digit = ']';
	do
		*--digit = (char)('0' + i % 10);
	while (i /= 10);
	*--digit = '[';
	path_add(&path, digit);
	return path;
}

struct path path_plain(const char *text)
{
	struct path path = {};
	size_t len = 0;

	for (const char *c = text; *c && len < sizeof(path.text) - 1; c++) {
		if (*c == '[')
			c += strcspn(c, "]");
		else
			path.text[len++] = *c;
		if (!*c)
			break;
	}
	return path;
}

// Warnings never crowd out errors: the last one makes room.
static bool forget_warning(struct report *report)
{
	for (size_t i = report->n; i-- > 0;) {
		if (!report->v[i].warning)
			continue;
		report->n--;
		memmove(&report->v[i], &report->v[i + 1], (report->n - i) * sizeof(*report->v));
		return true;
	}
	return false;
}

static struct complaint *add(struct report *report, const char *code, const struct path *where,
	const char *what, const char *expected, const char *got)
{
	struct complaint *c;

	if (report->n == REPORT_MAX && !forget_warning(report))
		return NULL;
	// Room doubles whenever the number reaches a power of two.
	if (!(report->n & (report->n - 1))) {
		c = reallocarray(report->v, report->n ? report->n * 2 : 1, sizeof(*c));
		if (!c)
			return NULL;
		report->v = c;
	}
	c = &report->v[report->n++];
	*c = (struct complaint){.code = code};
	why_set(&c->why, 0, what, where->text, expected, got);
	return c;
}

struct complaint *report_add(struct report *report, const char *code, const struct path *where,
	const char *what, const char *expected, const char *got)
{
	report->errors++;
	return add(report, code, where, what, expected, got);
}

struct complaint *report_warn(struct report *report, const char *code, const struct path *where,
	const char *what, const char *expected, const char *got)
{
	struct complaint *c = NULL;

	report->warnings++;
	if (report->n < REPORT_MAX)
		c = add(report, code, where, what, expected, got);
	if (c)
		c->warning = true;
	return c;
}

void report_sort(struct report *report)
{
	// Insertion sort: stable, and there are at most REPORT_MAX. Line 0 wraps to the end.
	for (size_t i = 1; i < report->n; i++) {
		struct complaint c = report->v[i];
		size_t at = i;

		for (; at && report->v[at - 1].line - 1 > c.line - 1; at--)
			report->v[at] = report->v[at - 1];
		report->v[at] = c;
	}
}

void report_fini(struct report *report)
{
	free(report->v);
	*report = (struct report){};
}

char *complaint_show(const struct complaint *c, const char *file, char *dst, size_t size)
{
	char line[16] = "", why[640];

	if (c->line)
		snprintf(line, sizeof(line), ":%u", c->line);
	snprintf(dst, size, "%s%s: %s%s [%s]", file, line, c->warning ? "warning: " : "",
		why_show(&c->why, why, sizeof(why)), c->code);
	return dst;
}
