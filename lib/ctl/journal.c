#include "ctl/journal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STAMP = 24 }; // "2026-11-23 17:20:01.123 "

// A repetition tells nothing new.
static bool is_last(const struct journal *journal, const char *text)
{
	const char *last = journal->line[(journal->next + JOURNAL_LINES - 1) % JOURNAL_LINES];

	return journal->n && !strncmp(last + STAMP, text, JOURNAL_LINE - 1 - STAMP);
}

static char *line_new(int64_t wall_ms, const char *text)
{
	time_t s = (time_t)(wall_ms / 1000);
	char stamp[32], line[JOURNAL_LINE];
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(line, sizeof(line), "%s.%03u %s", stamp, (unsigned int)(wall_ms % 1000), text);
	return strdup(line);
}

const char *journal_add(struct journal **journal, int64_t wall_ms, const char *text)
{
	char *line, **place;

	if (!*journal)
		*journal = calloc(1, sizeof(**journal));
	if (!*journal || is_last(*journal, text))
		return NULL;
	line = line_new(wall_ms, text);
	if (!line)
		return NULL;
	place = &(*journal)->line[(*journal)->next];
	free(*place);
	*place = line;
	(*journal)->next = ((*journal)->next + 1) % JOURNAL_LINES;
	(*journal)->n += (*journal)->n < JOURNAL_LINES;
	return line;
}

void journal_free(struct journal *journal)
{
	for (unsigned int i = 0; journal && i < JOURNAL_LINES; i++)
		free(journal->line[i]);
	free(journal);
}

void journal_each(const struct journal *journal, unsigned int lines,
	void (*each)(void *ctx, const char *line), void *ctx)
{
	unsigned int n = journal ? journal->n : 0;

	n = lines < n ? lines : n;
	for (unsigned int i = 0; i < n; i++)
		each(ctx, journal->line[(journal->next + JOURNAL_LINES - n + i) % JOURNAL_LINES]);
}
