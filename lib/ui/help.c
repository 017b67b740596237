#include "ui/help.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

// The shell's own words, as rows for help; every program of ours that reads lines knows them.
static const struct act builtin[] = {
	{.words = "help", .help = "this list; help WORDS: more about some; ? ends any line"},
	{.words = "quit", .help = "leave the shell"},
};

// A parameter as it stands in a usage: NAME, or the words to choose from.
static void put_param(const struct act_param *param, FILE *out)
{
	if (param->type == ACT_WORD) {
		for (const char *const *word = param->words; *word; word++)
			fprintf(out, "%s%s", word == param->words ? "" : "|", *word);
		return;
	}
	for (const char *p = param->name; *p; p++)
		fputc(toupper((unsigned char)*p), out);
}

char *help_usage(const struct act *act, char dst[static HELP_USAGE])
{
	FILE *out = fmemopen(dst, HELP_USAGE, "w");

	dst[0] = '\0';
	if (!out)
		return dst;
	fputs(act->words, out);
	for (unsigned int i = 0; i < ACT_PARAMS && act->param[i].name; i++) {
		fputs(act->param[i].optional ? " [" : " ", out);
		put_param(&act->param[i], out);
		fputs(act->param[i].optional ? "]" : "", out);
	}
	fputs(act->key ? " NAME=VALUE ..." : "", out);
	fputs(act->shows ? " [json]" : "", out);
	fclose(out);
	dst[HELP_USAGE - 1] = '\0';
	return dst;
}

static void put_row(const struct act *act, size_t width, FILE *out)
{
	char usage[HELP_USAGE];

	fprintf(out, "  %-*s  %s\n", (int)width, help_usage(act, usage), act->help);
}

// Whether an action's words begin with these, whole words each.
static bool under(const struct act *act, const char *path)
{
	size_t len = strlen(path);

	return !strncmp(act->words, path, len) &&
	       (!len || !act->words[len] || act->words[len] == ' ');
}

char *help_key(const struct act *act, const struct act_key *key, char dst[static HELP_USAGE])
{
	FILE *out = fmemopen(dst, HELP_USAGE, "w");

	dst[0] = '\0';
	if (!out)
		return dst;
	fprintf(out, "%s%s%s", key->type == ACT_FLAG ? "--" : "",
		key->tunnel && !act->of_tunnel ? "tunnelN." : "", key->name);
	if (key->type == ACT_WORD)
		for (const char *const *word = key->words; *word; word++)
			fprintf(out, "%c%s", word == key->words ? '=' : '|', *word);
	else if (key->type == ACT_NUMBER)
		fprintf(out, "=%" PRId64 "..%" PRId64, key->min, key->max);
	else if (key->type != ACT_FLAG)
		fputs("=...", out);
	fclose(out);
	dst[HELP_USAGE - 1] = '\0';
	return dst;
}

static void put_keys(const struct act *act, FILE *out)
{
	char shown[HELP_USAGE];

	for (const struct act_key *key = act->key; key && key->name; key++)
		fprintf(out, "    %s\n        %s%s\n", help_key(act, key, shown), key->help,
			key->required ? " (must be given)" : "");
}

static void put_params(const struct act *act, FILE *out)
{
	size_t width = 0;

	for (unsigned int i = 0; i < ACT_PARAMS && act->param[i].name; i++)
		if (strlen(act->param[i].name) > width)
			width = strlen(act->param[i].name);
	for (unsigned int i = 0; i < ACT_PARAMS && act->param[i].name; i++) {
		const struct act_param *param = &act->param[i];

		fprintf(out, "    %-*s  %s", (int)width, param->name, param->help);
		if (param->type == ACT_NUMBER)
			fprintf(out, " (%" PRId64 " to %" PRId64 ")", param->min, param->max);
		fputc('\n', out);
	}
}

int help_line(const struct grammar *grammar, const char *line, FILE *out, struct why *why)
{
	size_t width = 0;
	struct words_walk walk;
	struct split split;
	char usage[HELP_USAGE];
	int err = split_line(line, &split, why);

	err = err ? err : words_walk(grammar, &split, split.n, &walk, why);
	if (err)
		return err;
	for (unsigned int i = 0; i < grammar->count; i++) {
		size_t len = strlen(help_usage(&grammar->act[i], usage));

		if (under(&grammar->act[i], walk.path) && len > width)
			width = len;
	}
	for (unsigned int i = 0; i < grammar->count; i++) {
		if (!under(&grammar->act[i], walk.path))
			continue;
		put_row(&grammar->act[i], width, out);
		if (&grammar->act[i] == walk.act) {
			put_params(walk.act, out);
			put_keys(walk.act, out);
		}
	}
	for (unsigned int i = 0; !walk.path[0] && i < sizeof(builtin) / sizeof(builtin[0]); i++)
		put_row(&builtin[i], width, out);
	return 0;
}
