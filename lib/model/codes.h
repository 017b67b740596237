// Every code of a complaint: what it means, and what the cloud API answers (API.md 1.6, 2).
#pragma once

#include <stddef.h>

#include "model/report.h"

struct code {
	const char *code;
	const char *path; // of one leaf, without indices; "*.label": of any of that name; NULL: of
			  // every other
	int status;	  // HTTP; 0: never a refusal of the API
	const char *answer; // "%s": the parameter without what it lies in
	const char *help;   // of the first row of a code
};

// The rows of one code stand together, that of every other leaf last.
extern const struct code code_table[];
extern const size_t code_count;

// The first row of a code; NULL when there is none.
const struct code *code_find(const char *code);

enum { CODE_ANSWER = 96 };

// What the API answers for a complaint: its Code into answer, the status returned; 0 and "" for a
// warning.
int code_answer(const struct complaint *c, char answer[static CODE_ANSWER]);
