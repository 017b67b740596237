#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "ui/doc.h"
#include "ui/fake.h"

static void doc_writes_scdoc_and_markdown(void **)
{
	struct grammar grammar = fake_grammar();
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	doc_scdoc(&grammar, out);
	doc_markdown(&grammar, out);
	fclose(out);
	assert_non_null(
		strstr(text, "*show tunnels \\[NAME] \\[json]*\n\ttunnels and their state.\n"));
	assert_non_null(strstr(text, "| `clear counters [all\\|drops\\|workers]` | operator |"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doc_writes_scdoc_and_markdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
