// The logbook of one tunnel: its last lines, in memory.
#pragma once

#include <stdint.h>

enum { JOURNAL_LINES = 48, JOURNAL_LINE = 192 };

struct journal {
	char *line[JOURNAL_LINES]; // each as long as it is: there is a logbook for each of
				   // thousands
	unsigned int next, n;
};

// One more line, with its time in front; the oldest gives way. What says the
// same as the last one is left out. *journal is made when it is needed;
// without memory the line is lost.
//
// returns the line as it stands, until the next one; NULL: left out or lost
const char *journal_add(struct journal **journal, int64_t wall_ms, const char *text);

void journal_free(struct journal *journal); // NULL is fine

// The last lines, at most so many, oldest first. journal NULL: none.
void journal_each(const struct journal *journal, unsigned int lines,
	void (*each)(void *ctx, const char *line), void *ctx);
