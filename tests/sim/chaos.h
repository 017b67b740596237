// Tables of things that happen to two endpoints while the network loses, doubles and reorders; then
// peace. One table for both versions of IKE: the caller's prepare() chooses.
#pragma once

#include "sim/scenario.h"

enum chaos_who {
	CHAOS_A,
	CHAOS_B,
	CHAOS_BOTH,
	CHAOS_ONE,   // either, by chance
	CHAOS_OTHER, // not the one of the row before
};

enum chaos_op {
	CHAOS_START, // the tunnel is wanted
	CHAOS_REKEY_CHILD,
	CHAOS_REKEY_IKE,   // or authenticate anew, if the case says so
	CHAOS_CLOSE_CHILD, // and bring it up again
	CHAOS_CLOSE,	   // the same with the IKE SA
	CHAOS_CUT,	   // it hears and does nothing
	CHAOS_HEAL,
	CHAOS_REBOOT, // it has forgotten all
	CHAOS_OPS,
};

struct chaos_event {
	uint32_t after_ms, spread_ms; // after the row before: this, and by chance up to spread more
	enum chaos_who who;
	enum chaos_op op;
};

struct chaos_case {
	const char *name;
	bool rough_start; // the network is bad from the beginning; else the tunnel is up first
	bool both_start;
	bool reauth;		 // the IKE SA is renewed by a new one with IKE_AUTH
	uint32_t child_s, ike_s; // lifetimes; 0: none
	const struct chaos_event *event;
	size_t events;
};

enum { CHAOS_CASES = 13 };
extern const struct chaos_case chaos_cases[CHAOS_CASES];

// Run one case with every seed (sim_seeds): 0 to 30 % loss, duplication and reordering while the
// events happen, none after them. Fails unless 180 virtual seconds later there is exactly one live
// child on both sides, nothing leaked, and no packet left under an SA whose DELETE was
// acknowledged.
//
// prepare  changes the pair's configuration before it starts; NULL: as it is
void chaos_run(const struct chaos_case *c, void (*prepare)(struct pair *p));
