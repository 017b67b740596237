// The conversation between a shell and the daemon, as bytes (docs/shell-protocol.md).
//
// A request is a line, "VERB REST\n". Its reply is a line "STATUS LENGTH\n" and LENGTH bytes.
#pragma once

#include <stddef.h>

#include "ui/split.h"

enum frame_verb {
	FRAME_RUN,	// REST is a line of the shell; the reply is text
	FRAME_JSON,	// the same; the reply is JSON
	FRAME_COMPLETE, // REST is the line so far; the reply says how it may go on
	FRAME_HELP,	// REST is the words to explain
	FRAME_HISTORY,	// REST is a line; the reply is what of it a history may keep
	FRAME_CANCEL,	// give up the request that is running; has no reply of its own
};

enum frame_status {
	FRAME_OK,     // the body is the result
	FRAME_FAILED, // understood, but it failed; the body is the reason
	FRAME_USAGE,  // not understood; the body is the reason
	FRAME_ASK,    // not done yet: the body is what would happen; with --yes it does
};

enum {
	FRAME_REQUEST = SPLIT_LINE + 16, // bytes of a request at most, with its newline
	FRAME_HEAD = 32,		 // of a reply's first line
	FRAME_BODY = 256 << 20,		 // of a reply's body
};

// Take the first line from the beginning of buf: its newline becomes NUL.
//
// returns its length with the newline; 0, not all there yet; -EINVAL, it holds a NUL
[[nodiscard]] int frame_line(char *buf, size_t len);

// returns 0 with the verb and where REST begins, or -EINVAL
[[nodiscard]] int frame_request_read(const char *line, enum frame_verb *verb, const char **rest);
// returns the length, or -EINVAL (rest holds a newline) or -E2BIG
[[nodiscard]] int frame_request_show(
	enum frame_verb verb, const char *rest, char dst[static FRAME_REQUEST]);

// returns 0, or -EINVAL: no head, or too long a body
[[nodiscard]] int frame_head_read(const char *line, enum frame_status *status, size_t *len);
// returns the length
int frame_head_show(enum frame_status status, size_t len, char dst[static FRAME_HEAD]);
