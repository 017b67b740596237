// The shell's conversation from both ends: requests that a client may send to the daemon, and
// replies that a daemon may send to the shell.
//
// Input: which end and how many bytes at a time (1), then the bytes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ui/complete.h"
#include "ui/fake.h"
#include "ui/line.h"
#include "ui/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static FILE *nowhere;

static void wake(struct talk *)
{
}

// A candidate in the place of what it replaces must be a line whose last word it is.
struct line_so_far {
	const char *line;
	struct split split;
};

static void check_candidate(void *ctx, const char *word, const char *)
{
	const struct line_so_far *so_far = ctx;
	char line[2 * SPLIT_LINE];
	struct split split;
	size_t offset = so_far->split.last;

	memcpy(line, so_far->line, offset);
	strcpy(line + offset, word);
	if (split_line(line, &split, NULL) || (*word && (!split.n || !split.open)))
		abort();
}

static void check_completion(const struct grammar *grammar, const char *line)
{
	struct line_so_far so_far = {.line = line};

	if (split_line(line, &so_far.split, NULL) && !so_far.split.unterminated)
		return;
	if (complete_line(grammar, line, check_candidate, &so_far) != so_far.split.last)
		abort();
}

// Every reply must be one that the shell can read.
static void read_replies(struct talk *talk, size_t step)
{
	struct iovec part[2];

	while (talk_pending(talk, part)) {
		const struct iovec *first = part[0].iov_len ? &part[0] : &part[1];
		char head[FRAME_HEAD];
		enum frame_status status;
		size_t len;

		if (!talk->sent) {
			memcpy(head, talk->head, talk->head_len);
			if (frame_line(head, talk->head_len) != (int)talk->head_len ||
				frame_head_read(head, &status, &len) || len != talk->body_len)
				abort();
		}
		talk_sent(talk, first->iov_len < step ? first->iov_len : step);
	}
}

static void daemon_end(const uint8_t *data, size_t len, size_t step)
{
	struct grammar grammar = fake_grammar();
	struct talk talk;

	talk_init(&talk, &grammar, "somebody", wake);
	while (len) {
		size_t room, take;
		char *to = talk_room(&talk, &room);

		take = len < step ? len : step;
		take = take < room ? take : room;
		if (!take)
			break;
		memcpy(to, data, take);
		talk_received(&talk, take);
		data += take;
		len -= take;
		read_replies(&talk, 4096);
	}
	talk_fini(&talk);
}

// A line of the operator's, then all that the daemon ever says.
static void shell_end(const uint8_t *data, size_t len)
{
	const uint8_t *end = memchr(data, '\n', len);
	size_t line_len = end ? (size_t)(end - data) : len;
	struct client client;
	int pair[2];
	char *line;

	if (len > 16384 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	line = strndup((const char *)data, line_len);
	if (end && write(pair[0], end + 1, len - line_len - 1) < 0)
		abort();
	shutdown(pair[0], SHUT_WR);
	client = (struct client){.fd = pair[1]};
	(void)line_run(&client, line, false, nowhere, nowhere);
	client_close(&client);
	close(pair[0]);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct grammar grammar = fake_grammar();
	char line[2 * SPLIT_LINE];

	if (!len)
		return 0;
	if (data[0] & 1) {
		shell_end(data + 1, len - 1);
		return 0;
	}
	daemon_end(data + 1, len - 1, (size_t)(data[0] / 2) + 1);
	if (len - 1 < sizeof(line)) {
		memcpy(line, data + 1, len - 1);
		line[len - 1] = '\0';
		check_completion(&grammar, line);
	}
	return 0;
}
