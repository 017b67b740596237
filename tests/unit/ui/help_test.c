#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/fake.h"
#include "ui/help.h"

// Help for a line as text, to be freed.
static char *help(const char *line)
{
	struct grammar grammar = fake_grammar();
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(help_line(&grammar, line, out, NULL), 0);
	fclose(out);
	return text;
}

static void help_lists_every_action_and_the_shells_own(void **)
{
	char *text = help("");

	assert_non_null(
		strstr(text, "  show tunnels [NAME] [json]             tunnels and their state\n"));
	assert_non_null(
		strstr(text, "  clear counters [all|drops|workers]     set counters to zero\n"));
	assert_non_null(strstr(text, "  quit "));
	free(text);
}

static void help_of_a_beginning_lists_what_is_under_it(void **)
{
	char *text = help("sh");

	assert_string_equal(text, "  show version [json]         who answers\n"
				  "  show tunnels [NAME] [json]  tunnels and their state\n"
				  "  show trace [json]           the last journey\n");
	free(text);
}

static void help_of_an_action_tells_its_parameters(void **)
{
	char *text = help("trace");

	assert_string_equal(text, "  trace [COUNT] [json]  follow the next packets\n"
				  "    count  how many (1 to 100)\n");
	free(text);
}

static void help_of_an_action_tells_the_names_of_values(void **)
{
	char *text = help("tunnel set");

	assert_string_equal(text, "  tunnel set NAME NAME=VALUE ... [json]  change a tunnel\n"
				  "    name  of the tunnel\n"
				  "    label=...\n        for people\n"
				  "    lifetime=0..86400\n        of the keys\n"
				  "    tunnelN.peer=...\n        who\n"
				  "    tunnelN.version=ikev1|ikev2\n        of IKE\n"
				  "    --yes\n        do not ask\n");
	free(text);
}

static void help_refuses_unknown_words(void **)
{
	struct grammar grammar = fake_grammar();
	struct why why = {};

	assert_int_equal(help_line(&grammar, "show nothing", stderr, &why), -EINVAL);
	assert_string_equal(why.got, "nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_lists_every_action_and_the_shells_own),
		cmocka_unit_test(help_of_a_beginning_lists_what_is_under_it),
		cmocka_unit_test(help_of_an_action_tells_its_parameters),
		cmocka_unit_test(help_of_an_action_tells_the_names_of_values),
		cmocka_unit_test(help_refuses_unknown_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
