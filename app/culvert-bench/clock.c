#include "clock.h"

#include <stdlib.h>

#include "base/mono.h"

// A chain of additions, each waiting for the last: one core cycle each.
static uint64_t chain(uint64_t n)
{
	uint64_t x = 0, start = clock_now();

	for (uint64_t i = 0; i < n; i += 10)
		__asm__ volatile("add $1, %0; add $1, %0; add $1, %0; add $1, %0; add $1, %0;"
				 "add $1, %0; add $1, %0; add $1, %0; add $1, %0; add $1, %0"
				 : "+r"(x));
	return clock_now() - start;
}

struct clock clock_calibrate(void)
{
	enum { CHAIN = 1000000 };
	mono_us_t start = mono_now(), end;
	uint64_t tsc = clock_now(), best = UINT64_MAX;

	do {
		uint64_t cycles = chain(CHAIN);

		best = cycles < best ? cycles : best;
		end = mono_now();
	} while (end - start < MONO_MS(50));
	return (struct clock){
		.tsc_hz = (double)(clock_now() - tsc) * 1e6 / (double)(end - start),
		.core_per_tsc = (double)CHAIN / (double)best,
	};
}

double clock_least(const double *value, unsigned int n)
{
	double least = value[0];

	for (unsigned int i = 1; i < n; i++)
		least = value[i] < least ? value[i] : least;
	return least;
}

double clock_most(const double *value, unsigned int n)
{
	double most = 0;

	for (unsigned int i = 0; i < n; i++)
		most = value[i] > most ? value[i] : most;
	return most;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double clock_median(double *value, unsigned int n)
{
	qsort(value, n, sizeof(*value), by_value);
	return value[n / 2];
}
