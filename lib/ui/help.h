// Help for the operator, written from the action table.
#pragma once

#include <stdio.h>

#include "ui/words.h"

enum { HELP_USAGE = 256 };

// "show tunnels [NAME] [json]" to dst. Returns dst.
char *help_usage(const struct act *act, char dst[static HELP_USAGE]);

// Help for a line (its abbreviations allowed): nothing gives every action, the beginning of some
// gives these, and the words of one its parameters as well.
//
// returns 0, or -EINVAL with why and nothing written: no action begins so
[[nodiscard]] int help_line(
	const struct grammar *grammar, const char *line, FILE *out, struct why *why);
