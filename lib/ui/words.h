// What a line of the shell means: the action table as a grammar.
//
// A line is the words of an action, each perhaps abbreviated as long as one meaning is left
// ("sh tu"), then its arguments, then perhaps "json" when the action shows something.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/act.h"
#include "ui/split.h"

// The table that is spoken, and who speaks.
struct grammar {
	const struct act *act;
	unsigned int count;
	struct ctl *ctl; // for the names of things
	enum act_role role;
};

enum { WORDS_PATH = 64 }; // the longest words of an action, with its end

// How far the first words of a line lead into the table.
struct words_walk {
	char path[WORDS_PATH]; // the words understood, in full
	unsigned int used;     // how many words of the line they are
	const struct act *act; // the action of these words, NULL: none yet
};

// The first n words of a line, for completion and help.
//
// returns 0, or -EINVAL with why: no such word, or several meanings
[[nodiscard]] int words_walk(const struct grammar *grammar, const struct split *split,
	unsigned int n, struct words_walk *walk, struct why *why);

// The word of an action's words behind a path; its length to len. NULL: the path is not its
// beginning or is all of it.
const char *words_next(const struct act *act, const char *path, size_t *len);

struct words_match {
	const struct act *act;
	const char *arg[ACT_PARAMS]; // into split, or the table's own text of an ACT_WORD
	int64_t number[ACT_PARAMS];
	struct act_value value[ACT_VALUES];
	unsigned int values;
	bool json;
};

// The key that a word begins with, up to its '=' (a flag: all of it); in the shell's spelling or in
// the API's. NULL: none.
const struct act_key *words_key_of(
	const struct act *act, const char *word, unsigned int *tunnel, size_t *len);

// A whole line.
//
// returns 0; -EINVAL with why, which names the word and what was expected; -EPERM (the role may
// not)
[[nodiscard]] int words_match(const struct grammar *grammar, const struct split *split,
	struct words_match *match, struct why *why);
