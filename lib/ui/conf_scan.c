#include "ui/conf_scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	const char *p, *end;
	char *out;
	unsigned int line;
	struct report *report;
};

static void complain(struct scan *s, unsigned int line, const char *what, const char *expected)
{
	const struct path whole = {};
	struct complaint *c = report_add(s->report, "syntax", &whole, what, expected, NULL);

	if (c)
		c->line = line;
}

static void take(struct scan *s)
{
	if (*s->p == '\n')
		s->line++;
	// libconfig would end there, quietly.
	if (!*s->p)
		complain(s, s->line, "a NUL byte in the file", "text");
	*s->out++ = *s->p++;
}

static bool starts(const struct scan *s, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(s->end - s->p) >= len && !memcmp(s->p, with, len);
}

// libconfig would tell of a missing quote at the end of the file, and lose memory.
static void take_string(struct scan *s)
{
	unsigned int line = s->line;

	take(s);
	while (s->p < s->end && *s->p != '"') {
		if (*s->p == '\\' && s->end - s->p > 1)
			take(s);
		take(s);
	}
	if (s->p < s->end)
		take(s);
	else
		complain(s, line, "a text does not end", "a closing quote");
}

static void take_until(struct scan *s, const char *mark)
{
	while (s->p < s->end && !starts(s, mark))
		take(s);
}

static void take_comment(struct scan *s)
{
	take(s);
	take(s);
	take_until(s, "*/");
}

// A name, in which digits are no numbers.
static void take_word(struct scan *s)
{
	while (s->p < s->end && (isalnum((unsigned char)*s->p) || strchr("_-*", *s->p)))
		take(s);
}

static void take_number(struct scan *s)
{
	int base = starts(s, "0x") || starts(s, "0X") ? 16 : 10;
	uint64_t v = 0;

	if (base == 16) {
		take(s);
		take(s);
	}
	for (; s->p < s->end && isxdigit((unsigned char)*s->p); take(s)) {
		int digit = isdigit((unsigned char)*s->p)
				    ? *s->p - '0'
				    : tolower((unsigned char)*s->p) - 'a' + 10;

		if (digit >= base)
			break;
		v = v > INT64_MAX / 16 ? INT64_MAX : v * (uint64_t)base + (uint64_t)digit;
	}
	// A float's fraction or exponent would not survive an L before it.
	if (v > INT32_MAX && (s->p == s->end || !strchr("LlEe.", *s->p)))
		*s->out++ = 'L';
	take_word(s);
}

static void step(struct scan *s)
{
	if (*s->p == '"')
		take_string(s);
	else if (*s->p == '#' || starts(s, "//"))
		take_until(s, "\n");
	else if (starts(s, "/*"))
		take_comment(s);
	else if (isdigit((unsigned char)*s->p))
		take_number(s);
	else if (isalpha((unsigned char)*s->p))
		take_word(s);
	else
		take(s);
}

int conf_scan(const char *in, size_t len, char **text, size_t *size, struct report *report)
{
	// Each inserted L follows ten digits at least, or "0x" and eight.
	size_t room = len + len / 10 + 1;
	char *copy = malloc(room);
	struct scan s = {.p = in, .end = in + len, .out = copy, .line = 1, .report = report};
	size_t errors = report->errors;

	if (!copy)
		return -ENOMEM;
	while (s.p < s.end) {
		if (*s.p == '@')
			complain(&s, s.line, "@include is not supported", "one file");
		step(&s);
	}
	*s.out = 0;
	if (report->errors > errors) {
		explicit_bzero(copy, room);
		free(copy);
		return -EINVAL;
	}
	*text = copy;
	*size = room;
	return 0;
}

bool conf_scan_blank(char *text, unsigned int line)
{
	char *start = text;
	unsigned int quotes = 0;
	size_t len;

	for (; line > 1 && start; line--) {
		start = strchr(start, '\n');
		start = start ? start + 1 : NULL;
	}
	if (!start)
		return false;
	len = strcspn(start, "\n");
	for (size_t i = 0; i < len; i++) {
		if (strchr("(){}[]/#\\", start[i]))
			return false;
		quotes += start[i] == '"';
	}
	if (quotes % 2 || strspn(start, " \t\r") >= len)
		return false;
	memset(start, ' ', len);
	return true;
}
