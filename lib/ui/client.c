#include "ui/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
	int err;
	const char *remedy;
} remedies[] = {
	{ENOENT, "a running daemon (systemctl start culvertd), or its socket's path with -s"},
	{ECONNREFUSED, "a running daemon (systemctl start culvertd)"},
	{EACCES, "root, or a member of the group culvert"},
};

static int connect_failed(const struct client *client, struct why *why)
{
	int err = errno;
	const char *remedy = "";

	for (unsigned int i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		remedy = remedies[i].err == err ? remedies[i].remedy : remedy;
	return why_set(why, -err, "cannot reach the daemon", client->path, remedy, strerror(err));
}

int client_connect(struct client *client, struct why *why)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int err;

	if (client->fd >= 0)
		return 0;
	if (!client->path)
		return why_set(why, -ENOTCONN, "the daemon has ended the conversation", "", "", "");
	if (strlen(client->path) >= sizeof(addr.sun_path))
		return why_set(why, -ENAMETOOLONG, "the path of a socket is too long", client->path,
			"", "");
	strcpy(addr.sun_path, client->path);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd >= 0 && !connect(client->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return 0;
	err = connect_failed(client, why);
	client_close(client);
	return err;
}

static int send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return -errno;
		if (sent > 0) {
			data += sent;
			len -= (size_t)sent;
		}
	}
	return 0;
}

// Some bytes, at least one. The request may be cancelled meanwhile; its reply still comes.
static int receive(struct client *client, char *dst, size_t size)
{
	for (;;) {
		ssize_t len;

		if (client->wait && client->wait(client->ctx, client->fd) == -EINTR) {
			int err = send_all(client->fd, "cancel\n", 7);

			if (err)
				return err;
		}
		len = recv(client->fd, dst, size, client->wait ? MSG_DONTWAIT : 0);
		if (len > 0)
			return (int)len;
		if (len == 0)
			return -ECONNRESET;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

// The head is read byte by byte, so that no byte of the body is taken with it.
static int receive_reply(struct client *client, struct client_reply *reply)
{
	char head[FRAME_HEAD] = "";
	size_t at = 0;
	int len;

	do {
		if (at == sizeof(head))
			return -EPROTO;
		len = receive(client, head + at, 1);
		if (len < 0)
			return len;
	} while (head[at++] != '\n');
	if (frame_line(head, at) < 0 || frame_head_read(head, &reply->status, &reply->len))
		return -EPROTO;
	reply->body = malloc(reply->len + 1);
	if (!reply->body)
		return -ENOMEM;
	for (at = 0; at < reply->len; at += (size_t)len) {
		size_t left = reply->len - at;

		len = receive(client, reply->body + at, left < 65536 ? left : 65536);
		if (len < 0)
			return len;
	}
	reply->body[at] = '\0';
	return 0;
}

int client_ask(struct client *client, enum frame_verb verb, const char *rest,
	struct client_reply *reply, struct why *why)
{
	char request[FRAME_REQUEST];
	int len = frame_request_show(verb, rest, request);
	int err;

	*reply = (struct client_reply){};
	if (len < 0)
		return why_set(why, len, "the line is too long", "", "", "");
	err = client_connect(client, why);
	if (err)
		return err;
	err = send_all(client->fd, request, (size_t)len);
	err = err ? err : receive_reply(client, reply);
	if (!err)
		return 0;
	free(reply->body);
	*reply = (struct client_reply){};
	client_close(client);
	return why_set(why, err, "the daemon has ended the conversation",
		client->path ? client->path : "", "", strerror(-err));
}

void client_close(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}
