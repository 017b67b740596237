#include "ctl/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"

enum { BUFFER = 64 * 1024, NAME = 256 };

struct store {
	char *path;
	const char *name; // within it
	int dir;
	bool made; // the directory, by us
};

static int failed(struct why *why, int err, const char *what, const char *where)
{
	return why_set(why, err, what, where, NULL, strerror(-err));
}

// "state.conf" with an end: ".new", ".1".
static const char *named(const struct store *s, const char *end, char dst[static NAME])
{
	snprintf(dst, NAME, "%s%s", s->name, end);
	return dst;
}

static int open_dir(struct store *s, struct why *why)
{
	char *dir = strndup(s->path, (size_t)(s->name - s->path));
	int err = dir ? 0 : -ENOMEM;

	if (!err)
		s->made = !mkdir(dir, 0700);
	if (!err && !s->made && errno != EEXIST)
		err = failed(why, -errno, "the directory of the state cannot be made", dir);
	if (!err) {
		s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (s->dir < 0)
			err = failed(
				why, -errno, "the directory of the state cannot be opened", dir);
	}
	free(dir);
	return err;
}

int store_open(const char *path, struct store **store, struct why *why)
{
	const char *slash = strrchr(path, '/');
	struct store *s;
	int err;

	*store = NULL;
	if (*path != '/' || !slash[1] || strlen(slash) > NAME - 8)
		return why_set(why, -EINVAL, "no path for a state", "system.state",
			"an absolute path of a file", path);
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->dir = -1;
	s->path = strdup(path);
	err = s->path ? 0 : -ENOMEM;
	if (!err) {
		s->name = s->path + (slash - path) + 1;
		err = open_dir(s, why);
	}
	if (err) {
		store_close(s);
		return err;
	}
	*store = s;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->dir >= 0)
		close(store->dir);
	free(store->path);
	free(store);
}

void store_give(const struct store *store, uid_t uid, gid_t gid)
{
	static const char *const ends[] = {"", ".1", ".2", ".new"};
	char name[NAME];

	// Another directory has its owner for a reason.
	if (store->made && fchown(store->dir, uid, gid))
		log_warning("%s: its directory cannot be given to the user: %s", store->path,
			strerror(errno));
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)fchownat(
			store->dir, named(store, ends[i], name), uid, gid, AT_SYMLINK_NOFOLLOW);
}

const char *store_path(const struct store *store)
{
	return store->path;
}

// Through a buffer of ours, wiped: the text holds secrets.
static int print_to(
	int fd, const struct model *state, int (*print)(const struct model *state, FILE *out))
{
	char *buffer = malloc(BUFFER);
	FILE *out = fdopen(fd, "w");
	int err;

	if (!out || !buffer) {
		free(buffer);
		if (out)
			fclose(out);
		else
			close(fd);
		return -ENOMEM;
	}
	setvbuf(out, buffer, _IOFBF, BUFFER);
	errno = 0;
	err = print(state, out);
	if (fflush(out) || fsync(fd) || err)
		err = errno ? -errno : -EIO;
	if (fclose(out) && !err)
		err = -errno;
	wipe(buffer, BUFFER);
	free(buffer);
	return err;
}

int store_prepare(struct store *store, const struct model *state,
	int (*print)(const struct model *state, FILE *out), struct why *why)
{
	char name[NAME];
	int fd, err;

	(void)unlinkat(store->dir, named(store, ".new", name), 0);
	fd = openat(store->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	err = fd < 0 ? -errno : print_to(fd, state, print);
	if (err) {
		store_abandon(store);
		return failed(why, err, "the state cannot be written", store->path);
	}
	return 0;
}

// What is in place becomes .1, and that .2. In between the state is never missing: .1 is a second
// name of it until the rename.
static void keep_versions(struct store *s)
{
	char first[NAME], second[NAME];

	named(s, ".1", first);
	(void)renameat(s->dir, first, s->dir, named(s, ".2", second));
	(void)linkat(s->dir, s->name, s->dir, first, 0);
}

int store_commit(struct store *store, struct why *why)
{
	char name[NAME];

	keep_versions(store);
	if (renameat(store->dir, named(store, ".new", name), store->dir, store->name))
		return failed(why, -errno, "the state cannot be put in its place", store->path);
	// From here on a restart finds the new state: there is no way back to report.
	(void)fsync(store->dir);
	return 0;
}

void store_abandon(struct store *store)
{
	char name[NAME];

	(void)unlinkat(store->dir, named(store, ".new", name), 0);
}
