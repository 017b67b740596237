// What people call things: labels, descriptions and tags. Printable UTF-8, counted in characters.
#pragma once

#include <stdint.h>

#include "base/err.h"

// min to max characters that do not begin with http:// or https://.
//
// returns 0, -ERANGE (length) or -EINVAL with why (what, expected, got)
[[nodiscard]] int label_check(const char *text, uint64_t min, uint64_t max, struct why *why);

enum { LABEL_KEY = 64, LABEL_VALUE = 128 };

// "key=value": a key of 1 to LABEL_KEY characters without http:// or https:// that does not begin
// with aliyun or acs:, a value of LABEL_VALUE at most. As label_check.
[[nodiscard]] int label_check_tag(const char *text, struct why *why);
