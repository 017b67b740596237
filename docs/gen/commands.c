// Prints the commands of the action table, for the documents that list them.
//
// usage: gen-commands scdoc|markdown
#include <stdio.h>
#include <string.h>

#include "ctl/act.h"
#include "ui/doc.h"

static const struct {
	const char *name;
	void (*write)(const struct grammar *grammar, FILE *out);
} formats[] = {
	{"scdoc", doc_scdoc},
	{"markdown", doc_markdown},
};

int main(int argc, char **argv)
{
	struct grammar grammar = {.act = act_table, .count = act_count};

	for (unsigned int i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (argc != 2 || strcmp(argv[1], formats[i].name) != 0)
			continue;
		formats[i].write(&grammar, stdout);
		return 0;
	}
	fputs("usage: gen-commands scdoc|markdown\n", stderr);
	return 2;
}
