#include "ctl/logfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/unit.h"

enum { LIMIT = 65536 };

struct fixture {
	char base[64], dir[80], path[128];
	struct logfiles *files;
	struct logfile *file;
};

static void init(struct fixture *f)
{
	*f = (struct fixture){};
	snprintf(f->base, sizeof(f->base), "/tmp/culvert-logfile.XXXXXX");
	assert_non_null(mkdtemp(f->base));
	snprintf(f->dir, sizeof(f->dir), "%s/logs", f->base);
	assert_int_equal(logfiles_new(&f->files), 0);
	logfiles_set(f->files, f->dir, LIMIT, "");
}

static const char *path(struct fixture *f, const char *name)
{
	snprintf(f->path, sizeof(f->path), "%s/%s", f->dir, name);
	return f->path;
}

static void fini(struct fixture *f)
{
	static const char *const names[] = {
		"hq_1.log", "hq_1.log.1", "other.log", "fifo.log", "link.log", ".._.._x.log", ""};

	logfile_free(f->file);
	logfiles_free(f->files);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)remove(path(f, names[i]));
	(void)remove(f->base);
	assert_int_equal(access(f->base, F_OK), -1); // nothing else was made
}

// The whole file; -1: none.
static long content(struct fixture *f, const char *name, char *dst, size_t size)
{
	int fd = open(path(f, name), O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, dst, size - 1);
	close(fd);
	assert_true(n >= 0);
	dst[n] = '\0';
	return n;
}

