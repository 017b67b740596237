#include "ui/top_view.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/mono.h"
#include "ui/top.h"

enum {
	LOOK_MS = 100, // for another size of the terminal
	CTRL_C = 3,
	KEYS = 32,
};

#define REFRESH MONO_S(1)
#define ENTER	"\033[?1049h\033[?25l" // the alternate screen, no cursor
#define LEAVE	"\033[?25h\033[?1049l"

bool top_view_wanted(const char *line)
{
	char first[8] = "", second[8] = "", more[2];

	return sscanf(line, "%7s %7s %1s", first, second, more) == 2 && strlen(first) >= 2 &&
	       !strncmp("show", first, strlen(first)) && !strcmp(second, "top");
}

static enum line_end refused(const struct client_reply *reply, FILE *err)
{
	fwrite(reply->body, 1, reply->len, err);
	return reply->status == FRAME_USAGE ? LINE_USAGE : LINE_FAILED;
}

static enum line_end sample(struct client *client, struct top *top, FILE *err)
{
	struct client_reply reply;
	struct why why = {};
	enum line_end end = LINE_OK;
	char text[600];
	json_t *json;
	int failed;

	if (client_ask(client, FRAME_JSON, "show top", &reply, &why)) {
		fprintf(err, "%s\n", why_show(&why, text, sizeof(text)));
		return LINE_LOST;
	}
	if (reply.status != FRAME_OK) {
		end = refused(&reply, err);
	} else {
		json = json_loadb(reply.body, reply.len, 0, NULL);
		failed = top_take(top, json);
		json_decref(json);
		if (failed) {
			fprintf(err, "the daemon's answer is not understood: %s\n",
				strerror(-failed));
			end = LINE_FAILED;
		}
	}
	free(reply.body);
	return end;
}

static void size_of(int fd, struct winsize *size)
{
	if (ioctl(fd, TIOCGWINSZ, size) || !size->ws_row || !size->ws_col)
		*size = (struct winsize){.ws_row = 24, .ws_col = 80};
}

// The cursor stays behind the last character: a newline there would scroll.
static void draw(struct top *top, const struct winsize *size, FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *frame = open_memstream(&text, &len);

	if (!frame)
		return;
	top_show(top, size->ws_row, size->ws_col, "\033[K\r\n", frame);
	fclose(frame);
	fprintf(out, "\033[H%.*s\033[J", (int)(len >= 2 ? len - 2 : 0), text);
	fflush(out);
	free(text);
}

// What was typed. returns false: enough
static bool press(struct top *top, const char *keys, size_t len, unsigned int lines)
{
	static const struct {
		const char *keys;
		enum top_key key;
	} rows[] = {
		{"\033[D", TOP_KEY_LEFT},
		{"\033[C", TOP_KEY_RIGHT},
		{"\033[A", TOP_KEY_UP},
		{"\033[B", TOP_KEY_DOWN},
		{"\033OD", TOP_KEY_LEFT},
		{"\033OC", TOP_KEY_RIGHT},
		{"\033OA", TOP_KEY_UP},
		{"\033OB", TOP_KEY_DOWN},
		{"<", TOP_KEY_LEFT},
		{">", TOP_KEY_RIGHT},
		{"r", TOP_KEY_REVERSE},
	};

	for (size_t at = 0; at < len; at++) {
		if (keys[at] == 'q' || keys[at] == CTRL_C)
			return false;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			size_t n = strlen(rows[i].keys);

			if (len - at < n || memcmp(keys + at, rows[i].keys, n) != 0)
				continue;
			top_press(top, rows[i].key, lines);
			at += n - 1;
			break;
		}
	}
	return true;
}

static enum line_end watch(struct client *client, struct top *top, FILE *out, FILE *err)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	struct winsize size, now;
	enum line_end end = LINE_OK;
	mono_us_t next = 0;
	char keys[KEYS];
	bool changed;

	size_of(fileno(out), &size);
	for (;;) {
		changed = mono_now() >= next;
		if (changed) {
			end = sample(client, top, err);
			next = mono_now() + REFRESH;
		}
		if (end)
			return end;
		size_of(fileno(out), &now);
		changed |= now.ws_row != size.ws_row || now.ws_col != size.ws_col;
		size = now;
		if (changed)
			draw(top, &size, out);
		if (poll(&fd, 1, LOOK_MS) <= 0)
			continue;
		ssize_t len = read(fd.fd, keys, sizeof(keys));

		if (len <= 0 || !press(top, keys, (size_t)len, size.ws_row))
			return LINE_OK;
		draw(top, &size, out);
	}
}

static enum line_end on_screen(struct client *client, struct top *top, FILE *out, FILE *err)
{
	struct client quiet = {.fd = client->fd, .path = client->path};
	struct termios before, raw;
	enum line_end end;
	char *said = NULL;
	size_t len = 0;
	FILE *later = open_memstream(&said, &len);

	if (!later || tcgetattr(STDIN_FILENO, &before)) {
		if (later)
			fclose(later);
		free(said);
		return LINE_FAILED;
	}
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs(ENTER, out);
	// What goes wrong is said on the screen that stays; and no keys are taken while it asks.
	end = watch(&quiet, top, out, later);
	fputs(LEAVE, out);
	fflush(out);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	fclose(later);
	fputs(said, err);
	free(said);
	client->fd = quiet.fd;
	return end;
}

static enum line_end once(struct client *client, struct top *top, FILE *out, FILE *err)
{
	const struct timespec second = {.tv_sec = 1};
	enum line_end end = sample(client, top, err);

	if (end)
		return end;
	nanosleep(&second, NULL);
	end = sample(client, top, err);
	if (!end)
		top_show(top, 0, 512, "\n", out);
	return end;
}

enum line_end top_view(struct client *client, FILE *out, FILE *err)
{
	struct top top = {.by = TOP_IN_BPS};
	bool screen = isatty(STDIN_FILENO) && isatty(fileno(out));
	enum line_end end = (screen ? on_screen : once)(client, &top, out, err);

	top_fini(&top);
	return end;
}
