#include "ui/line.h"

#include <stdlib.h>
#include <string.h>

#include "ui/top_view.h"

static enum line_end say_why(const struct why *why, enum line_end end, FILE *err)
{
	char text[600];

	fprintf(err, "%s\n", why_show(why, text, sizeof(text)));
	return end;
}

static enum line_end ask(
	struct client *client, enum frame_verb verb, const char *rest, FILE *out, FILE *err);

// The daemon asks whether it may: the operator says so, or the line has to.
static enum line_end confirm(struct client *client, enum frame_verb verb, const char *rest,
	char *question, FILE *out, FILE *err)
{
	char line[SPLIT_LINE];

	question[strcspn(question, "\n")] = '\0';
	if (!client->ask) {
		fprintf(err, "%s: needs --yes\n", question);
		return LINE_FAILED;
	}
	if (!client->ask(client->ctx, question))
		return LINE_FAILED;
	if ((size_t)snprintf(line, sizeof(line), "%s --yes", rest) >= sizeof(line))
		return say_why(&(struct why){.what = "the line is too long"}, LINE_USAGE, err);
	return ask(client, verb, line, out, err);
}

static enum line_end ask(
	struct client *client, enum frame_verb verb, const char *rest, FILE *out, FILE *err)
{
	static const enum line_end ends[] = {
		[FRAME_OK] = LINE_OK, [FRAME_FAILED] = LINE_FAILED, [FRAME_USAGE] = LINE_USAGE};
	struct client_reply reply;
	struct why why = {};
	enum line_end end;

	if (client_ask(client, verb, rest, &reply, &why))
		return say_why(&why, client->fd < 0 ? LINE_LOST : LINE_USAGE, err);
	if (reply.status == FRAME_ASK) {
		end = confirm(client, verb, rest, reply.body, out, err);
	} else {
		fwrite(reply.body, 1, reply.len, reply.status == FRAME_OK ? out : err);
		end = ends[reply.status];
	}
	free(reply.body);
	return end;
}

bool line_for_history(struct client *client, const char *line, char dst[static SPLIT_LINE])
{
	struct client_reply reply;
	size_t len = strcspn(line, "\n");
	bool kept = false;

	if (!line[strspn(line, " \t\n")] || len >= SPLIT_LINE)
		return false;
	snprintf(dst, SPLIT_LINE, "%.*s", (int)len, line);
	// Only a line with a value may hold a secret, and only the daemon knows which.
	if (!strchr(dst, '='))
		return true;
	if (client_ask(client, FRAME_HISTORY, dst, &reply, NULL))
		return false;
	if (reply.status == FRAME_OK && reply.len && reply.len < SPLIT_LINE) {
		strcpy(dst, reply.body);
		kept = true;
	}
	free(reply.body);
	return kept;
}

unsigned int line_choices(
	struct client_reply *reply, struct line_choice choice[], unsigned int max, size_t *offset)
{
	char *next = reply->body, *line = strsep(&next, "\n");
	unsigned int n = 0;

	*offset = strtoul(line, NULL, 10);
	while (next && *next && n < max) {
		line = strsep(&next, "\n");
		choice[n].word = strsep(&line, "\t");
		choice[n++].help = line ? line : "";
	}
	return n;
}

void line_show_choices(const struct line_choice choice[], unsigned int n, FILE *out)
{
	size_t width = 0;

	for (unsigned int i = 0; i < n; i++)
		width = strlen(choice[i].word) > width ? strlen(choice[i].word) : width;
	for (unsigned int i = 0; i < n; i++) {
		int pad = *choice[i].help ? (int)width : 0;

		fprintf(out, "  %-*s%s%s\n", pad, choice[i].word, pad ? "  " : "", choice[i].help);
	}
}

static enum line_end show_choices(struct client *client, const char *line, FILE *out, FILE *err)
{
	struct line_choice *choice;
	struct client_reply reply;
	struct why why = {};
	size_t offset;

	if (client_ask(client, FRAME_COMPLETE, line, &reply, &why))
		return say_why(&why, client->fd < 0 ? LINE_LOST : LINE_USAGE, err);
	choice = calloc(LINE_CHOICES, sizeof(*choice));
	if (choice)
		line_show_choices(choice, line_choices(&reply, choice, LINE_CHOICES, &offset), out);
	free(choice);
	free(reply.body);
	return LINE_OK;
}

// Whether the first word is this one; the rest is moved behind it.
static bool begins(const char *line, const char *word, const char **rest)
{
	size_t len = strlen(word);

	*rest = line + len + strspn(line + len, " \t");
	return !strncmp(line, word, len) && (!line[len] || strchr(" \t", line[len]));
}

enum line_end line_run(struct client *client, const char *line, bool json, FILE *out, FILE *err)
{
	char copy[SPLIT_LINE];
	size_t len;
	const char *rest;

	line += strspn(line, " \t");
	len = strlen(line);
	while (len && strchr(" \t\r\n", line[len - 1]))
		len--;
	if (!len || *line == '#')
		return LINE_OK;
	if (len >= sizeof(copy))
		return say_why(&(struct why){.what = "the line is too long"}, LINE_USAGE, err);
	memcpy(copy, line, len);
	copy[len] = '\0';

	if ((begins(copy, "quit", &rest) || begins(copy, "exit", &rest)) && !*rest)
		return LINE_QUIT;
	if (begins(copy, "help", &rest))
		return ask(client, FRAME_HELP, rest, out, err);
	if (copy[len - 1] == '?' && (len == 1 || copy[len - 2] != '\\')) {
		copy[len - 1] = '\0';
		return show_choices(client, copy, out, err);
	}
	if (!json && top_view_wanted(copy))
		return top_view(client, out, err);
	return ask(client, json ? FRAME_JSON : FRAME_RUN, copy, out, err);
}
