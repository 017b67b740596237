#include "ui/split.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

// One word from *in to *out, both moved behind it.
static void take_word(const char **in, char **out, struct split *split)
{
	const char *p = *in;
	char *to = *out, quote = '\0';

	for (; *p && (quote || !is_space(*p)); p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'') {
			quote = quote ? '\0' : *p;
			split->quoted[split->n] = true;
			continue;
		}
		if (*p == '\\' && quote != '\'' && p[1])
			p++;
		*to++ = *p;
	}
	*to++ = '\0';
	split->unterminated = quote != '\0';
	*in = p;
	*out = to;
}

int split_line(const char *line, struct split *split, struct why *why)
{
	const char *p = line, *start;
	char *to = split->text;

	*split = (struct split){};
	for (size_t len; *p; p += len) {
		len = *p == '\t' ? 1 : utf8_char(p);
		if (!len)
			return why_set(why, -EINVAL, "the line holds what is no text", "",
				"printable UTF-8", "");
	}
	split->last = (size_t)(p - line);
	if (split->last >= SPLIT_LINE)
		return why_set(why, -E2BIG, "the line is too long", "", "", "");

	for (p = line;;) {
		p += strspn(p, " \t");
		if (!*p)
			break;
		if (split->n == SPLIT_WORDS)
			return why_set(why, -E2BIG, "the line has too many words", "", "", "");
		split->word[split->n] = to;
		split->at[split->n] = (uint16_t)(p - line);
		start = p;
		take_word(&p, &to, split);
		split->n++;
		split->open = !*p;
		if (split->open)
			split->last = (size_t)(start - line);
	}
	if (split->unterminated)
		return why_set(
			why, -EINVAL, "a quote does not end", "", "", split->word[split->n - 1]);
	return 0;
}

char *split_quote(const char *word, char *dst, size_t size)
{
	size_t at = 0;

	if (*word && !strpbrk(word, " \t\"'\\?#")) {
		snprintf(dst, size, "%s", word);
		return dst;
	}
	if (size < 3) {
		dst[0] = '\0';
		return dst;
	}
	dst[at++] = '"';
	for (; *word && at + 4 < size; word++) {
		if (*word == '"' || *word == '\\')
			dst[at++] = '\\';
		dst[at++] = *word;
	}
	dst[at++] = '"';
	dst[at] = '\0';
	return dst;
}
