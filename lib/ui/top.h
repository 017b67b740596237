// Tunnels by rate, as a table of the terminal's size: what `show top` shows. Bytes and numbers
// only; top_view.h has the terminal.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>

enum { TOP_NAME = 64, TOP_STATE = 16 };

// What can be sorted by; the columns, in their order.
enum top_column {
	TOP_TUNNEL,
	TOP_CONNECTION,
	TOP_STATE_OF,
	TOP_ROLE,
	TOP_IN_BPS,
	TOP_IN_PPS,
	TOP_OUT_BPS,
	TOP_OUT_PPS,
	TOP_COLUMNS,
};

enum top_count { TOP_IN_BYTES, TOP_IN_PACKETS, TOP_OUT_BYTES, TOP_OUT_PACKETS, TOP_COUNTS };

struct top_row {
	char tunnel[TOP_NAME], connection[TOP_NAME], state[TOP_STATE];
	bool forwards;
	uint64_t count[TOP_COUNTS];
	double rate[TOP_COUNTS]; // bytes and packets per second since the last sample
};

// Zero-initialise.
struct top {
	struct top_row *row;
	size_t n;
	uint64_t at_us; // of the counters; 0: there are none yet
	enum top_column by;
	bool reverse;
	size_t first; // row on the screen
};

// Take the next sample of the action "show top". returns 0, -EPROTO (it is none) or -ENOMEM
[[nodiscard]] int top_take(struct top *top, const json_t *sample);
void top_fini(struct top *top);

// What a key of the operator's changes. Not one of ours: nothing.
enum top_key {
	TOP_KEY_LEFT, // sort by the column to the left
	TOP_KEY_RIGHT,
	TOP_KEY_UP, // scroll
	TOP_KEY_DOWN,
	TOP_KEY_REVERSE,
};
void top_press(struct top *top, enum top_key key, unsigned int lines);

// A frame of so many lines, none longer than most characters. lines 0: as many as there are rows.
// end: what ends each line.
void top_show(struct top *top, unsigned int lines, unsigned int most, const char *end, FILE *out);
