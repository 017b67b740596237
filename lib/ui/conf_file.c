#include "ui/conf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"

enum { KEY_MAX = 256 };

static int read_all(int fd, char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		ssize_t n = read(fd, text + at, len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO; // shorter than it said: being written just now
		at += (size_t)n;
	}
	return 0;
}

int conf_file_read(const char *name, struct conf_file *f)
{
	struct stat st;
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err = 0;

	*f = (struct conf_file){};
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	else if (st.st_size > CONF_FILE_MAX)
		err = -EFBIG;
	if (err)
		goto close_fd;
	f->len = (size_t)st.st_size;
	f->others = st.st_mode & S_IROTH;
	f->text = malloc(f->len + 1);
	err = f->text ? read_all(fd, f->text, f->len) : -ENOMEM;
	if (err)
		conf_file_fini(f);
close_fd:
	close(fd);
	return err;
}

void conf_file_fini(struct conf_file *f)
{
	if (f->text)
		wipe(f->text, f->len);
	free(f->text);
	*f = (struct conf_file){};
}

static int take_key(struct model_tunnel *tunnel, const struct conf_file *f,
	const struct path *where, struct report *report)
{
	size_t len = f->len;

	if (len && f->text[len - 1] == '\n')
		len--;
	if (f->others)
		report_warn(report, "not-private", where, "everybody may read the pre-shared key",
			"mode 0600 or 0640", tunnel->pre_shared_key_file);
	if (!len || len > KEY_MAX) {
		report_add(report, "bad-value", where, "too short or too long a pre-shared key",
			"1 to 256 bytes", NULL);
		return 0;
	}
	return secret_copy(&tunnel->pre_shared_key, f->text, len);
}

static int read_key(struct model_tunnel *tunnel, const char *dir, const struct path *parent,
	struct report *report)
{
	const struct path where = path_leaf(parent, "pre_shared_key_file");
	const char *name = tunnel->pre_shared_key_file;
	char full[PATH_MAX];
	struct conf_file f;
	int err;

	if (tunnel->pre_shared_key.len) {
		report_add(report, "two-secrets", &where, "a pre-shared key is given twice",
			"pre_shared_key or pre_shared_key_file", "both");
		return 0;
	}
	snprintf(full, sizeof(full), "%s%s%s", *name == '/' ? "" : dir, *name == '/' ? "" : "/",
		name);
	err = conf_file_read(full, &f);
	if (err == -ENOMEM)
		return err;
	if (err) {
		struct complaint *c = report_add(report, "unreadable", &where,
			"the pre-shared key cannot be read", NULL, NULL);

		if (c)
			why_fmt(&c->why, got, "%.100s: %s", full, strerror(-err));
		return 0;
	}
	err = take_key(tunnel, &f, &where, report);
	conf_file_fini(&f);
	return err;
}

int conf_file_secrets(struct model *m, const char *dir, struct report *report)
{
	const struct path root = {"connections"};

	for (size_t i = 0; i < m->connections.n; i++) {
		struct model_connection *connection = &m->connections.v[i];
		const struct path at = path_at(&root, i), tunnels = path_leaf(&at, "tunnels");

		for (size_t j = 0; j < connection->tunnels.n; j++) {
			struct model_tunnel *tunnel = &connection->tunnels.v[j];
			const struct path where = path_at(&tunnels, j);
			int err;

			if (!*tunnel->pre_shared_key_file)
				continue;
			err = read_key(tunnel, dir, &where, report);
			if (err)
				return err;
		}
	}
	return 0;
}

void conf_file_private(const struct conf_file *f, const struct model *m, struct report *report)
{
	const struct path whole = {};

	if (!f->others)
		return;
	for (size_t i = 0; i < m->connections.n; i++) {
		const struct model_connection *connection = &m->connections.v[i];

		for (size_t j = 0; j < connection->tunnels.n; j++) {
			const struct model_tunnel *tunnel = &connection->tunnels.v[j];

			if (!tunnel->pre_shared_key.len || *tunnel->pre_shared_key_file)
				continue;
			report_warn(report, "not-private", &whole,
				"everybody may read the pre-shared keys in it", "mode 0600 or 0640",
				NULL);
			return;
		}
	}
}
