// The workers' side of trace: records of stages, one ring per worker.
#pragma once

#include "dp/worker.h"

// What a worker writes down; the control core makes a dp_trace of it.
struct trace_record {
	uint32_t packet;
	uint16_t len;
	uint8_t verdict; // V_GO: goes on
	uint8_t head_len;
	const char *stage;
	uint8_t head[64]; // from the IP header
};
static_assert(sizeof(struct trace_record) == 80);

// Number the packets of a burst that are to be traced. Owning worker, after rx.
void tracing_mark(struct worker *w, struct burst *b);
// Record where each traced packet of a burst stands after a stage: those that the stage stopped,
// and those that go on. last: what is good has been sent.
void tracing_stage(struct worker *w, struct burst *b, const char *stage, bool last);
