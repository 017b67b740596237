// The logbook of a tunnel as a file: NAME.log in the directory that the configuration names, and
// NAME.log.1 with what was before.
//
// Lines wait in memory until the next flush. No file stays open between two of them: thousands of
// tunnels need no descriptors, and whoever moves a file away need not say so. Nothing is synced,
// and what fails is counted and told once an hour: the logbook never holds up the control core.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { LOGFILE_WAITING = 16384 }; // bytes of one tunnel until a flush; what is more is left out

struct logfiles; // all of them
struct logfile;	 // one tunnel's

[[nodiscard]] int logfiles_new(struct logfiles **files); // 0 or -ENOMEM
// After every logfile. NULL is fine.
void logfiles_free(struct logfiles *files);

// Where the files are from now on, and how large each becomes. What waits goes to the old place.
//
// directory  made when it is not there, for its owner's and group's eyes; "": no files
// limit      bytes; a file that would become larger begins again
// user       to whom a directory made by root belongs; unknown or "": to root
void logfiles_set(struct logfiles *files, const char *directory, size_t limit, const char *user);

// One more line. *file is made when it is needed; without memory the line is lost.
//
// name  the tunnel's. What is no letter, digit or one of . _ - becomes _; names of the
//       configuration have nothing else, so that two of them are two files
void logfile_add(struct logfiles *files, struct logfile **file, const char *name, const char *line);

// Write what waits. Before the first call no file is made: the daemon may still be root.
void logfiles_flush(struct logfiles *files);

// Lines that were not written, since the start.
uint64_t logfiles_lost(const struct logfiles *files);

// Write what waits, and forget it. NULL is fine.
void logfile_free(struct logfile *file);
