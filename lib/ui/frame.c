#include "ui/frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verbs[] = {
	[FRAME_RUN] = "run",
	[FRAME_JSON] = "json",
	[FRAME_COMPLETE] = "complete",
	[FRAME_HELP] = "help",
	[FRAME_HISTORY] = "history",
	[FRAME_CANCEL] = "cancel",
};

static const char *const statuses[] = {
	[FRAME_OK] = "ok",
	[FRAME_FAILED] = "failed",
	[FRAME_USAGE] = "usage",
	[FRAME_ASK] = "ask",
};

enum {
	VERBS = sizeof(verbs) / sizeof(verbs[0]),
	STATUSES = sizeof(statuses) / sizeof(statuses[0]),
};

int frame_line(char *buf, size_t len)
{
	char *end = memchr(buf, '\n', len);

	if (memchr(buf, '\0', end ? (size_t)(end - buf) : len))
		return -EINVAL;
	if (!end)
		return 0;
	*end = '\0';
	return (int)(end - buf) + 1;
}

// The first word of a line among names; rest is moved behind it and one space. returns count when
// it is none.
static unsigned int name_of(
	const char *line, const char *const names[], unsigned int count, const char **rest)
{
	size_t len = strcspn(line, " ");
	unsigned int i;

	for (i = 0; i < count && (strlen(names[i]) != len || memcmp(names[i], line, len) != 0); i++)
		;
	*rest = line + len + (line[len] == ' ');
	return i;
}

int frame_request_read(const char *line, enum frame_verb *verb, const char **rest)
{
	unsigned int i = name_of(line, verbs, VERBS, rest);

	*verb = i < VERBS ? i : FRAME_RUN;
	return i < VERBS ? 0 : -EINVAL;
}

int frame_request_show(enum frame_verb verb, const char *rest, char dst[static FRAME_REQUEST])
{
	int len;

	if (strchr(rest, '\n'))
		return -EINVAL;
	len = snprintf(dst, FRAME_REQUEST, "%s %s\n", verbs[verb], rest);
	return len < FRAME_REQUEST ? len : -E2BIG;
}

int frame_head_read(const char *line, enum frame_status *status, size_t *len)
{
	const char *number;
	unsigned int i = name_of(line, statuses, STATUSES, &number);
	char *end;
	unsigned long long value = strtoull(number, &end, 10);

	if (i == STATUSES || number[0] < '0' || number[0] > '9' || *end || value > FRAME_BODY)
		return -EINVAL;
	*status = i;
	*len = (size_t)value;
	return 0;
}

int frame_head_show(enum frame_status status, size_t len, char dst[static FRAME_HEAD])
{
	return snprintf(dst, FRAME_HEAD, "%s %zu\n", statuses[status], len);
}
