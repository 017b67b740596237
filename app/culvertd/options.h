// culvertd's command line.
#pragma once

#include <stdbool.h>

struct options {
	const char *config; // -c or --check
	bool check;	    // say what is wrong with config, and exit
	bool interactive;   // -i: the shell in this terminal
	bool debug;	    // -d: say more
	bool quit;	    // help or version was shown
};

// returns 0 or -EINVAL, said on stderr
[[nodiscard]] int options_read(int argc, char **argv, struct options *o);
