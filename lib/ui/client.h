// The shell's end of the conversation. It blocks; any one thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ui/frame.h"

struct client {
	int fd;		  // -1: the daemon has gone, or was never there
	const char *path; // to connect again, NULL: not possible

	// Called while a reply is not there: wait until fd can be read. returns 0, or -EINTR: the
	// operator wants the request to end. NULL: wait for as long as it takes.
	int (*wait)(void *ctx, int fd);
	// A question to the operator: may it be? NULL: there is nobody to ask.
	bool (*ask)(void *ctx, const char *what);
	void *ctx;
};

struct client_reply {
	enum frame_status status;
	char *body; // len bytes and a NUL, freed by the caller
	size_t len;
};

// Connect to client->path when fd is -1.
//
// returns 0 or -errno with why, which names the remedy
[[nodiscard]] int client_connect(struct client *client, struct why *why);

// One request and its reply, connecting first where needed.
//
// returns 0 (whatever the reply says), -EINVAL or -E2BIG (no request), or -errno: the daemon
// cannot be reached or has gone, and client->fd is -1
[[nodiscard]] int client_ask(struct client *client, enum frame_verb verb, const char *rest,
	struct client_reply *reply, struct why *why);

void client_close(struct client *client);
