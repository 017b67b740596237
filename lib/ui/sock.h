// The daemon's end of the shell: a Unix socket, many clients, each with one request at a time.
//
// All on the control thread; nothing here blocks. A client that reads slowly or not at all holds
// its own reply and nothing else.
#pragma once

#include <sys/types.h>

#include "base/err.h"
#include "ui/words.h"

struct loop;
struct sock;

#define SOCK_PATH "/run/culvert/culvert.sock"

enum { SOCK_CLIENTS = 64 }; // at a time; more are turned away

struct sock_conf {
	struct loop *loop;
	struct grammar grammar; // what clients may say; its role is theirs
	const char *path;	// NULL: no socket in the file system, sock_adopt only
	gid_t group;		// besides root and our own user, who may connect
};

// Bind the socket (mode 0660, owned by the group) and listen. A directory that is missing is made,
// a socket left behind by a daemon that is gone is replaced.
//
// returns 0, -EADDRINUSE (another daemon answers there) or -errno, with why
[[nodiscard]] int sock_open(const struct sock_conf *conf, struct sock **sock, struct why *why);

// End every conversation, cancel what runs, remove the socket. NULL: nothing.
void sock_close(struct sock *sock);

// Serve a connected stream socket; it is closed when its peer goes. For the shell within the
// daemon. returns 0 or -errno, then fd is still the caller's
[[nodiscard]] int sock_adopt(struct sock *sock, int fd);
