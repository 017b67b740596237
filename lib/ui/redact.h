// What of a line a history may keep: no secrets.
#pragma once

#include <stdio.h>

#include "ui/words.h"

// The line with "<set>" in the place of secrets. A value whose name the action does not know may be
// one, too. Of what is no line, nothing.
void redact_line(const struct grammar *grammar, const char *line, FILE *out);
