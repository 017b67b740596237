#include "ui/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "ctl/loop.h"
#include "ui/talk.h"

struct sock_client {
	LIST_ENTRY(sock_client) entry;
	struct sock *sock;
	int fd;
	struct loop_watch *reads, *writes; // NULL: not watched
	struct talk talk;
};

struct sock {
	struct sock_conf conf;
	int fd; // -1: none
	struct loop_watch *accepts;
	struct sockaddr_un addr;
	LIST_HEAD(sock_clients, sock_client) clients;
	unsigned int n;
};

static void client_free(struct sock_client *client)
{
	loop_unwatch(client->reads);
	loop_unwatch(client->writes);
	LIST_REMOVE(client, entry);
	client->sock->n--;
	close(client->fd);
	talk_fini(&client->talk);
	free(client);
}

// Send what there is, as far as it goes. returns 0 or -errno: the peer has gone
static int send_pending(struct sock_client *client)
{
	struct iovec part[2];
	struct msghdr msg = {.msg_iov = part};

	while ((msg.msg_iovlen = (size_t)talk_pending(&client->talk, part)) > 0) {
		ssize_t len = sendmsg(client->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (len < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		talk_sent(&client->talk, (size_t)len);
	}
	return 0;
}

static void on_client(void *ctx, int fd);

// Watch or stop watching. returns whether it is as wanted: memory may be short
static bool want(struct sock_client *client, struct loop_watch **watch, bool on,
	struct loop_watch *(*begin)(
		struct loop *loop, int fd, void (*fn)(void *ctx, int fd), void *ctx))
{
	if (on && !*watch)
		*watch = begin(client->sock->conf.loop, client->fd, on_client, client);
	if (!on && *watch) {
		loop_unwatch(*watch);
		*watch = NULL;
	}
	return on == (*watch != NULL);
}

// After every event: send, then wait for what can happen next. May free the client.
static void settle(struct sock_client *client)
{
	struct iovec part[2];
	size_t room;
	int err = send_pending(client);

	(void)talk_room(&client->talk, &room);
	if (err || talk_over(&client->talk) || !want(client, &client->reads, room > 0, loop_read) ||
		!want(client, &client->writes, talk_pending(&client->talk, part) > 0, loop_write))
		client_free(client);
}

// Readable or writable: try both, none blocks.
static void on_client(void *ctx, int fd)
{
	struct sock_client *client = ctx;
	size_t room;
	char *to = talk_room(&client->talk, &room);
	ssize_t len = room ? recv(fd, to, room, MSG_DONTWAIT) : 0;

	if (room && (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))) {
		client_free(client);
		return;
	}
	if (len > 0)
		talk_received(&client->talk, (size_t)len);
	settle(client);
}

static void on_talk(struct talk *talk)
{
	settle((struct sock_client *)((char *)talk - offsetof(struct sock_client, talk)));
}

// The name of a user as this machine's own file has it: others may keep us waiting.
static void user_name(uid_t uid, char dst[static TALK_WHO / 2])
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw;

	*dst = 0;
	while (file && (pw = fgetpwent(file)) != NULL) {
		if (pw->pw_uid != uid)
			continue;
		snprintf(dst, TALK_WHO / 2, "%s ", pw->pw_name);
		break;
	}
	if (file)
		fclose(file);
}

static void who_is(int fd, char dst[static TALK_WHO])
{
	char name[TALK_WHO / 2];
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len)) {
		strcpy(dst, "somebody");
		return;
	}
	user_name(cred.uid, name);
	snprintf(dst, TALK_WHO, "%s(uid %u)", name, cred.uid);
}

int sock_adopt(struct sock *sock, int fd)
{
	struct sock_client *client;
	char who[TALK_WHO];

	if (sock->n == SOCK_CLIENTS)
		return -EMFILE;
	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	client->sock = sock;
	client->fd = fd;
	client->reads = loop_read(sock->conf.loop, fd, on_client, client);
	if (!client->reads) {
		free(client);
		return -ENOMEM;
	}
	who_is(fd, who);
	talk_init(&client->talk, &sock->conf.grammar, who, on_talk);
	LIST_INSERT_HEAD(&sock->clients, client, entry);
	sock->n++;
	return 0;
}

