#include "terminal.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "ctl/loop.h"
#include "ui/shell.h"
#include "ui/sock.h"

struct terminal {
	pthread_t thread;
	struct client client;
	struct loop *loop;
	struct loop_watch *watch;
	int done[2]; // a byte comes when the operator has quit
	struct termios before;
	bool is_terminal;
};

static void *run(void *arg)
{
	struct terminal *t = arg;

	(void)shell_run(&t->client, NULL);
	client_close(&t->client);
	(void)!write(t->done[1], "", 1);
	return NULL;
}

static void on_done(void *ctx, int)
{
	loop_stop(((struct terminal *)ctx)->loop);
}

int terminal_start(
	struct loop *loop, struct sock *sock, struct terminal **terminal, struct why *why)
{
	struct terminal *t = calloc(1, sizeof(*t));
	int pair[2], err;

	if (!t)
		return -ENOMEM;
	t->loop = loop;
	t->is_terminal = !tcgetattr(STDIN_FILENO, &t->before);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		err = -errno;
		goto free_t;
	}
	if (pipe(t->done)) {
		err = -errno;
		goto close_pair;
	}
	t->client.fd = pair[0];
	t->watch = loop_read(loop, t->done[0], on_done, t);
	err = t->watch ? sock_adopt(sock, pair[1]) : -ENOMEM;
	if (err)
		goto close_done;
	err = -pthread_create(&t->thread, NULL, run, t);
	if (err) {
		close(pair[0]); // the server closes its end
		pair[1] = -1;
		goto close_done;
	}
	*terminal = t;
	return 0;

close_done:
	loop_unwatch(t->watch);
	close(t->done[0]);
	close(t->done[1]);
close_pair:
	close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
free_t:
	free(t);
	return why_set(why, err, "cannot start the shell", "-i", NULL, strerror(-err));
}

void terminal_stop(struct terminal *t)
{
	if (!t)
		return;
	// It may be waiting for the operator, with the terminal in its editing mode.
	pthread_cancel(t->thread);
	pthread_join(t->thread, NULL);
	if (t->is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	loop_unwatch(t->watch);
	close(t->done[0]);
	close(t->done[1]);
	free(t);
}
