#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "ui/redact.h"

static const struct act_key keys[] = {
	{.name = "name", .api = "Name", .type = ACT_TEXT, .help = ""},
	{.name = "psk", .api = "Psk", .type = ACT_TEXT, .tunnel = true, .secret = true, .help = ""},
	{.name = "yes", .type = ACT_FLAG, .help = ""},
	{},
};

static const struct act table[] = {
	{.words = "make", .help = "", .key = keys},
	{.words = "note", .help = "", .param = {{.name = "text", .type = ACT_TEXT, .help = ""}}},
};

static const struct {
	const char *line, *kept;
} rows[] = {
	{"make name=x --yes", "make name=x --yes"},
	{"make  name='a b'  --yes", "make  name='a b'  --yes"},
	{"make tunnel1.psk=secret name=x", "make tunnel1.psk=<set> name=x"},
	{"make name=x tunnel2.psk=\"two words\"", "make name=x tunnel2.psk=<set>"},
	{"make name=x 'tunnel2.psk=two words'", "make name=x tunnel2.psk=<set>"},
	{"make TunnelOptionsSpecification.1.Psk=secret --yes",
		"make TunnelOptionsSpecification.1.Psk=<set> --yes"},
	// A slip of the finger hides nothing.
	{"make tunnel1.pks=secret name=x", "make tunnel1.pks=<set> name=x"},
	{"meke tunnel1.psk=secret name=x", "meke tunnel1.psk=<set> name=<set>"},
	{"note a=b", "note a=b"},
	{"make tunnel1.psk='secret", ""},
};

// Secrets given as arguments must not stay in a file of the operator's.
static void a_history_keeps_no_secret(void **)
{
	struct grammar grammar = {.act = table, .count = 2, .role = ACT_OPERATOR};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *kept = NULL;
		size_t len;
		FILE *out = open_memstream(&kept, &len);

		redact_line(&grammar, rows[i].line, out);
		fclose(out);
		assert_string_equal(kept, rows[i].kept);
		free(kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_history_keeps_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
