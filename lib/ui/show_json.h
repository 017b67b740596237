// A result as JSON, for scripts.
#pragma once

#include <stdio.h>
#include <jansson.h>

// Indented, keys in the order of the action, raw numbers, one newline at the end. NULL: "null".
void show_json(const json_t *tree, FILE *out);
