#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ui/client.h"
#include "ui/line.h"

// A daemon that has answered before it was asked: a socketpair with the reply in it.
static struct client client_with(const char *replies, int *daemon)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[0], replies, strlen(replies)), strlen(replies));
	shutdown(pair[0], SHUT_WR);
	*daemon = pair[0];
	return (struct client){.fd = pair[1]};
}

static void client_ask_reads_replies_one_by_one(void **)
{
	int daemon;
	struct client client = client_with("ok 3\nabcfailed 0\n", &daemon);
	struct client_reply reply;
	char sent[64] = "";

	assert_int_equal(client_ask(&client, FRAME_RUN, "show version", &reply, NULL), 0);
	assert_int_equal(reply.status, FRAME_OK);
	assert_string_equal(reply.body, "abc");
	free(reply.body);
	assert_int_equal(client_ask(&client, FRAME_HELP, "", &reply, NULL), 0);
	assert_int_equal(reply.status, FRAME_FAILED);
	assert_int_equal(reply.len, 0);
	free(reply.body);
	assert_true(read(daemon, sent, sizeof(sent) - 1) > 0);
	assert_string_equal(sent, "run show version\nhelp \n");
	client_close(&client);
	close(daemon);
}

static void client_ask_refuses_what_is_no_reply(void **)
{
	static const char *const bad[] = {"", "ok", "ok 3\nab", "fine 3\nabc", "ok three\n",
		"a head that is much longer than any head of ours may be\n"};

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int daemon;
		struct client client = client_with(bad[i], &daemon);
		struct client_reply reply;

		assert_true(client_ask(&client, FRAME_RUN, "x", &reply, NULL) < 0);
		assert_int_equal(client.fd, -1);
		assert_null(reply.body);
		close(daemon);
	}
}

static void client_ask_never_sends_two_lines(void **)
{
	int daemon;
	struct client client = client_with("", &daemon);
	struct client_reply reply;

	assert_int_equal(client_ask(&client, FRAME_RUN, "a\nrun b", &reply, NULL), -EINVAL);
	client_close(&client);
	close(daemon);
}

static bool say_yes(void *ctx, const char *what)
{
	assert_string_equal(what, "this deletes it");
	*(unsigned int *)ctx += 1;
	return true;
}

static bool say_no(void *ctx, const char *)
{
	*(unsigned int *)ctx += 1;
	return false;
}

// on a terminal the operator is asked, in a script the line has to say it.
static void a_line_that_asks_needs_a_yes(void **)
{
	static const struct {
		bool (*ask)(void *ctx, const char *what);
		enum line_end end;
		const char *sent, *said;
		unsigned int asked;
	} rows[] = {
		{NULL, LINE_FAILED, "run delete x\n", "this deletes it: needs --yes\n", 0},
		{say_no, LINE_FAILED, "run delete x\n", "", 1},
		{say_yes, LINE_OK, "run delete x\nrun delete x --yes\n", "", 1},
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int daemon;
		struct client client = client_with("ask 16\nthis deletes it\nok 0\n", &daemon);
		char sent[64] = "", *said = NULL;
		unsigned int asked = 0;
		size_t len;
		FILE *err = open_memstream(&said, &len);

		client.ask = rows[i].ask;
		client.ctx = &asked;
		assert_int_equal(line_run(&client, "delete x", false, err, err), rows[i].end);
		fclose(err);
		assert_true(read(daemon, sent, sizeof(sent) - 1) > 0);
		assert_string_equal(sent, rows[i].sent);
		assert_string_equal(said, rows[i].said);
		assert_int_equal(asked, rows[i].asked);
		free(said);
		client_close(&client);
		close(daemon);
	}
}

static void a_history_asks_the_daemon_about_values(void **)
{
	int daemon;
	struct client client = client_with("ok 15\nmake psk=<set> \nok 0\n", &daemon);
	char kept[SPLIT_LINE], sent[64] = "";

	assert_true(line_for_history(&client, "show tunnels\n", kept));
	assert_string_equal(kept, "show tunnels");
	assert_true(line_for_history(&client, "make psk=x\n", kept));
	assert_string_equal(kept, "make psk=<set> ");
	assert_false(line_for_history(&client, "make 'psk=x\n", kept));
	assert_false(line_for_history(&client, " \n", kept));
	assert_true(read(daemon, sent, sizeof(sent) - 1) > 0);
	assert_string_equal(sent, "history make psk=x\nhistory make 'psk=x\n");
	client_close(&client);
	close(daemon);
}

