// Text in UTF-8 that may be shown.
#pragma once

#include <stddef.h>

// Bytes of the printable character that text begins with; 0 when it begins with none: at its end,
// with what is no UTF-8 (RFC 3629 s3), and with what would change what else stands on a terminal -
// controls, line separators, and what turns the direction of the text around it.
size_t utf8_char(const char *text);
