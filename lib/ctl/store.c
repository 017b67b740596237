#include "ctl/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"

enum { BUFFER = 65536, TEXT_MAX = 256 * 1024 * 1024, BASE = 64, NAME = BASE + 8 };

struct store {
	struct store_conf conf;
	char path[PATH_MAX];
	char base[BASE];
	int dir;
	uid_t uid; // who owns the files; (uid_t)-1: whoever we are
	gid_t gid;
	// Of the file that is written: secrets pass through it.
	char buffer[BUFFER];
};

// Whether a system call may be made, or what it fails with.
static int before(const struct store *s, const char *call)
{
	return s->conf.before ? s->conf.before(s->conf.ctx, call) : 0;
}

static char *file_name(const struct store *s, unsigned int file, char dst[static NAME])
{
	static const char *const suffix[STORE_FILES] = {"", ".1", ".2", ".undo"};

	snprintf(dst, NAME, "%s%s", s->base, suffix[file]);
	return dst;
}

static char *new_name(const struct store *s, char dst[static NAME])
{
	snprintf(dst, NAME, "%s.new", s->base);
	return dst;
}

static int rename_in(const struct store *s, const char *from, const char *to)
{
	int err = before(s, "rename");

	return err ? err : renameat(s->dir, from, s->dir, to) ? -errno : 0;
}

static int link_in(const struct store *s, const char *from, const char *to)
{
	int err = before(s, "link");

	return err ? err : linkat(s->dir, from, s->dir, to, 0) ? -errno : 0;
}

static int remove_in(const struct store *s, const char *name)
{
	int err = before(s, "unlink");

	if (err)
		return err;
	return unlinkat(s->dir, name, 0) && errno != ENOENT ? -errno : 0;
}

static int sync_fd(const struct store *s, int fd)
{
	int err = before(s, "fsync");

	return err ? err : fsync(fd) ? -errno : 0;
}

// Whose directory and files are, once we are not root any more.
static void find_owner(struct store *s, const char *user)
{
	const struct passwd *pw = NULL;

	// Without such a user the daemon stays root.
	if (!geteuid() && user && *user && strcmp(user, "root") != 0)
		pw = getpwnam(user);
	s->uid = pw ? pw->pw_uid : (uid_t)-1;
	s->gid = pw ? pw->pw_gid : (gid_t)-1;
}

// A directory that was there may be one of the system: it is given to the daemon's user only when
// systemd says that it is the daemon's (StateDirectory=).
static int own_directory(const struct store *s, const char *dir, bool made)
{
	const char *given = getenv("STATE_DIRECTORY");
	struct stat st;

	if (s->uid == (uid_t)-1)
		return 0;
	if (made || (given && !strcmp(given, dir)))
		return fchown(s->dir, s->uid, s->gid) ? -errno : 0;
	if (!fstat(s->dir, &st) && st.st_uid != s->uid)
		log_warning(
			"%s is not the daemon's: once it is no longer root, changes may fail", dir);
	return 0;
}

// Files that an operator has put back belong to root.
static void own_files(const struct store *s)
{
	char name[NAME];
	struct stat st;

	for (unsigned int file = 0; file < STORE_FILES && s->uid != (uid_t)-1; file++) {
		if (fstatat(s->dir, file_name(s, file, name), &st, AT_SYMLINK_NOFOLLOW) ||
			!S_ISREG(st.st_mode) || st.st_uid == s->uid)
			continue;
		if (fchownat(s->dir, name, s->uid, s->gid, AT_SYMLINK_NOFOLLOW))
			log_warning("%s: cannot be given to the daemon's user: %s", s->path,
				strerror(errno));
	}
}

