#include "base/mono.h"

#include <time.h>

mono_us_t mono_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return MONO_S(t.tv_sec) + (mono_us_t)t.tv_nsec / 1000;
}
