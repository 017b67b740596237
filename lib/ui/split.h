// A line of the shell as words.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SPLIT_LINE = 8192, // bytes of a line at most, with its end
	SPLIT_WORDS = 112,
};

struct split {
	const char *word[SPLIT_WORDS]; // into text
	bool quoted[SPLIT_WORDS];      // some of it was in quotes: never a keyword
	unsigned int n;
	bool open;	   // the line ends within the last word, so that it may still grow
	bool unterminated; // and within quotes
	size_t last;	   // offset in the line of the last word, or the line's length if not open
	uint16_t at[SPLIT_WORDS]; // offset in the line of each word
	char text[SPLIT_LINE];
};

// Words are separated by spaces and tabs. "..." and '...' keep them; a backslash takes the next
// character as it is, except within '...'. Printable ASCII only.
//
// returns 0; -EINVAL (other characters; a quote that does not end, then the words are there all the
// same, for completion) or -E2BIG (too long, too many words) with why
[[nodiscard]] int split_line(const char *line, struct split *split, struct why *why);

// The word as it must be typed: in quotes where it needs them. Returns dst.
char *split_quote(const char *word, char *dst, size_t size);
