// Time in TSC cycles, and what one of them is on this machine.
#pragma once

#include <stdint.h>
#include <x86intrin.h>

struct clock {
	double tsc_hz;
	double core_per_tsc; // core cycles per TSC cycle, measured: the core's clock is not the
			     // TSC's
};

// Takes 50 ms.
struct clock clock_calibrate(void);

static inline uint64_t clock_now(void)
{
	return __rdtsc();
}

// The least, the most (0 of none) and the median of n values; the last sorts them in place.
double clock_least(const double *value, unsigned int n);
double clock_most(const double *value, unsigned int n);
double clock_median(double *value, unsigned int n);
