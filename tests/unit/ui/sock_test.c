#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/loop.h"
#include "ui/fake.h"
#include "ui/sock.h"

struct lab {
	char dir[32], path[64];
	struct loop *loop;
	struct sock *sock;
	struct loop_timer *stop;
};

static void on_stop(void *ctx)
{
	loop_stop(ctx);
}

static void lab_open(struct lab *lab)
{
	struct sock_conf conf;

	*lab = (struct lab){.dir = "/tmp/culvert-sock-XXXXXX"};
	assert_non_null(mkdtemp(lab->dir));
	snprintf(lab->path, sizeof(lab->path), "%s/run/sock", lab->dir);
	assert_int_equal(loop_new(&lab->loop), 0);
	lab->stop = loop_timer_new(lab->loop, on_stop, lab->loop);
	conf = (struct sock_conf){.loop = lab->loop,
		.grammar = fake_grammar(),
		.path = lab->path,
		.group = getegid()};
	assert_int_equal(sock_open(&conf, &lab->sock, NULL), 0);
	fake_begun = fake_cancelled = 0;
}

static void lab_close(struct lab *lab)
{
	char run[64];

	snprintf(run, sizeof(run), "%s/run", lab->dir);
	sock_close(lab->sock);
	loop_timer_free(lab->stop);
	loop_free(lab->loop);
	assert_int_equal(rmdir(run), 0); // so the socket has gone as well
	assert_int_equal(rmdir(lab->dir), 0);
}

// Let the server do what there is to do.
static void turn(struct lab *lab)
{
	loop_timer_after(lab->stop, MONO_MS(20));
	loop_run(lab->loop);
}

static int dial(struct lab *lab)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, lab->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void hears(int fd, const char *text)
{
	char buf[4096] = "";

	assert_int_equal(read(fd, buf, sizeof(buf) - 1), strlen(text));
	assert_string_equal(buf, text);
}

static void sock_serves_many_clients(void **)
{
	struct lab lab;
	int fd[SOCK_CLIENTS];

	lab_open(&lab);
	for (unsigned int i = 0; i < SOCK_CLIENTS; i++) {
		fd[i] = dial(&lab);
		say(fd[i], "run trace 3 json\n");
		turn(&lab);
	}
	for (unsigned int i = 0; i < SOCK_CLIENTS; i++) {
		hears(fd[i], "ok 8\n[\n  3\n]\n");
		close(fd[i]);
	}
	lab_close(&lab);
}

static void sock_turns_away_one_too_many(void **)
{
	struct lab lab;
	int fd[SOCK_CLIENTS + 1];
	char byte;

	lab_open(&lab);
	for (unsigned int i = 0; i <= SOCK_CLIENTS; i++) {
		fd[i] = dial(&lab);
		turn(&lab);
	}
	assert_int_equal(read(fd[SOCK_CLIENTS], &byte, 1), 0);
	for (unsigned int i = 0; i <= SOCK_CLIENTS; i++)
		close(fd[i]);
	lab_close(&lab);
}

static void sock_is_open_to_the_group_only(void **)
{
	struct lab lab;
	struct stat st;

	lab_open(&lab);
	assert_int_equal(stat(lab.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	lab_close(&lab);
}

static void sock_slow_client_stops_nobody(void **)
{
	struct lab lab;
	int slow, quick;
	char buf[65536];
	ssize_t len;
	size_t total = 0;

	lab_open(&lab);
	slow = dial(&lab);
	quick = dial(&lab);
	say(slow, "run big 200000\nrun note x\n");
	turn(&lab);
	say(quick, "run note x\n");
	turn(&lab);
	hears(quick, "ok 0\n");
	for (unsigned int i = 0; i < 1000 && total < 1288902; i++) {
		while ((len = read(slow, buf, sizeof(buf))) > 0)
			total += (size_t)len;
		loop_timer_after(lab.stop, MONO_MS(1));
		loop_run(lab.loop);
	}
	// Both replies: "ok 1288890\n", the numbers up to 199999 a line each, "ok 0\n".
	assert_int_equal(total, 11 + 1288890 + 5);
	close(slow);
	close(quick);
	lab_close(&lab);
}

static void sock_cancels_for_a_client_that_has_gone(void **)
{
	struct lab lab;
	int fd;

	lab_open(&lab);
	fd = dial(&lab);
	say(fd, "run wait\n");
	turn(&lab);
	assert_int_equal(fake_begun, 1);
	close(fd);
	turn(&lab);
	assert_int_equal(fake_cancelled, 1);
	lab_close(&lab);
}

static void sock_refuses_a_place_that_is_taken(void **)
{
	struct lab lab;
	struct sock *second;
	struct sock_conf conf;
	struct why why;

	lab_open(&lab);
	conf = (struct sock_conf){.loop = lab.loop, .path = lab.path, .group = getegid()};
	assert_int_equal(sock_open(&conf, &second, &why), -EADDRINUSE);
	assert_string_equal(why.what, "another daemon answers on this socket");
	lab_close(&lab);
}

static void sock_replaces_what_a_dead_daemon_left(void **)
{
	struct lab lab;
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct sock_conf conf;
	int fd;

	lab_open(&lab);
	conf = (struct sock_conf){.loop = lab.loop, .path = lab.path, .group = getegid()};
	sock_close(lab.sock);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(addr.sun_path, lab.path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	assert_int_equal(sock_open(&conf, &lab.sock, NULL), 0);
	lab_close(&lab);
}

static void sock_adopts_a_pair(void **)
{
	struct lab lab;
	int pair[2];

	lab_open(&lab);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(sock_adopt(lab.sock, pair[0]), 0);
	say(pair[1], "run note x\n");
	turn(&lab);
	hears(pair[1], "ok 0\n");
	close(pair[1]);
	lab_close(&lab);
}

static void sock_says_who_asks(void **)
{
	struct lab lab;
	char uid[32];
	int fd;

	lab_open(&lab);
	fd = dial(&lab);
	say(fd, "run note x\n");
	turn(&lab);
	hears(fd, "ok 0\n");
	snprintf(uid, sizeof(uid), "(uid %u)", geteuid());
	assert_non_null(strstr(fake_who, uid));
	if (!geteuid())
		assert_string_equal(fake_who, "root (uid 0)");
	close(fd);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sock_serves_many_clients),
		cmocka_unit_test(sock_turns_away_one_too_many),
		cmocka_unit_test(sock_is_open_to_the_group_only),
		cmocka_unit_test(sock_slow_client_stops_nobody),
		cmocka_unit_test(sock_cancels_for_a_client_that_has_gone),
		cmocka_unit_test(sock_refuses_a_place_that_is_taken),
		cmocka_unit_test(sock_replaces_what_a_dead_daemon_left),
		cmocka_unit_test(sock_adopts_a_pair),
		cmocka_unit_test(sock_says_who_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
