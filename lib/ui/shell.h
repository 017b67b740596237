// The interactive shell on a terminal: completion, help, history. For culvert(1), and for a thread
// of culvertd -i over a socketpair.
#pragma once

#include "ui/client.h"
#include "ui/line.h"

// Read lines from standard input until "quit", end of file, or a daemon that is lost for good.
// Ctrl-C ends a request that takes long (client->wait is not used); signals are not touched.
//
// history  a file for it, NULL: none is kept
// returns LINE_OK, or LINE_LOST with the reason on standard error
enum line_end shell_run(struct client *client, const char *history);
