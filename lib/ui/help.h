// Help for the operator, written from the action table.
#pragma once

#include <stdio.h>

#include "ui/words.h"

enum { HELP_USAGE = 512 };

// "show tunnels [NAME] [json]" to dst. Returns dst.
char *help_usage(const struct act *act, char dst[static HELP_USAGE]);

// Help for a line (its abbreviations allowed): nothing gives every action, the beginning of some
// gives these, and the words of one its parameters as well.
//
// returns 0, or -EINVAL with why and nothing written: no action begins so
[[nodiscard]] int help_line(
	const struct grammar *grammar, const char *line, FILE *out, struct why *why);

// A value's name with what it may be: "tunnelN.ike-version=ikev1|ikev2". Returns dst.
char *help_key(const struct act *act, const struct act_key *key, char dst[static HELP_USAGE]);
