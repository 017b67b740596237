#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#define CONFIG "/etc/culvert/culvertd.conf"

static void usage(FILE *to)
{
	fputs("usage: culvertd [-c FILE] [-i] [-d]\n"
	      "       culvertd --check FILE | --version | --help\n"
	      "\n"
	      "  -c, --config FILE   the configuration (" CONFIG ")\n"
	      "  -i, --interactive   the shell in this terminal\n"
	      "  -d, --debug         log more\n"
	      "      --check FILE    say all that is wrong with a configuration, and exit\n"
	      "      --version       show the version, and exit\n"
	      "  -h, --help          show this, and exit\n",
		to);
}

int options_read(int argc, char **argv, struct options *o)
{
	enum { CHECK = 256, VERSION };
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'},
		{"check", required_argument, NULL, CHECK},
		{"interactive", no_argument, NULL, 'i'},
		{"debug", no_argument, NULL, 'd'},
		{"version", no_argument, NULL, VERSION},
		{"help", no_argument, NULL, 'h'},
		{},
	};
	int c;

	*o = (struct options){.config = CONFIG};
	while ((c = getopt_long(argc, argv, "c:idh", longs, NULL)) != -1) {
		switch (c) {
		case CHECK:
			o->check = true;
			// fallthrough
		case 'c':
			o->config = optarg;
			break;
		case 'i':
			o->interactive = true;
			break;
		case 'd':
			o->debug = true;
			break;
		case VERSION:
			puts("culvertd " CULVERT_VERSION);
			o->quit = true;
			return 0;
		case 'h':
			usage(stdout);
			o->quit = true;
			return 0;
		default:
			usage(stderr);
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "culvertd: what is '%s'? Options only.\n", argv[optind]);
		return -EINVAL;
	}
	return 0;
}
