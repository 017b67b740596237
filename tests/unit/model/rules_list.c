// The rules as text, for the scenario that puts them through the shell.
//
// usage: rules-list file|state|shell     shell: a line for each rule that can be broken there:
//                                        STATUS, API's code, what must be named, command; tabs
#include <stdio.h>
#include <string.h>

#include "rules.h"

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "file"))
		fputs(rules_file, stdout);
	else if (!strcmp(what, "state"))
		fputs(rules_state, stdout);
	else if (strcmp(what, "shell") != 0)
		return fputs("usage: rules-list file|state|shell\n", stderr), 2;
	for (size_t i = 0; i < rules_count && *what == 's' && what[1] == 'h'; i++) {
		if (rules[i].shell)
			printf("%d\t%s\t%s\t%s\n", rules[i].status,
				rules[i].status ? rules[i].api : rules[i].code, rules[i].key,
				rules[i].shell);
	}
	return 0;
}
