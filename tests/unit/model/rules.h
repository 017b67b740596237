// Every rule about VPN gateways and what belongs to them, each broken once in a configuration that
// is right. The same rows go through the operator's file and through the shell.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The operator's file, and what shell and API have made beside it: together they are right.
extern const char rules_file[], rules_state[];

struct rule {
	const char *find, *replace; // in rules_state
	const char *code, *where;   // the complaint that must follow
	const char *param;	    // what the API calls it
	int status;		    // and answers: 0 for a warning
	const char *api;
	const char *key; // what the shell's answer must name
	const char
		*shell; // the same mistake as a command of the shell; NULL: it cannot be made there
};

extern const struct rule rules[];
extern const size_t rules_count;

// A state with one change; free() it.
char *rules_change(const char *state, const char *find, const char *replace);
