// A daemon for tests of the shell: the real socket server over a small action table.
//
// usage: shell-server SOCKET     or: shell-server -i   (a shell within, as culvertd -i has)
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/loop.h"
#include "ui/fake.h"
#include "ui/shell.h"
#include "ui/sock.h"

static void on_signal(void *ctx, int)
{
	loop_stop(ctx);
}

static void *shell_thread(void *arg)
{
	struct client client = {.fd = *(int *)arg};

	shell_run(&client, NULL);
	kill(getpid(), SIGTERM);
	return NULL;
}

int main(int argc, char **argv)
{
	bool inside = argc == 2 && !strcmp(argv[1], "-i");
	struct loop_watch *watch;
	struct sock_conf conf;
	struct sock *sock;
	struct why why;
	char text[600];
	int pair[2];
	pthread_t thread;

	if (argc != 2 || loop_new(&conf.loop))
		return 2;
	conf.grammar = fake_grammar();
	conf.path = inside ? NULL : argv[1];
	conf.group = getegid();
	if (sock_open(&conf, &sock, &why)) {
		fprintf(stderr, "%s\n", why_show(&why, text, sizeof(text)));
		return 1;
	}
	watch = loop_signal(conf.loop, SIGTERM, on_signal, conf.loop);
	if (inside && (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || sock_adopt(sock, pair[0]) ||
			      pthread_create(&thread, NULL, shell_thread, &pair[1])))
		return 1;
	loop_run(conf.loop);
	if (inside)
		pthread_join(thread, NULL);
	sock_close(sock);
	loop_unwatch(watch);
	loop_free(conf.loop);
	return 0;
}
