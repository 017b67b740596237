// The state on disk (N-7): what shell and API have made, in a file that is always whole.
//
// A new state is first written and synced beside the present one; then one rename puts it in its
// place. The two states before it stay as FILE.1 and FILE.2.
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"
#include "model/model.h"

enum { STORE_VERSIONS = 2 };

struct store;

// The directory is made if need be (0700), and kept open: whoever the process becomes later must
// be able to write in it.
//
// path  absolute
// returns 0 or -errno with why
[[nodiscard]] int store_open(const char *path, struct store **store, struct why *why);
void store_close(struct store *store); // NULL is fine

// The files, and the directory if it was made, belong to this user from now on; what cannot be
// given goes to the log.
void store_give(const struct store *store, uid_t uid, gid_t gid);

const char *store_path(const struct store *store);

// Write the next state beside the present one, onto the disk.
//
// print  writes the state to out; returns 0 or -errno
// returns 0 or -errno with why (nothing has changed)
[[nodiscard]] int store_prepare(struct store *store, const struct model *state,
	int (*print)(const struct model *state, FILE *out), struct why *why);
// Put it in its place. returns 0 or -errno with why (the state before is still in place)
[[nodiscard]] int store_commit(struct store *store, struct why *why);
void store_abandon(struct store *store);