static void lines_are_there_after_a_flush_and_not_before(void **)
{
	struct fixture f;
	char text[256];
	struct stat st;

	init(&f);
	logfile_add(f.files, &f.file, "hq_1", "one");
	logfile_add(f.files, &f.file, "hq_1", "two");
	assert_int_equal(content(&f, "hq_1.log", text, sizeof(text)), -1);
	logfiles_flush(f.files);
	assert_true(content(&f, "hq_1.log", text, sizeof(text)) > 0);
	assert_string_equal(text, "one\ntwo\n");
	assert_int_equal(stat(path(&f, "hq_1.log"), &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0640, 0);
	assert_int_equal(stat(f.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0750, 0);
	logfile_add(f.files, &f.file, "hq_1", "three");
	logfile_free(f.file);
	f.file = NULL;
	assert_true(content(&f, "hq_1.log", text, sizeof(text)) > 0);
	assert_string_equal(text, "one\ntwo\nthree\n");
	assert_int_equal(logfiles_lost(f.files), 0);
	fini(&f);
}

static void nothing_is_made_before_the_first_flush(void **)
{
	struct fixture f;
	char text[16];

	init(&f);
	logfile_add(f.files, &f.file, "hq_1", "as root");
	logfile_free(f.file);
	f.file = NULL;
	assert_int_equal(content(&f, "hq_1.log", text, sizeof(text)), -1);
	fini(&f);
}

static void a_full_file_begins_again_once(void **)
{
	struct fixture f;
	char line[1001], text[2 * LIMIT];
	unsigned int n = 0;

	init(&f);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (unsigned int i = 0; i < 200; i++) {
		logfile_add(f.files, &f.file, "hq_1", line);
		logfiles_flush(f.files);
		assert_true(content(&f, "hq_1.log", text, sizeof(text)) <= LIMIT);
		n += content(&f, "hq_1.log", text, sizeof(text)) == 1001;
	}
	assert_int_equal(n, 4); // 65 lines each
	assert_int_equal(content(&f, "hq_1.log.1", text, sizeof(text)), 65 * 1001);
	assert_int_equal(content(&f, "hq_1.log", text, sizeof(text)), 5 * 1001);
	assert_int_equal(logfiles_lost(f.files), 0);
	fini(&f);
}

static void no_name_leaves_the_directory(void **)
{
	struct logfile *other = NULL;
	struct fixture f;
	char text[64];

	init(&f);
	logfile_add(f.files, &f.file, "../../x", "mine");
	logfile_add(f.files, &other, "hq/1", "yours");
	logfiles_flush(f.files);
	assert_true(content(&f, ".._.._x.log", text, sizeof(text)) > 0);
	assert_true(content(&f, "hq_1.log", text, sizeof(text)) > 0);
	logfile_free(other);
	fini(&f);
}

static void a_line_stays_one_line_without_controls(void **)
{
	struct fixture f;
	char text[64];

	init(&f);
	logfile_add(f.files, &f.file, "hq_1", "peer a\nfake\x1b[2J\x7f");
	logfiles_flush(f.files);
	assert_true(content(&f, "hq_1.log", text, sizeof(text)) > 0);
	assert_string_equal(text, "peer a?fake?[2J?\n");
	fini(&f);
}

static void links_and_pipes_are_not_followed(void **)
{
	struct logfile *link = NULL;
	struct fixture f;
	char target[128];

	init(&f);
	snprintf(target, sizeof(target), "%s/target", f.base);
	assert_int_equal(symlink(target, path(&f, "link.log")), 0);
	assert_int_equal(mkfifo(path(&f, "fifo.log"), 0600), 0);
	logfile_add(f.files, &f.file, "fifo", "one");
	logfile_add(f.files, &link, "link", "two");
	logfiles_flush(f.files);
	assert_int_equal(access(target, F_OK), -1);
	assert_int_equal(logfiles_lost(f.files), 2);
	logfile_free(link);
	fini(&f);
}

static void what_cannot_be_written_is_counted_and_comes_back(void **)
{
	struct fixture f;
	char text[64];

	init(&f);
	assert_int_equal(rmdir(f.dir), 0);
	for (unsigned int i = 0; i < 1000; i++)
		logfile_add(f.files, &f.file, "hq_1", "a line that is one of far too many in it");
	assert_int_equal(logfiles_lost(f.files), 0);
	logfiles_flush(f.files);
	assert_int_equal(logfiles_lost(f.files), 1000);
	// The directory is made again.
	logfile_add(f.files, &f.file, "hq_1", "here");
	logfiles_flush(f.files);
	assert_true(content(&f, "hq_1.log", text, sizeof(text)) > 0);
	assert_string_equal(text, "here\n");
	assert_int_equal(logfiles_lost(f.files), 1000);
	fini(&f);
}

static void a_flood_is_cut_and_says_so(void **)
{
	char text[LOGFILE_WAITING + 1], *end;
	struct fixture f;
	unsigned int n;

	init(&f);
	for (unsigned int i = 0; i < 1000; i++)
		logfile_add(f.files, &f.file, "hq_1", "a line that is one of far too many in it");
	logfiles_flush(f.files);
	assert_in_range(content(&f, "hq_1.log", text, sizeof(text)), LOGFILE_WAITING - 100,
		LOGFILE_WAITING);
	end = strstr(text, "\n(");
	assert_non_null(end);
	n = (unsigned int)strtoul(end + 2, NULL, 10);
	assert_int_equal(n, logfiles_lost(f.files));
	assert_int_equal((end + 1 - text) / 41 + n, 1000);
	fini(&f);
}

static void another_directory_holds_from_the_next_line_on(void **)
{
	struct fixture f;
	char text[64], other[80];

	init(&f);
	logfiles_flush(f.files);
	logfile_add(f.files, &f.file, "hq_1", "old");
	logfiles_set(f.files, f.base, LIMIT, "");
	logfile_add(f.files, &f.file, "hq_1", "new");
	logfiles_flush(f.files);
	assert_true(content(&f, "hq_1.log", text, sizeof(text)) > 0);
	assert_string_equal(text, "old\n");
	snprintf(other, sizeof(other), "%s/hq_1.log", f.base);
	assert_int_equal(remove(other), 0);
	logfiles_set(f.files, "", LIMIT, "");
	logfile_add(f.files, &f.file, "hq_1", "nowhere");
	logfiles_flush(f.files);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(logfiles_lost(f.files), 0);
	fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_there_after_a_flush_and_not_before),
		cmocka_unit_test(nothing_is_made_before_the_first_flush),
		cmocka_unit_test(a_full_file_begins_again_once),
		cmocka_unit_test(no_name_leaves_the_directory),
		cmocka_unit_test(a_line_stays_one_line_without_controls),
		cmocka_unit_test(links_and_pipes_are_not_followed),
		cmocka_unit_test(what_cannot_be_written_is_counted_and_comes_back),
		cmocka_unit_test(a_flood_is_cut_and_says_so),
		cmocka_unit_test(another_directory_holds_from_the_next_line_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
