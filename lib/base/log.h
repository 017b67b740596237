// Log to stderr (the journal's format with priorities) or to syslog. Not for the pure libraries.
#pragma once

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

// Messages above level are dropped. syslog: to syslog(3) instead of stderr. Control thread, at
// start.
void log_init(enum log_level level, bool syslog, const char *ident);

// Another level from now on. Control thread.
void log_level_set(enum log_level level);

// One line, without a newline. Any control-side thread; workers never log.
void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