static int open_directory(struct store *s, struct why *why)
{
	char copy[PATH_MAX], *dir;
	bool made;

	strcpy(copy, s->path);
	dir = dirname(copy);
	made = !mkdir(dir, 0700);
	if (!made && errno != EEXIST)
		return why_set(why, -ENOENT, "the directory of the state cannot be made", dir, NULL,
			strerror(errno));
	s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return why_set(why, -errno, "the directory of the state cannot be opened", dir,
			NULL, strerror(errno));
	if (flock(s->dir, LOCK_EX | LOCK_NB))
		return why_set(why, errno == EWOULDBLOCK ? -EBUSY : -errno,
			"the directory of the state cannot be locked", dir, NULL,
			errno == EWOULDBLOCK ? "another culvertd has it" : strerror(errno));
	if (own_directory(s, dir, made))
		return why_set(why, -errno, "cannot be given to the daemon's user", dir, NULL,
			strerror(errno));
	own_files(s);
	return 0;
}

int store_open(const struct store_conf *conf, struct store **store, struct why *why)
{
	struct store *s = calloc(1, sizeof(*s));
	const char *slash = strrchr(conf->path, '/');
	int err;

	*store = NULL;
	if (!s)
		return -ENOMEM;
	s->conf = *conf;
	s->dir = -1;
	if (*conf->path != '/' || !slash[1] || strlen(slash + 1) >= BASE ||
		strlen(conf->path) >= sizeof(s->path)) {
		free(s);
		return why_set(why, -EINVAL, "not a file that the state can be kept in",
			"system.state", "an absolute path", conf->path);
	}
	strcpy(s->path, conf->path);
	strcpy(s->base, slash + 1);
	find_owner(s, conf->user);
	err = open_directory(s, why);
	if (err) {
		store_close(s);
		return err;
	}
	*store = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->dir >= 0)
		close(s->dir);
	free(s);
}

const char *store_path(const struct store *s)
{
	return s->path;
}

char *store_name(const struct store *s, unsigned int file, char *dst, size_t size)
{
	char name[NAME];

	snprintf(dst, size, "%.*s%s", (int)(strlen(s->path) - strlen(s->base)), s->path,
		file_name(s, file, name));
	return dst;
}

static int read_text(int fd, char **text, size_t *len)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > TEXT_MAX)
		return -EFBIG;
	*len = (size_t)st.st_size;
	*text = malloc(*len + 1);
	if (!*text)
		return -ENOMEM;
	while (at < *len) {
		ssize_t n = read(fd, *text + at, *len - at);

		if (n > 0) {
			at += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		wipe(*text, at);
		free(*text);
		return n < 0 ? -errno : -EIO;
	}
	return 0;
}