static int give_up(void *ctx, int)
{
	unsigned int *calls = ctx;

	return (*calls)++ ? 0 : -EINTR;
}

static void client_ask_cancels_when_told_to(void **)
{
	int daemon;
	struct client client = client_with("failed 12\ninterrupted\n", &daemon);
	struct client_reply reply;
	unsigned int calls = 0;
	char sent[64] = "";

	client.wait = give_up;
	client.ctx = &calls;
	assert_int_equal(client_ask(&client, FRAME_RUN, "wait", &reply, NULL), 0);
	assert_string_equal(reply.body, "interrupted\n");
	free(reply.body);
	assert_true(read(daemon, sent, sizeof(sent) - 1) > 0);
	assert_string_equal(sent, "run wait\ncancel\n");
	client_close(&client);
	close(daemon);
}

static void client_connect_names_the_remedy(void **)
{
	struct client client = {.fd = -1, .path = "/nonexistent/culvert"};
	struct why why;

	assert_int_equal(client_connect(&client, &why), -ENOENT);
	assert_non_null(strstr(why.expected, "systemctl start culvertd"));
}

static const struct {
	const char *line, *reply, *sent;
	bool json;
	enum line_end end;
	const char *out, *err;
} rows[] = {
	{"", "", "", false, LINE_OK, "", ""},
	{"  # note", "", "", false, LINE_OK, "", ""},
	{" quit \n", "", "", false, LINE_QUIT, "", ""},
	{"exit", "", "", false, LINE_QUIT, "", ""},
	{" show x \r\n", "ok 2\nx\n", "run show x\n", false, LINE_OK, "x\n", ""},
	{"show x", "ok 2\n1\n", "json show x\n", true, LINE_OK, "1\n", ""},
	{"quit now", "usage 3\nno\n", "run quit now\n", false, LINE_USAGE, "", "no\n"},
	{"x", "failed 4\nbad\n", "run x\n", false, LINE_FAILED, "", "bad\n"},
	{"help show", "ok 2\nh\n", "help show\n", true, LINE_OK, "h\n", ""},
	{"helpless", "usage 2\n?\n", "run helpless\n", false, LINE_USAGE, "", "?\n"},
	{"sh ?", "ok 17\n3\nab\tone\n\ttwo\nc\t\n", "complete sh \n", false, LINE_OK,
		"  ab  one\n      two\n  c\n", ""},
	{"note \\?", "ok 0\n", "run note \\?\n", false, LINE_OK, "", ""},
};

static void line_run_carries_lines_and_ends(void **)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int daemon;
		struct client client = client_with(rows[i].reply, &daemon);
		char *out_text, *err_text, sent[64] = "";
		size_t out_len, err_len;
		FILE *out = open_memstream(&out_text, &out_len);
		FILE *err = open_memstream(&err_text, &err_len);

		assert_non_null(out);
		assert_non_null(err);
		assert_int_equal(
			line_run(&client, rows[i].line, rows[i].json, out, err), rows[i].end);
		fclose(out);
		fclose(err);
		assert_string_equal(out_text, rows[i].out);
		assert_string_equal(err_text, rows[i].err);
		client_close(&client);
		assert_true(read(daemon, sent, sizeof(sent) - 1) >= 0);
		assert_string_equal(sent, rows[i].sent);
		free(out_text);
		free(err_text);
		close(daemon);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_ask_reads_replies_one_by_one),
		cmocka_unit_test(client_ask_refuses_what_is_no_reply),
		cmocka_unit_test(client_ask_never_sends_two_lines),
		cmocka_unit_test(a_line_that_asks_needs_a_yes),
		cmocka_unit_test(a_history_asks_the_daemon_about_values),
		cmocka_unit_test(client_ask_cancels_when_told_to),
		cmocka_unit_test(client_connect_names_the_remedy),
		cmocka_unit_test(line_run_carries_lines_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
