#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>

static bool is_printable(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} refused[] = {
		{0, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xd800, 0xdfff}};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (c >= refused[i].first && c <= refused[i].last)
			return false;
	}
	return c <= 0x10ffff;
}

size_t utf8_char(const char *text)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *b = (const uint8_t *)text;
	const size_t len = b[0] < 0x80	 ? 1
			   : b[0] < 0xc0 ? 0
			   : b[0] < 0xe0 ? 2
			   : b[0] < 0xf0 ? 3
					 : 4;
	uint32_t c;

	if (!len || b[0] >= 0xf8)
		return 0;
	c = len == 1 ? b[0] : b[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (b[i] & 0x3f);
	}
	return c >= least[len] && is_printable(c) ? len : 0;
}
