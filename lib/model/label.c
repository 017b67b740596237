#include "model/label.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

// One character of UTF-8 (RFC 3629 s3): its length and what it is. returns false when it is none.
static bool read_char(const char *text, size_t *len, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *b = (const uint8_t *)text;

	*len = b[0] < 0x80 ? 1 : b[0] < 0xc0 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
	if (!*len || b[0] >= 0xf8)
		return false;
	*c = *len == 1 ? b[0] : b[0] & (0x7fu >> *len);
	for (size_t i = 1; i < *len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return false;
		*c = *c << 6 | (b[i] & 0x3f);
	}
	return *c >= least[*len] && *c <= 0x10ffff && (*c < 0xd800 || *c > 0xdfff);
}

// Controls, line separators, and what turns the direction of the text around it: a label must not
// change what else stands on a terminal.
static bool is_plain(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} refused[] = {{0, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x202e}, {0x2066, 0x2069}};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (c >= refused[i].first && c <= refused[i].last)
			return false;
	}
	return true;
}

static int length(const char *text, const char *end, uint64_t min, uint64_t max, struct why *why)
{
	uint64_t chars = 0;

	for (size_t len; text < end; text += len, chars++) {
		uint32_t c;

		if (!read_char(text, &len, &c) || !is_plain(c))
			return why_set(why, -EINVAL, "a character that has no place here", NULL,
				"printable UTF-8", NULL);
	}
	if (chars >= min && chars <= max)
		return 0;
	why_set(why, -ERANGE, "too short or too long", NULL, NULL, NULL);
	why_fmt(why, expected, "%u to %u characters", (unsigned int)min, (unsigned int)max);
	why_fmt(why, got, "%u characters", (unsigned int)chars);
	return -ERANGE;
}

static bool is_url(const char *text)
{
	return !strncasecmp(text, "http://", 7) || !strncasecmp(text, "https://", 8);
}

int label_check(const char *text, uint64_t min, uint64_t max, struct why *why)
{
	int err = length(text, text + strlen(text), min, max, why);

	if (!err && is_url(text))
		return why_set(why, -EINVAL, "must not begin like an address of the web", NULL,
			"another beginning than http:// or https://", NULL);
	return err;
}

int label_check_tag(const char *text, struct why *why)
{
	const char *equals = strchr(text, '=');
	int err;

	if (!equals)
		return why_set(why, -EINVAL, "a tag is a key and a value", NULL, "key=value", NULL);
	err = length(text, equals, 1, LABEL_KEY, why);
	if (!err)
		err = length(equals + 1, text + strlen(text), 0, LABEL_VALUE, why);
	if (err)
		return err;
	if (!strncasecmp(text, "aliyun", 6) || !strncasecmp(text, "acs:", 4))
		return why_set(why, -EINVAL, "the cloud keeps such keys for itself", NULL,
			"a key that does not begin with aliyun or acs:", NULL);
	for (const char *c = text; c < equals; c++) {
		if (is_url(c))
			return why_set(why, -EINVAL, "a tag's key is no address of the web", NULL,
				"a key without http:// and https://", NULL);
	}
	return 0;
}
