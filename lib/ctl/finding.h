// What went wrong with a tunnel lately: the last few different failures, each with its time and how
// often it was repeated. Bounded, whoever causes them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mono.h"
#include "net/addr.h"

enum { FINDINGS = 8 };

struct finding {
	struct why why; // code: enum ike_reason
	struct endpoint local, remote;
	bool phase2;
	mono_us_t first, last;
	int64_t wall_ms; // of the last, since 1970
	uint32_t count;
};

// Zero-initialise. Room is taken as it is needed.
struct findings {
	struct finding *v;
	unsigned int n;
};

// One more. What is there already is counted; of those, the one not seen for the longest time gives
// way. fresh: its times and count are set here. Without memory it is forgotten.
void finding_add(
	struct findings *findings, const struct finding *fresh, mono_us_t now, int64_t wall_ms);

// Those not older than since, the most severe first, of these the latest.
//
// returns how many were written to dst
unsigned int finding_pick(const struct findings *findings, mono_us_t since,
	const struct finding *dst[static FINDINGS]);

void findings_fini(struct findings *findings);
