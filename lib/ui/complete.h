// What may stand at the end of an unfinished line of the shell.
#pragma once

#include <stddef.h>

#include "ui/words.h"

// Call back with each candidate that begins like the last word, in the order of the table, with
// its help. Candidates are whole words, in quotes where they need them; "" stands for a word that
// is free, so that only its help can be told.
//
// returns the offset in the line of what a candidate replaces
size_t complete_line(const struct grammar *grammar, const char *line,
	void (*candidate)(void *ctx, const char *word, const char *help), void *ctx);
