#include "model/label.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int length(const char *text, const char *end, uint64_t min, uint64_t max, struct why *why)
{
	uint64_t chars = 0;

	for (size_t len; text < end; text += len, chars++) {
		len = utf8_char(text);
		if (!len)
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
