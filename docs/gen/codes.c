// Writes the table of codes for docs/codes.md.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "model/codes.h"

static void answer(const struct code *code)
{
	const char *param = strchr(code->answer, '%');

	if (!code->status)
		printf("–");
	else
		printf("%d `%.*s%s`", code->status, (int)strcspn(code->answer, "%"), code->answer,
			param ? "NAME" : "");
}

int main(void)
{
	puts("| code | | at | the API answers |\n|---|---|---|---|");
	for (size_t i = 0; i < code_count; i++) {
		const struct code *code = &code_table[i];
		const bool first = code == code_find(code->code);
		const bool alone = first &&
				   (i + 1 == code_count || strcmp(code->code, code[1].code) != 0);

		printf("| %s%s%s | %s | ", first ? "`" : "", first ? code->code : "",
			first ? "`" : "", code->help);
		if (code->path)
			printf("`%s` | ", code->path);
		else
			printf("%s | ", alone ? "" : "elsewhere");
		answer(code);
		puts(" |");
	}
	return 0;
}
