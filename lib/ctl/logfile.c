#include "ctl/logfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utlist.h>

#include "base/log.h"
#include "base/mono.h"
#include "ctl/idmap.h"

enum { NAME = IDMAP_NAME + 8, FIRST = 512, MARK = 40, TELL_S = 3600 };

struct logfile {
	struct logfiles *all;
	struct logfile *prev, *next; // of those that have something to write
	char name[IDMAP_NAME];	     // of the file, without ".log"
	char *text;		     // NULL: nothing waits
	size_t len, size;
	unsigned int lines, left_out;
};

struct logfiles {
	char *directory, *user; // NULL: no files
	size_t limit;
	int fd;		   // of the directory; -1: not open
	bool may_write;	   // after the first flush
	mono_us_t told_at; // of the last message about a failure; 0: none
	uint64_t lost;
	struct logfile *waiting;
};

int logfiles_new(struct logfiles **files)
{
	*files = calloc(1, sizeof(**files));
	if (!*files)
		return -ENOMEM;
	(*files)->fd = -1;
	return 0;
}

static void close_directory(struct logfiles *files)
{
	if (files->fd >= 0)
		close(files->fd);
	files->fd = -1;
}

void logfiles_free(struct logfiles *files)
{
	if (!files)
		return;
	close_directory(files);
	free(files->directory);
	free(files->user);
	free(files);
}

static int open_directory(struct logfiles *files)
{
	const struct passwd *owner = NULL;
	bool made = !mkdir(files->directory, 0750);

	if (!made && errno != EEXIST)
		return -errno;
	files->fd = open(files->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (files->fd < 0)
		return -errno;
	// Not one that was there: it may be a directory of the system.
	if (made && !geteuid())
		owner = getpwnam(files->user);
	return owner && fchown(files->fd, owner->pw_uid, owner->pw_gid) ? -errno : 0;
}

static void failed(struct logfiles *files, const char *name, int err)
{
	mono_us_t now = mono_now();

	if (files->told_at && now - files->told_at < MONO_S(TELL_S))
		return;
	files->told_at = now;
	log_warning("logbook: cannot write %s/%s: %s; %llu lines lost since the start",
		files->directory, name, strerror(-err), (unsigned long long)files->lost);
}

static int open_file(const struct logfiles *files, const char *name, off_t *size)
{
	// Whoever may write in the directory is not to lead us elsewhere, nor to make us wait.
	int fd = openat(files->fd, name,
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	if (err) {
		close(fd);
		return err;
	}
	*size = st.st_size;
	return fd;
}

static int open_rotated(const struct logfiles *files, const char *name, size_t more)
{
	char old[NAME + 2];
	off_t size;
	int fd = open_file(files, name, &size);

	if (fd < 0 || !size || (size_t)size + more <= files->limit)
		return fd;
	close(fd);
	snprintf(old, sizeof(old), "%s.1", name);
	if (renameat(files->fd, name, files->fd, old))
		return -errno;
	return open_file(files, name, &size);
}

static int write_text(struct logfiles *files, const struct logfile *file, const char *name)
{
	ssize_t n;
	int fd, err = files->fd < 0 ? open_directory(files) : 0;

	if (err)
		return err;
	fd = open_rotated(files, name, file->len);
	if (fd < 0)
		return fd;
	n = write(fd, file->text, file->len);
	err = n < 0 ? -errno : (size_t)n < file->len ? -ENOSPC : 0;
	close(fd);
	return err;
}

static void forget(struct logfile *file)
{
	DL_DELETE(file->all->waiting, file);
	free(file->text);
	file->text = NULL;
	file->len = file->size = 0;
	file->lines = file->left_out = 0;
}

static void flush(struct logfile *file)
{
	struct logfiles *files = file->all;
	char name[NAME];
	int err;

	snprintf(name, sizeof(name), "%s.log", file->name);
	files->lost += file->left_out;
	if (file->left_out)
		file->len += (size_t)snprintf(
			file->text + file->len, MARK, "(%u lines left out)\n", file->left_out);
	err = write_text(files, file, name);
	if (err) {
		files->lost += file->lines;
		failed(files, name, err);
		// It may have been removed, and be there again the next time.
		close_directory(files);
	}
	forget(file);
}

static void flush_all(struct logfiles *files)
{
	struct logfile *file, *next;

	DL_FOREACH_SAFE(files->waiting, file, next)
	flush(file);
}

void logfiles_flush(struct logfiles *files)
{
	files->may_write = true;
	flush_all(files);
}

uint64_t logfiles_lost(const struct logfiles *files)
{
	return files->lost;
}

void logfiles_set(struct logfiles *files, const char *directory, size_t limit, const char *user)
{
	int err;

	files->limit = limit;
	if (files->directory && !strcmp(files->directory, directory))
		return;
	flush_all(files);
	close_directory(files);
	free(files->directory);
	free(files->user);
	files->directory = *directory ? strdup(directory) : NULL;
	files->user = strdup(user);
	files->told_at = 0;
	if (!*directory)
		return;
	err = files->directory && files->user ? open_directory(files) : -ENOMEM;
	if (err)
		log_warning("logbook: cannot open %s: %s", directory, strerror(-err));
}

static struct logfile *file_new(struct logfiles *files, const char *name)
{
	struct logfile *file = calloc(1, sizeof(*file));

	if (!file)
		return NULL;
	file->all = files;
	snprintf(file->name, sizeof(file->name), "%s", name);
	for (char *c = file->name; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '_';
	}
	return file;
}

static bool make_room(struct logfile *file, size_t len)
{
	size_t size = file->size ? file->size : FIRST;
	char *text;

	while (size < file->len + len + MARK)
		size *= 2;
	if (size > LOGFILE_WAITING)
		return false;
	if (size == file->size)
		return true;
	text = realloc(file->text, size);
	if (!text)
		return false;
	if (!file->text)
		DL_APPEND(file->all->waiting, file);
	file->text = text;
	file->size = size;
	return true;
}

void logfile_add(struct logfiles *files, struct logfile **file, const char *name, const char *line)
{
	size_t len = strlen(line) + 1;

	if (!files->directory)
		return;
	if (!*file)
		*file = file_new(files, name);
	if (!*file || !make_room(*file, len)) {
		if (*file && (*file)->text)
			(*file)->left_out++;
		else
			files->lost++;
		return;
	}
	// A peer may have put in what makes two lines of one, or speaks to the reader's terminal.
	for (const char *c = line; *c; c++)
		(*file)->text[(*file)->len++] = isprint((unsigned char)*c) ? *c : '?';
	(*file)->text[(*file)->len++] = '\n';
	(*file)->lines++;
}

void logfile_free(struct logfile *file)
{
	if (!file)
		return;
	if (file->text && file->all->may_write)
		flush(file);
	else if (file->text)
		forget(file);
	free(file);
}
