#include "unit/unit.h"

#include <string.h>

#include "ui/complete.h"
#include "ui/fake.h"

static void note(void *ctx, const char *word, const char *help)
{
	char *list = ctx;

	assert_non_null(help);
	assert_true(strlen(list) + strlen(word) + 2 < 256);
	strcat(list, *list ? "|" : "");
	strcat(list, *word ? word : "?");
}

static const struct {
	const char *line, *candidates;
	size_t offset;
} rows[] = {
	{"", "show|tunnel|trace|clear|note|wait|big", 0},
	{"t", "tunnel|trace", 0},
	{"show", "show", 0},
	{"show ", "version|tunnels|trace", 5},
	{"sh tu", "tunnels", 3},
	{"show tunnels ", "paris-1|paris-2|rome-1|\"new york\"|json", 13},
	{"show tunnels p", "paris-1|paris-2", 13},
	{"show tunnels \"new", "\"new york\"", 13},
	{"show tunnels paris-1 ", "json", 21},
	{"show tunnels paris-1 json ", "", 26},
	{"clear counters ", "all|drops|workers", 15},
	{"clear counters d", "drops", 15},
	{"trace ", "?|json", 6},
	{"note ", "?", 5},
	{"show x ", "", 7},
	{"tunnel up rome-1 ", "", 17},
	{"tunnel set rome-1 ", "label=|lifetime=|tunnel1.|tunnel2.|--yes|json", 18},
	{"tunnel set rome-1 label=x l", "lifetime=", 26},
	{"tunnel set rome-1 tunnel2.", "tunnel2.peer=|tunnel2.version=", 18},
	{"tunnel set rome-1 tunnel2.peer=paris-1 tunnel2.", "tunnel2.version=", 39},
	{"tunnel set rome-1 tunnel2.version=", "tunnel2.version=ikev1|tunnel2.version=ikev2", 18},
	{"tunnel set rome-1 tunnel1.peer=r", "tunnel1.peer=rome-1", 18},
	{"tunnel set rome-1 tunnel1.peer=n", "\"tunnel1.peer=new york\"", 18},
	{"tunnel set rome-1 lifetime=", "?", 18},
	{"\"sho", "", 0},
	{"a\x01", "", 2},
};

static void complete_offers_words_and_names(void **)
{
	struct grammar grammar = fake_grammar();

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char list[256] = "";
		size_t offset = complete_line(&grammar, rows[i].line, note, list);

		assert_string_equal(list, rows[i].candidates);
		assert_int_equal(offset, rows[i].offset);
	}
}

// What is offered must fit into a line.
static void complete_offers_nothing_to_a_full_line(void **)
{
	struct grammar grammar = fake_grammar();
	char line[SPLIT_LINE] = "tunnel set rome-1", list[256] = "";

	for (unsigned int i = 3; i < SPLIT_WORDS; i++)
		strcat(line, " x");
	strcat(line, " ");
	complete_line(&grammar, line, note, list);
	assert_string_equal(list, "");

	strcpy(line, "tunnel set rome-1 label=");
	memset(line + strlen(line), 'x', SPLIT_LINE - strlen(line));
	strcpy(line + SPLIT_LINE - 5, " li");
	complete_line(&grammar, line, note, list);
	assert_string_equal(list, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_offers_words_and_names),
		cmocka_unit_test(complete_offers_nothing_to_a_full_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
