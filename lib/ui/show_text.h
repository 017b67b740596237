// A result as text, for people: lists of objects as tables, objects as indented lines, values in
// human units after the names of their fields (ctl/act.h).
#pragma once

#include <stdio.h>
#include <jansson.h>

#include "ctl/act.h"

// columns: of a tree that is an array of objects; NULL: every field. NULL tree: nothing.
// Control characters in strings (a peer may have sent them) become '?'.
void show_text(const json_t *tree, const struct act_column *columns, FILE *out);

// A text of lines, as it is but for control characters.
void show_lines(const json_t *text, FILE *out);
