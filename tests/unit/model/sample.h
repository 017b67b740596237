// A configuration that is right, for tests that make it wrong.
#pragma once

#include <stddef.h>

extern const char sample[];

// The sample with the first occurrence of find replaced; to be freed.
char *sample_with(const char *find, const char *replace);
