#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void why_format_(char *dst, unsigned long size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(dst, size, fmt, ap);
	va_end(ap);
}

int why_set(struct why *why, int err, const char *what, const char *where, const char *expected,
	const char *got)
{
	if (!why)
		return err;
	why_fmt(why, what, "%s", what ? what : "");
	why_fmt(why, where, "%s", where ? where : "");
	why_fmt(why, expected, "%s", expected ? expected : "");
	why_fmt(why, got, "%s", got ? got : "");
	return err;
}

char *why_show(const struct why *why, char *dst, unsigned long size)
{
	snprintf(dst, size, "%s%s%s%s%s%s%s", why->where, why->where[0] ? ": " : "", why->what,
		why->expected[0] ? ": expected " : "", why->expected,
		!why->got[0]	   ? ""
		: why->expected[0] ? ", got "
				   : ": got ",
		why->got);
	return dst;
}
