// Complaints about a configuration, all at once, each with a code and the path of what is wrong.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct complaint {
	const char *code;  // "unknown-name"; static
	bool warning;	   // the configuration is accepted all the same
	unsigned int line; // in the file; 0: not known
	struct why why;	   // where: "connections[3].tunnels[0].customer_gateway"
};

enum { REPORT_MAX = 200 }; // complaints that are kept; more are only counted

struct report {
	struct complaint *v;
	size_t n;
	size_t errors, warnings; // all of them
};

struct path {
	char text[96];
};

// The path of a leaf in an object, or of element i of a list.
struct path path_leaf(const struct path *parent, const char *leaf);
struct path path_at(const struct path *parent, size_t i);
// A path without its indices: "connections.tunnels.start".
struct path path_plain(const char *text);

// Add a complaint; expected and got as in struct why, NULL: empty. Returns it for its line to be
// set or a field to be formatted; NULL when REPORT_MAX are kept or there is no memory (counted).
struct complaint *report_add(struct report *report, const char *code, const struct path *where,
	const char *what, const char *expected, const char *got);
struct complaint *report_warn(struct report *report, const char *code, const struct path *where,
	const char *what, const char *expected, const char *got);

// In order of line (complaints without one last), as they came within one.
void report_sort(struct report *report);
void report_fini(struct report *report);

// "FILE:12: connections[0].name: what: expected X, got Y [code]" into dst. Returns dst.
char *complaint_show(const struct complaint *c, const char *file, char *dst, size_t size);
