// Results as they come: a table for people, or one JSON document at the end.
#pragma once

#include <stdbool.h>
#include <jansson.h>

#include "clock.h"

struct report_column {
	const char *field; // of the row's JSON object
	const char *title;
	int width;  // negative: left-aligned
	int digits; // of numbers, after the point
};

struct report {
	bool json;
	const struct report_column *column; // ends with field NULL
	json_t *rows;
};

// Begin; a table gets a line about the machine and its titles.
void report_init(struct report *report, bool json, const struct clock *clock,
	const struct report_column *column);
// One result; takes the reference. A field that is missing is shown as "-".
void report_add(struct report *report, json_t *row);
// The document, when it is JSON. returns the exit status.
int report_fini(struct report *report, const struct clock *clock);
