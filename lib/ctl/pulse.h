// Whether somebody still answers, judged by pings: what was sent, what came back, and when. Pure:
// time and randomness are arguments.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mono.h"

enum pulse_state {
	PULSE_UNKNOWN, // no answer yet, nor enough silence
	PULSE_GOOD,
	PULSE_BAD,
};

struct pulse_conf {
	mono_us_t interval; // between pings
	mono_us_t wait;	    // for an answer at least; longer where answers are slow
	uint32_t lose;	    // unanswered in a row: bad
	uint32_t regain;    // answered in a row: good again
};

enum { PULSE_PINGS = 32 }; // the last ones, whose answers are known

enum pulse_fate { PULSE_NONE, PULSE_WAITING, PULSE_ANSWERED, PULSE_LOST };

struct pulse_ping {
	mono_us_t sent;
	uint64_t cookie; // random, so that only who heard the ping can answer it
	enum pulse_fate fate;
};

// Zero-initialise. All is for reading.
struct pulse {
	struct pulse_conf conf;
	enum pulse_state state;
	bool running;
	mono_us_t next; // when the next ping is due
	uint16_t seq;	// its number
	uint32_t lost_row, answered_row;
	uint64_t sent, answered;
	uint64_t lost;	  // of those sent: not answered in time, nor since
	mono_us_t rtt;	  // of the last answer; 0: none yet
	mono_us_t smooth; // of those before it too
	struct pulse_ping ping[PULSE_PINGS];
};

// Begin, or go on by another conf; state and counters stay. The first ping is due within an
// interval, by chance, so that many that begin together do not stay together.
void pulse_start(struct pulse *p, const struct pulse_conf *conf, mono_us_t now, uint32_t random);
// Pause. What is under way is forgotten, and counts neither way.
void pulse_stop(struct pulse *p);

// Whether the next ping is due; then pulse_sent says that it was sent, and returns its number. What
// a delay has left out is not made up for; the beat stays the same, so that a delay does not bring
// many together.
bool pulse_due(const struct pulse *p, mono_us_t now);
uint16_t pulse_sent(struct pulse *p, uint64_t cookie, mono_us_t now);

// Whether pulse_judge would find a ping that nobody has answered: the last chance to look whether
// an answer waits somewhere.
bool pulse_is_overdue(const struct pulse *p, mono_us_t now);
void pulse_judge(struct pulse *p, mono_us_t now);

// An answer. One that is late helps nobody to be good again, but shows that the path lived when its
// ping was sent: only what was lost after it is a row. returns whether it answers one of the last
// pings that had none yet
bool pulse_answer(struct pulse *p, uint16_t seq, uint64_t cookie, mono_us_t now);

// When something is due; 0: never.
mono_us_t pulse_deadline(const struct pulse *p);
