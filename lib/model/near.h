// "Did you mean": the nearest of several words.
#pragma once

#include <stddef.h>

struct near {
	const char *text;  // what was written
	const char *best;  // NULL: nothing is near
	unsigned int cost; // of best
};

// Offer a word; kept when it is nearer than those before, and near at all (a third of its letters).
void near_offer(struct near *near, const char *word);
