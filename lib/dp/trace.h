// The journey of single packets through the pipeline, stage by stage. Included by dp/dp.h.
#pragma once

#include "dp/dp.h"

struct dp_trace {
	uint32_t packet; // number of the traced packet; entries of one packet share it
	uint16_t worker;
	uint16_t len;	      // from the IP header
	const char *stage;    // "rx", "lookup", "crypto", ...
	const char *verdict;  // NULL: goes on to the next stage
	char packet_text[96]; // "10.1.0.2:80 > 10.2.0.3:99 proto 6", "esp 192.0.2.1 > ... spi ..."
};

// Record the next n packets that workers receive (0 stops). Entries come with dp_trace_read.
void dp_trace_start(struct dp *dp, unsigned int n);
// Entries so far, in order per worker. returns how many there were.
unsigned int dp_trace_read(
	struct dp *dp, void (*fn)(void *ctx, const struct dp_trace *entry), void *ctx);
