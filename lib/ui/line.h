// One line of the operator's, carried to the daemon and its answer to the terminal.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "ui/client.h"

// What became of it; these are the exit codes of culvert(1).
enum line_end {
	LINE_OK = 0,
	LINE_FAILED = 1, // the daemon refused or failed; the reason is on err
	LINE_USAGE = 2,	 // not understood; the reason is on err
	LINE_LOST = 3,	 // no daemon; the reason and the remedy are on err
	LINE_QUIT = 4,	 // the line was "quit"
};

// Run a line: "quit"; "help ...", "... ?"; anything else is the daemon's. Empty lines and those
// that begin with '#' do nothing. json: the result as JSON.
enum line_end line_run(struct client *client, const char *line, bool json, FILE *out, FILE *err);

// What of a line the history may keep: secrets are left out (dst). returns false: nothing
bool line_for_history(struct client *client, const char *line, char dst[static SPLIT_LINE]);

// A possible end of an unfinished line; word is "" where any word may stand.
struct line_choice {
	const char *word, *help; // into the reply
};

enum { LINE_CHOICES = 1000 };

// How a line may go on: the choices in a reply to FRAME_COMPLETE, whose body is cut up for it.
//
// offset  in the line, of what a choice replaces
// returns how many, at most max
unsigned int line_choices(
	struct client_reply *reply, struct line_choice choice[], unsigned int max, size_t *offset);

// The choices, aligned, one per line.
void line_show_choices(const struct line_choice choice[], unsigned int n, FILE *out);
