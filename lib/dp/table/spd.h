// The policies in order of priority (RFC 4301 s4.4.1). Built once, never changed. A packet comes
// here only when the flow cache does not know its flow.
#pragma once

#include "dp/table.h"
#include "net/flow.h"

struct spd_rule {
	struct selector local, remote;
	uint32_t priority;
	uint8_t action; // enum dp_action
	struct dp_conn *conn;
};

struct cut;

struct spd {
	unsigned int refs; // writer: control core
	unsigned int n, n_cuts;
	bool bypasses; // any rule is a bypass: else nothing clear is admitted from outside
	struct cut *cut;
	uint32_t *list;		// of rules, for the cuts; NULL: too many, all rules are tried
	struct spd_rule rule[]; // in order of priority
};

// Rules of equal priority stay in the order given. returns NULL without memory. Control core.
struct spd *spd_new(const struct dp_policy *policy, unsigned int n);
// Views share a table that has not changed: each has a reference, spd_new gives the first.
struct spd *spd_get(struct spd *spd);
void spd_put(struct spd *spd); // NULL is fine

// The first rule for a packet that leaves, and for a clear one that arrives from outside. NULL:
// none. Any worker.
const struct spd_rule *spd_leaving(const struct spd *spd, const struct flow *flow);
const struct spd_rule *spd_arriving(const struct spd *spd, const struct flow *flow);
