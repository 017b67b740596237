// culvert: the shell of a running culvertd.
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/line.h"
#include "ui/shell.h"
#include "ui/sock.h"

enum { COMMANDS = 64 }; // -c given at most

static const struct option options[] = {
	{"socket", required_argument, NULL, 's'},
	{"command", required_argument, NULL, 'c'},
	{"json", no_argument, NULL, 'j'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{},
};

static const char usage[] =
	"usage: culvert [-s SOCKET] [-j] [-c COMMAND]...\n"
	"  -s, --socket SOCKET    of the daemon (" SOCK_PATH ")\n"
	"  -c, --command COMMAND  run this and leave; may be given several times\n"
	"  -j, --json             results as JSON\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version of this shell\n"
	"Without -c, commands come from standard input. Try the command \"help\".\n";

// Commands from a file or a pipe, until the first that fails.
static enum line_end run_stream(struct client *client, bool json)
{
	enum line_end end = LINE_OK;
	char *line = NULL;
	size_t size = 0;

	while (end == LINE_OK && getline(&line, &size, stdin) >= 0)
		end = line_run(client, line, json, stdout, stderr);
	free(line);
	return end;
}

static enum line_end run_terminal(struct client *client)
{
	const char *home = getenv("HOME");
	struct why why = {};
	char history[512], text[600];

	// Better now than after the first line has been typed.
	if (client_connect(client, &why)) {
		fprintf(stderr, "%s\n", why_show(&why, text, sizeof(text)));
		return LINE_LOST;
	}
	snprintf(history, sizeof(history), "%s/.culvert_history", home ? home : "");
	return shell_run(client, home ? history : NULL);
}

int main(int argc, char **argv)
{
	struct client client = {.fd = -1, .path = SOCK_PATH};
	const char *commands[COMMANDS];
	enum line_end end = LINE_OK;
	unsigned int n = 0;
	bool json = false;
	int opt;

	setlocale(LC_CTYPE, "");
	while ((opt = getopt_long(argc, argv, "s:c:jhV", options, NULL)) != -1) {
		switch (opt) {
		case 's':
			client.path = optarg;
			break;
		case 'c':
			if (n == COMMANDS) {
				fprintf(stderr, "culvert: more than %d commands\n", COMMANDS);
				return LINE_USAGE;
			}
			commands[n++] = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return LINE_OK;
		case 'V':
			puts("culvert " CULVERT_VERSION);
			return LINE_OK;
		default:
			fputs(usage, stderr);
			return LINE_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "culvert: what is \"%s\"? A command stands behind -c.\n",
			argv[optind]);
		return LINE_USAGE;
	}
	for (unsigned int i = 0; i < n && end == LINE_OK; i++)
		end = line_run(&client, commands[i], json, stdout, stderr);
	if (!n)
		end = isatty(STDIN_FILENO) ? run_terminal(&client) : run_stream(&client, json);
	client_close(&client);
	return end == LINE_QUIT ? LINE_OK : (int)end;
}
