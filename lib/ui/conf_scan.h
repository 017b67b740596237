// What has to be done to a configuration's text before libconfig may see it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/report.h"

// A copy of the text for config_read_string. libconfig cuts integers of more than 32 bits silently
// unless an L follows them: the copy has it. @include, NUL bytes and texts without an end are
// complaints.
//
// returns 0 with text (to be wiped and freed; size with its NUL), -EINVAL or -ENOMEM
[[nodiscard]] int conf_scan(
	const char *in, size_t len, char **text, size_t *size, struct report *report);

// Make a line blank, if it holds no more than a simple "key = value" so that what surrounds it
// still has its meaning. returns whether it did.
bool conf_scan_blank(char *text, unsigned int line);