int store_read(const struct store *s, unsigned int file, struct state *state, struct report *report,
	struct why *why)
{
	char name[NAME], full[PATH_MAX], *text = NULL;
	size_t len = 0;
	// Whoever may write in the directory is not to lead us elsewhere, nor to make us wait.
	int fd = openat(
		s->dir, file_name(s, file, name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int err = fd < 0 ? -errno : read_text(fd, &text, &len);

	*state = (struct state){};
	store_name(s, file, full, sizeof(full));
	if (fd >= 0)
		close(fd);
	if (err)
		return why_set(why, err,
			err == -ENOENT ? "there is no such version" : "cannot be read", full, NULL,
			strerror(-err));
	err = s->conf.read(text, len, state, report);
	wipe(text, len);
	free(text);
	return err ? why_set(why, err, "mistakes in the state", full, NULL, NULL) : 0;
}

int store_saved(const struct store *s, unsigned int file, time_t *at)
{
	char name[NAME];
	struct stat st;

	if (fstatat(s->dir, file_name(s, file, name), &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	*at = st.st_mtime;
	return 0;
}

struct sink {
	const struct store *store;
	int fd;
};

static ssize_t sink_write(void *cookie, const char *bytes, size_t len)
{
	const struct sink *sink = cookie;
	int err = before(sink->store, "write");
	size_t at = 0;

	while (at < len && !err) {
		ssize_t n = write(sink->fd, bytes + at, len - at);

		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			err = -errno;
	}
	if (!err)
		return (ssize_t)len;
	errno = -err;
	return 0;
}

static int write_text(struct store *s, int fd, const struct state *state)
{
	struct sink sink = {s, fd};
	FILE *out = fopencookie(&sink, "w", (cookie_io_functions_t){.write = sink_write});
	int err;

	if (!out)
		return -ENOMEM;
	setvbuf(out, s->buffer, _IOFBF, sizeof(s->buffer));
	errno = 0;
	err = s->conf.write(state, out);
	if (fflush(out))
		err = -EIO;
	if (err && errno)
		err = -errno;
	(void)fclose(out);
	wipe(s->buffer, sizeof(s->buffer));
	return err;
}

static int write_new(struct store *s, const struct state *state)
{
	char name[NAME];
	int fd, err = remove_in(s, new_name(s, name));

	if (!err)
		err = before(s, "open");
	if (err)
		return err;
	fd = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (s->uid != (uid_t)-1 && !geteuid() && fchown(fd, s->uid, s->gid))
		err = -errno;
	if (!err)
		err = write_text(s, fd, state);
	if (!err)
		err = sync_fd(s, fd);
	close(fd);
	if (err)
		(void)remove_in(s, name);
	return err;
}

int store_write(struct store *s, const struct state *state, struct why *why)
{
	int err = write_new(s, state);

	return err ? why_set(why, err, "the new state cannot be written, nothing has changed",
			     s->path, NULL, strerror(-err))
		   : 0;
}

// The version in force gets a second name, .1. It may have it already: the daemon has then died
// between this and the next step.
static int keep_old(struct store *s)
{
	char zero[NAME], one[NAME], two[NAME];
	struct stat now, kept;
	bool any;
	int err;

	file_name(s, 0, zero);
	file_name(s, 1, one);
	file_name(s, 2, two);
	if (fstatat(s->dir, zero, &now, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	any = !fstatat(s->dir, one, &kept, AT_SYMLINK_NOFOLLOW);
	if (any && kept.st_ino == now.st_ino)
		return 0;
	err = any ? rename_in(s, one, two) : 0;
	return err ? err : link_in(s, zero, one);
}

// A rename that may not have reached the disk is taken back: the operator is told that it failed.
static void put_back(struct store *s)
{
	char zero[NAME], one[NAME], name[NAME];
	struct stat kept;
	int err;

	file_name(s, 0, zero);
	file_name(s, 1, one);
	new_name(s, name);
	if (fstatat(s->dir, one, &kept, AT_SYMLINK_NOFOLLOW)) {
		err = remove_in(s, zero); // it was the first
	} else {
		(void)remove_in(s, name);
		err = link_in(s, one, name);
		if (!err)
			err = rename_in(s, name, zero);
	}
	if (err)
		log_error("%s: holds a change that was refused: %s", s->path, strerror(-err));
}

int store_take(struct store *s, struct why *why)
{
	char name[NAME], zero[NAME];
	bool taken = false;
	int err = keep_old(s);

	if (!err)
		err = rename_in(s, new_name(s, name), file_name(s, 0, zero));
	if (!err) {
		taken = true;
		err = sync_fd(s, s->dir);
	}
	if (!err)
		return 0;
	if (taken)
		put_back(s);
	else
		(void)remove_in(s, new_name(s, name));
	return why_set(why, err, "the new state cannot be put in force, nothing has changed",
		s->path, NULL, strerror(-err));
}

int store_undo_set(struct store *s, const struct state *state, struct why *why)
{
	char name[NAME], undo[NAME];
	int err = write_new(s, state);

	if (!err)
		err = rename_in(s, new_name(s, name), file_name(s, STORE_UNDO, undo));
	if (!err)
		err = sync_fd(s, s->dir);
	return err ? why_set(why, err, "what would come back cannot be kept", s->path, NULL,
			     strerror(-err))
		   : 0;
}

int store_undo_clear(struct store *s, struct why *why)
{
	char undo[NAME];
	int err = remove_in(s, file_name(s, STORE_UNDO, undo));

	if (!err)
		err = sync_fd(s, s->dir);
	return err ? why_set(why, err, "what would come back cannot be removed", s->path, NULL,
			     strerror(-err))
		   : 0;
}
