// Time that only goes forward. The pure libraries take it as an argument.
#pragma once

#include <stdint.h>

typedef uint64_t mono_us_t; // microseconds since an arbitrary start; 0 is "never"

#define MONO_S(s)   ((mono_us_t)(s)*1000000u)
#define MONO_MS(ms) ((mono_us_t)(ms)*1000u)

// The clock. For lib/ctl, lib/dp, app and tests only.
mono_us_t mono_now(void);
