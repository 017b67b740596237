// One cell of the crypto mode's table: a back end, a suite, a direction, a size, beside raw
// ipsec-mb.
#pragma once

#include "clock.h"
#include "drv/crypto.h"

enum { CELL_IMIX = 0, CELL_KEYS_MAX = 65536 };

struct cell_spec {
	const struct crypto_driver *driver;
	const struct suite *suite;
	enum crypto_dir dir;
	unsigned int size; // bytes that are encrypted: a multiple of 16 to 1408, or CELL_IMIX
	unsigned int keys; // 1 .. CELL_KEYS_MAX
};

// In TSC cycles per operation. Medians of the slices, and the best of them.
struct cell_result {
	double cyc, best;
	double bytes;  // of a packet, on average
	bool compared; // the rest is known
	double raw, raw_best;
	double ratio; // median of raw / cyc, slice by slice
};

// Measure for so long, alternating slices of 0.1 ms.
//
// returns 0, -ENOMEM, the back end's error, or -EIO (it computes wrong)
int cell_measure(const struct cell_spec *spec, const struct clock *clock, double seconds,
	struct cell_result *result);
