// What a fuzz target asserts: says which rule was broken, and where.
#pragma once

#include <stdio.h>
#include <stdlib.h>

static inline void broken(const char *file, int line, const char *rule)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, rule);
	abort();
}

#define must(holds) ((holds) ? (void)0 : broken(__FILE__, __LINE__, #holds))