// Whether the peer is root, our own user, or in the group, be it by a supplementary one.
static bool may_connect(const struct sock *sock, int fd)
{
	gid_t groups[256];
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return false;
	if (cred.uid == 0 || cred.uid == geteuid() || cred.gid == sock->conf.group)
		return true;
	len = sizeof(groups);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len))
		return false;
	for (unsigned int i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == sock->conf.group)
			return true;
	return false;
}

static void on_accept(void *ctx, int listening)
{
	struct sock *sock = ctx;
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (!may_connect(sock, fd)) {
		log_warning("shell: a user who is neither root nor in the group was refused");
		close(fd);
	} else if (sock_adopt(sock, fd)) {
		log_warning("shell: more than %d clients, one was turned away", SOCK_CLIENTS);
		close(fd);
	}
}

// Make way for bind: the directory, and a socket that nobody listens on any more.
static int clear_path(const struct sockaddr_un *addr, struct why *why)
{
	char copy[sizeof(addr->sun_path)];
	struct stat st;
	int fd, err;

	strcpy(copy, addr->sun_path);
	if (mkdir(dirname(copy), 0755) && errno != EEXIST)
		return why_set(why, -errno, "cannot make the directory of the socket",
			addr->sun_path, "", strerror(errno));
	if (lstat(addr->sun_path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return why_set(why, -EEXIST, "there is a file in the place of the socket",
			addr->sun_path, "", "");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	err = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (err != ECONNREFUSED && err != ENOENT)
		return why_set(why, -EADDRINUSE, "another daemon answers on this socket",
			addr->sun_path, "", "");
	if (unlink(addr->sun_path) && errno != ENOENT)
		return why_set(why, -errno, "cannot remove the old socket", addr->sun_path, "",
			strerror(errno));
	return 0;
}

static int listen_at(struct sock *sock, struct why *why)
{
	int err;

	if (strlen(sock->conf.path) >= sizeof(sock->addr.sun_path))
		return why_set(why, -ENAMETOOLONG, "the path of a socket is too long",
			sock->conf.path, "", "");
	sock->addr.sun_family = AF_UNIX;
	strcpy(sock->addr.sun_path, sock->conf.path);
	err = clear_path(&sock->addr, why);
	if (err)
		return err;
	sock->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	// The mode set before bind is the mode of the file: ours alone until the group is right.
	if (sock->fd < 0 || fchmod(sock->fd, 0600) ||
		bind(sock->fd, (const struct sockaddr *)&sock->addr, sizeof(sock->addr)))
		goto fail;
	if (chown(sock->conf.path, (uid_t)-1, sock->conf.group) || chmod(sock->conf.path, 0660))
		goto fail;
	if (listen(sock->fd, SOMAXCONN))
		goto fail;
	sock->accepts = loop_read(sock->conf.loop, sock->fd, on_accept, sock);
	if (sock->accepts)
		return 0;
	errno = ENOMEM;
fail:
	return why_set(
		why, -errno, "cannot listen on the socket", sock->conf.path, "", strerror(errno));
}

int sock_open(const struct sock_conf *conf, struct sock **sock, struct why *why)
{
	struct sock *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->conf = *conf;
	s->fd = -1;
	LIST_INIT(&s->clients);
	err = conf->path ? listen_at(s, why) : 0;
	if (err) {
		if (s->fd >= 0)
			close(s->fd);
		free(s);
		return err;
	}
	*sock = s;
	return 0;
}

void sock_close(struct sock *sock)
{
	struct sock_client *client;

	if (!sock)
		return;
	while ((client = LIST_FIRST(&sock->clients)))
		client_free(client);
	if (sock->fd >= 0) {
		loop_unwatch(sock->accepts);
		close(sock->fd);
		unlink(sock->addr.sun_path);
	}
	free(sock);
}
