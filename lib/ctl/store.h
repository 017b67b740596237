// Where what shell and API have made is kept: one directory, whose main file is always whole, the
// version before an edit or the one after it, whatever happens when.
//
//   state.conf        what is in force
//   state.conf.1 .2   the two versions before it
//   state.conf.new    being written; means nothing
//   state.conf.undo   what comes back unless the operator says "commit" in time
//
// It is opened before the daemon gives up root; from then on everything is relative to the open
// directory, which belongs to the daemon's user.
#pragma once

#include <stdio.h>
#include <time.h>

#include "base/err.h"
#include "model/report.h"
#include "model/state.h"

enum { STORE_VERSIONS = 2 };

// Which file: 0 is the one in force, 1 and 2 those before.
enum { STORE_UNDO = STORE_VERSIONS + 1, STORE_FILES };

struct store_conf {
	const char *path; // of the main file
	const char *user; // who is to own directory and files; NULL or "": whoever we are
	int (*read)(const char *text, size_t len, struct state *s, struct report *report);
	int (*write)(const struct state *s, FILE *out);
	// For tests, NULL else: called with the name of each system call that changes the disk,
	// before it; what is not 0 (-errno) becomes its result, and it is not done.
	int (*before)(void *ctx, const char *call);
	void *ctx;
};

struct store;

// Open the directory, made if it is missing, and lock it against another daemon.
//
// returns 0; -ENOENT (it is not there and cannot be made); -EBUSY (another daemon has it) or
// -errno, with why
[[nodiscard]] int store_open(const struct store_conf *conf, struct store **store, struct why *why);
void store_close(struct store *store); // NULL: nothing

const char *store_path(const struct store *store); // of the main file
// "/var/lib/culvert/state.conf.1" into dst. Returns dst.
char *store_name(const struct store *store, unsigned int file, char *dst, size_t size);

// Read one of the files.
//
// s  filled on success, to be freed by state_fini; zero else
// returns 0; -ENOENT (there is none); -EINVAL with all mistakes in report, or -errno; with why
[[nodiscard]] int store_read(const struct store *store, unsigned int file, struct state *s,
	struct report *report, struct why *why);

// When a file was written. returns 0 or -errno
[[nodiscard]] int store_saved(const struct store *store, unsigned int file, time_t *at);

// An edit: first write the new version beside the old, down to the disk; then, when all else is
// prepared, let it take the place of the old, which becomes version 1. When store_take fails the
// old version is in force.
//
// returns 0 or -errno with why
[[nodiscard]] int store_write(struct store *store, const struct state *s, struct why *why);
[[nodiscard]] int store_take(struct store *store, struct why *why);

// Keep s as STORE_UNDO, on the disk; forget it again (also when there is none).
//
// returns 0 or -errno with why
[[nodiscard]] int store_undo_set(struct store *store, const struct state *s, struct why *why);
[[nodiscard]] int store_undo_clear(struct store *store, struct why *why);
