#include "ui/show_json.h"

void show_json(const json_t *tree, FILE *out)
{
	if (!tree || json_dumpf(tree, out, JSON_INDENT(2) | JSON_ENCODE_ANY) < 0)
		fputs("null", out);
	fputc('\n', out);
}
