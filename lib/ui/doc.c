#include "ui/doc.h"

#include <string.h>

#include "ui/help.h"

// scdoc reads underscores and asterisks as emphasis, markdown vertical bars as columns.
static void put_escaped(const char *text, const char *special, FILE *out)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

void doc_scdoc(const struct grammar *grammar, FILE *out)
{
	char usage[HELP_USAGE];

	for (unsigned int i = 0; i < grammar->count; i++) {
		const struct act *act = &grammar->act[i];

		fputs("*", out);
		put_escaped(help_usage(act, usage), "_*\\[", out);
		fprintf(out, "*\n\t");
		put_escaped(act->help, "_*\\[", out);
		fprintf(out, ".%s\n", act->role == ACT_OPERATOR ? " For operators." : "");
		for (unsigned int j = 0; j < ACT_PARAMS && act->param[j].name; j++) {
			fprintf(out, "\n\t_%s_: ", act->param[j].name);
			put_escaped(act->param[j].help, "_*\\[", out);
			fputs(".\n", out);
		}
		for (const struct act_key *key = act->key; key && key->name; key++) {
			fputs("\n\t*", out);
			put_escaped(help_key(act, key, usage), "_*\\[", out);
			fputs("*: ", out);
			put_escaped(key->help, "_*\\[", out);
			fprintf(out, "%s.\n", key->required ? " (must be given)" : "");
		}
		fputc('\n', out);
	}
}

void doc_markdown(const struct grammar *grammar, FILE *out)
{
	char usage[HELP_USAGE];

	fputs("| command | role | what it does |\n|---|---|---|\n", out);
	for (unsigned int i = 0; i < grammar->count; i++) {
		const struct act *act = &grammar->act[i];

		fputs("| `", out);
		put_escaped(help_usage(act, usage), "|", out);
		fprintf(out, "` | %s | ", act->role == ACT_OPERATOR ? "operator" : "viewer");
		put_escaped(act->help, "|", out);
		for (unsigned int j = 0; j < ACT_PARAMS && act->param[j].name; j++) {
			fprintf(out, "; `%s`: ", act->param[j].name);
			put_escaped(act->param[j].help, "|", out);
		}
		for (const struct act_key *key = act->key; key && key->name; key++) {
			fputs("<br>`", out);
			put_escaped(help_key(act, key, usage), "|", out);
			fputs("`: ", out);
			put_escaped(key->help, "|", out);
			fputs(key->required ? " (must be given)" : "", out);
		}
		fputs(" |\n", out);
	}
}
