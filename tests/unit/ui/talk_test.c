#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/fake.h"
#include "ui/talk.h"

static unsigned int woken;

static void wake(struct talk *)
{
	woken++;
}

static struct grammar grammar;

static void begin(struct talk *talk)
{
	grammar = fake_grammar();
	woken = fake_begun = fake_cancelled = 0;
	talk_init(talk, &grammar, "somebody", wake);
}

static void say(struct talk *talk, const char *text, size_t len)
{
	size_t room;
	char *to = talk_room(talk, &room);

	assert_true(len <= room);
	memcpy(to, text, len);
	talk_received(talk, len);
}

// Take step bytes at a time of what is to be sent; all of it to heard.
static void hear(struct talk *talk, size_t step, char *heard, size_t size)
{
	struct iovec part[2];
	size_t at = 0;

	while (talk_pending(talk, part)) {
		const struct iovec *first = part[0].iov_len ? &part[0] : &part[1];
		size_t len = first->iov_len < step ? first->iov_len : step;

		assert_true(at + len < size);
		memcpy(heard + at, first->iov_base, len);
		at += len;
		talk_sent(talk, len);
	}
	heard[at] = '\0';
}

static const struct {
	const char *say, *hear;
} rows[] = {
	{"run note x\n", "ok 0\n"},
	{"run show version\n", "ok 30\nversion: 1.2.3\nuptime:  1h02m\n"},
	{"json trace 7\n", "ok 8\n[\n  7\n]\n"},
	{"run trace 7 json\n", "ok 8\n[\n  7\n]\n"},
	{"json note x\n", "ok 5\nnull\n"},
	{"run tunnel up x\n",
		"failed 73\ntunnel up: no such tunnel: expected paris-1, paris-2, rome-1, got x\n"},
	{"run\n", "usage 87\nthe command is incomplete: expected show, tunnel, trace, clear, note, "
		  "wait, big\n"},
	{"complete show ve\n", "ok 22\n5\nversion\twho answers\n"},
	{"complete note \n", "ok 17\n5\n\twhat to write\n"},
	{"help show v\n", "ok 36\n  show version [json]  who answers\n"},
	{"help x\n",
		"usage 85\nno such command: expected show, tunnel, trace, clear, note, wait, big, "
		"got x\n"},
	{"cancel\nrun note x\n", "ok 0\n"},
};

static void talk_answers_each_request(void **)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk talk;
		char heard[4096];
		const char *text;

		begin(&talk);
		say(&talk, rows[i].say, strlen(rows[i].say));
		hear(&talk, 1000, heard, sizeof(heard));
		// The lengths in the table are for the eye; they must be what follows.
		text = strchr(rows[i].hear, '\n') + 1;
		assert_string_equal(strchr(heard, '\n') + 1, text);
		assert_int_equal(strtoul(strchr(heard, ' '), NULL, 10), strlen(text));
		assert_int_equal(strcspn(heard, " "), strcspn(rows[i].hear, " "));
		assert_false(talk_over(&talk));
		talk_fini(&talk);
	}
}

static void talk_takes_bytes_as_they_come(void **)
{
	static const char text[] = "run note x\nrun trace 5 json\n";
	struct talk talk;
	char heard[64];

	begin(&talk);
	for (const char *p = text; *p; p++)
		say(&talk, p, 1);
	hear(&talk, 1, heard, sizeof(heard));
	assert_string_equal(heard, "ok 0\nok 8\n[\n  5\n]\n");
	talk_fini(&talk);
}

static void talk_runs_one_request_at_a_time(void **)
{
	struct talk talk;
	char heard[64];

	begin(&talk);
	say(&talk, "run wait\nrun wait\n", 18);
	assert_int_equal(fake_begun, 1);
	hear(&talk, 1000, heard, sizeof(heard));
	assert_string_equal(heard, "");
	talk_fini(&talk);
	assert_int_equal(fake_cancelled, 1);
}

static void talk_cancels_what_runs(void **)
{
	struct talk talk;
	char heard[64];

	begin(&talk);
	say(&talk, "run wait\n", 9);
	say(&talk, "can", 3);
	say(&talk, "cel\nrun note x\n", 15);
	assert_int_equal(fake_cancelled, 1);
	hear(&talk, 1000, heard, sizeof(heard));
	assert_string_equal(heard, "failed 12\ninterrupted\nok 0\n");
	talk_fini(&talk);
	assert_int_equal(fake_cancelled, 1);
}

static void talk_wakes_when_an_action_finishes_later(void **)
{
	struct talk talk;
	char heard[64];

	begin(&talk);
	say(&talk, "run wait\n", 9);
	assert_int_equal(woken, 0);
	act_done(&talk.call, 0, json_string("there"), NULL);
	assert_int_equal(woken, 1);
	hear(&talk, 1000, heard, sizeof(heard));
	assert_string_equal(heard, "ok 6\nthere\n");
	talk_fini(&talk);
	assert_int_equal(fake_cancelled, 0);
}

static void talk_shows_what_a_failure_has_to_say(void **)
{
	struct why why = {.what = "2 mistakes"};
	struct talk talk;
	char heard[64];

	begin(&talk);
	say(&talk, "json wait\n", 10);
	act_done(&talk.call, -EINVAL, json_pack("[s, s]", "one", "two"), &why);
	hear(&talk, 1000, heard, sizeof(heard));
	assert_string_equal(heard, "failed 19\n2 mistakes\none\ntwo\n");
	talk_fini(&talk);
}

static const struct {
	const char *say;
	size_t len;
} broken[] = {
	{"walk\n", 5},
	{"run \0\n", 6},
	{"\n", 1},
	{"GET / HTTP/1.1\r\n\r\n", 18},
};

static void talk_ends_with_what_is_no_request(void **)
{
	for (unsigned int i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct talk talk;
		char heard[256];
		size_t room;

		begin(&talk);
		say(&talk, broken[i].say, broken[i].len);
		talk_room(&talk, &room);
		assert_int_equal(room, 0);
		hear(&talk, 7, heard, sizeof(heard));
		assert_memory_equal(heard, "usage ", 6);
		assert_true(talk_over(&talk));
		talk_fini(&talk);
	}
}

static void talk_ends_with_a_line_that_is_too_long(void **)
{
	char text[FRAME_REQUEST];
	struct talk talk;
	char heard[256];

	memset(text, 'a', sizeof(text));
	begin(&talk);
	say(&talk, text, sizeof(text));
	hear(&talk, 1000, heard, sizeof(heard));
	assert_memory_equal(heard, "usage ", 6);
	assert_true(talk_over(&talk));
	talk_fini(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(talk_answers_each_request),
		cmocka_unit_test(talk_takes_bytes_as_they_come),
		cmocka_unit_test(talk_runs_one_request_at_a_time),
		cmocka_unit_test(talk_cancels_what_runs),
		cmocka_unit_test(talk_wakes_when_an_action_finishes_later),
		cmocka_unit_test(talk_shows_what_a_failure_has_to_say),
		cmocka_unit_test(talk_ends_with_what_is_no_request),
		cmocka_unit_test(talk_ends_with_a_line_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
