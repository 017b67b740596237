// What culvert-bench can measure: one row per mode.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_mode {
	const char *name;
	const char *help; // one line
	// argv[0] is the mode's name. returns the program's exit status.
	int (*run)(int argc, char **argv);
};

extern const struct bench_mode bench_modes[];
extern const unsigned int bench_mode_count;

int bench_crypto(int argc, char **argv);
int bench_codec(int argc, char **argv);
int bench_pipe(int argc, char **argv);
int bench_ike(int argc, char **argv);
