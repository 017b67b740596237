#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", LOG_ERR},
	[LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
	[LOG_LEVEL_INFO] = {"info", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

// writer: the control thread
static _Atomic enum log_level most = LOG_LEVEL_INFO;
// writer: the control thread, before any other thread starts
static bool to_syslog;
static bool to_journal;

void log_init(enum log_level level, bool use_syslog, const char *ident)
{
	most = level;
	to_syslog = use_syslog;
	to_journal = getenv("JOURNAL_STREAM") != NULL;
	if (to_syslog)
		openlog(ident, LOG_PID, LOG_DAEMON);
}

void log_level_set(enum log_level level)
{
	most = level;
}

static void stamp(char *dst, size_t size)
{
	struct timespec now;
	struct tm tm;
	char clock[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(dst, size, "%s.%03ld ", clock, now.tv_nsec / 1000000);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	char line[1024], head[48] = "";
	va_list ap;

	if (level > most)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (to_syslog) {
		syslog(levels[level].priority, "%s", line);
		return;
	}
	if (to_journal)
		snprintf(head, sizeof(head), "<%d>", levels[level].priority);
	else
		stamp(head, sizeof(head));
	fprintf(stderr, "%s%s: %s\n", head, levels[level].name, line);
}
