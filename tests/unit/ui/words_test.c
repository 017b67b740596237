#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "ui/fake.h"
#include "ui/words.h"

static int match(const char *line, struct split *split, struct words_match *found, struct why *why)
{
	struct grammar grammar = fake_grammar();

	*why = (struct why){};
	assert_int_equal(split_line(line, split, why), 0);
	return words_match(&grammar, split, found, why);
}

static const struct {
	const char *line, *act, *arg;
	bool json;
} good[] = {
	{"show version", "show version", NULL, false},
	{"sh v", "show version", NULL, false},
	{"sh tu", "show tunnels", NULL, false},
	{"show tunnels paris-1", "show tunnels", "paris-1", false},
	{"show tunnels json", "show tunnels", NULL, true},
	{"show tunnels paris-1 json", "show tunnels", "paris-1", true},
	{"show tunnels \"json\"", "show tunnels", "json", false},
	{"show tunnels json json", "show tunnels", "json", true},
	{"tu u paris-1", "tunnel up", "paris-1", false},
	{"trace", "trace", NULL, false},
	{"tra 7 json", "trace", "7", true},
	{"clear counters dr", "clear counters", "drops", false},
	{"c c", "clear counters", NULL, false},
	{"note \"two words\"", "note", "two words", false},
	{"note json", "note", "json", false},
	{"note ''", "note", "", false},
};

static void words_match_finds_the_action(void **)
{
	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct words_match found;
		struct split split;
		struct why why;

		assert_int_equal(match(good[i].line, &split, &found, &why), 0);
		assert_string_equal(found.act->words, good[i].act);
		assert_int_equal(found.json, good[i].json);
		if (good[i].arg)
			assert_string_equal(found.arg[0], good[i].arg);
		else
			assert_null(found.arg[0]);
	}
}

static const struct {
	const char *line, *said; // as why_show
} bad[] = {
	{"", "the command is incomplete: expected show, tunnel, trace, clear, note, wait, big"},
	{"show", "show: the command is incomplete: expected version, tunnels, trace"},
	{"show t", "show: several meanings: expected tunnels, trace, got t"},
	{"t", "several meanings: expected tunnel, trace, got t"},
	{"shwo", "no such command: expected show, tunnel, trace, clear, note, wait, big, got shwo"},
	{"show x", "show: no such command: expected version, tunnels, trace, got x"},
	{"\"show\" version",
		"no such command: expected show, tunnel, trace, clear, note, wait, big, got show"},
	{"'' version", "no such command: expected show, tunnel, trace, clear, note, wait, big"},
	{"tunnel up", "tunnel up: name is missing: expected name: of the tunnel"},
	{"tunnel up ''", "tunnel up: not a valid name: expected name: of the tunnel"},
	{"show version x", "show version: too many words: expected json, or nothing more, got x"},
	{"tunnel up a json", "tunnel up a: too many words: expected nothing more, got json"},
	{"trace 0", "trace: not a valid count: expected a number from 1 to 100, got 0"},
	{"trace 1x", "trace: not a valid count: expected a number from 1 to 100, got 1x"},
	{"trace 99999999999999999999",
		"trace: not a valid count: expected a number from 1 to 100, got "
		"99999999999999999999"},
	{"trace ''", "trace: not a valid count: expected a number from 1 to 100"},
	{"clear counters x",
		"clear counters: not a valid which: expected all, drops, workers, got x"},
};

static void words_match_names_the_word_and_what_was_expected(void **)
{
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct words_match found;
		struct split split;
		struct why why;
		char said[600];

		assert_int_equal(match(bad[i].line, &split, &found, &why), -EINVAL);
		assert_string_equal(why_show(&why, said, sizeof(said)), bad[i].said);
	}
}

static void words_match_keeps_viewers_from_changing(void **)
{
	struct grammar grammar = fake_grammar();
	struct words_match found;
	struct split split;
	struct why why;

	grammar.role = ACT_VIEWER;
	assert_int_equal(split_line("tunnel up paris-1", &split, NULL), 0);
	assert_int_equal(words_match(&grammar, &split, &found, &why), -EPERM);
	assert_int_equal(split_line("show tunnels", &split, NULL), 0);
	assert_int_equal(words_match(&grammar, &split, &found, &why), 0);
}

static void words_match_gives_numbers(void **)
{
	struct words_match found;
	struct split split;
	struct why why;

	assert_int_equal(match("trace 42", &split, &found, &why), 0);
	assert_int_equal(found.number[0], 42);
}

static void words_match_lists_what_fits_and_no_more(void **)
{
	static const char names[40][8] = {"w00", "w01", "w02", "w03", "w04", "w05", "w06", "w07",
		"w08", "w09", "w10", "w11", "w12", "w13", "w14", "w15", "w16", "w17", "w18", "w19",
		"w20", "w21", "w22", "w23", "w24", "w25", "w26", "w27", "w28", "w29", "w30", "w31",
		"w32", "w33", "w34", "w35", "w36", "w37", "w38", "w39"};
	struct act rows[40] = {};
	struct grammar grammar = {.act = rows, .count = 40};
	struct words_match found;
	struct split split;
	struct why why = {};

	for (unsigned int i = 0; i < 40; i++)
		rows[i] = (struct act){.words = names[i], .help = ""};
	assert_int_equal(split_line("x", &split, NULL), 0);
	assert_int_equal(words_match(&grammar, &split, &found, &why), -EINVAL);
	assert_true(strlen(why.expected) < sizeof(why.expected));
	assert_string_equal(why.expected + strlen(why.expected) - 5, ", ...");
}

static void values_are_given_by_name(void **)
{
	struct words_match found;
	struct split split;
	struct why why;

	assert_int_equal(match("tunnel set rome-1 tunnel2.version=ikev2 label=\"a b\" lifetime=5 "
			       "TunnelOptionsSpecification.1.TunnelIkeConfig.IkeVersion=ikev1 "
			       "Name2=x",
				 &split, &found, &why),
		-EINVAL);
	assert_string_equal(why.got, "Name2");
	assert_int_equal(match("tunnel set rome-1 tunnel2.version=ikev2 label=\"a b\" lifetime=5 "
			       "TunnelOptionsSpecification.1.TunnelIkeConfig.IkeVersion=ikev1 "
			       "tunnel1.peer= --yes",
				 &split, &found, &why),
		0);
	assert_int_equal(found.values, 6);
	assert_string_equal(found.value[0].key->name, "version");
	assert_int_equal(found.value[0].tunnel, 2);
	assert_string_equal(found.value[0].text, "ikev2");
	assert_string_equal(found.value[1].text, "a b");
	assert_int_equal(found.value[1].tunnel, 0);
	assert_int_equal(found.value[2].number, 5);
	assert_int_equal(found.value[3].tunnel, 1);
	assert_string_equal(found.value[3].key->name, "version");
	assert_string_equal(found.value[4].text, "");
	assert_int_equal(found.value[5].key->type, ACT_FLAG);
	assert_int_equal(match("tunnel set rome-1 Name=x json", &split, &found, &why), 0);
	assert_true(found.json);
	assert_string_equal(found.value[0].key->name, "label");
}

static const struct {
	const char *values, *said;
} bad_values[] = {
	{"label=1 label=2", "tunnel set: given twice: got label"},
	{"Name=1 label=2", "tunnel set: given twice: got label"},
	{"label", "tunnel set: no such name of a value: expected label, got label"},
	{"lab=1", "tunnel set: no such name of a value: expected label, got lab"},
	{"psk=secret",
		"tunnel set: no such name of a value: expected label, lifetime, tunnel1.peer, "
		"tunnel2.peer, tunnel1.version, tunnel2.version, --yes, got psk"},
	{"tunnel3.peer=x", "tunnel set: no such name of a value: expected label, lifetime, "
			   "tunnel1.peer, tunnel2.peer, tunnel1.version, tunnel2.version, --yes, "
			   "got tunnel3.peer"},
	{"lifetime=86401",
		"tunnel set: not a valid lifetime: expected a number from 0 to 86400, got "
		"86401"},
	{"tunnel1.version=ikev3", "tunnel set: not a valid tunnel1.version: expected ikev1, ikev2, "
				  "got ikev3"},
	{"--yes=1", "tunnel set: no such name of a value: expected --yes, got --yes"},
};

static void a_value_that_is_wrong_is_named(void **)
{
	for (unsigned int i = 0; i < sizeof(bad_values) / sizeof(bad_values[0]); i++) {
		struct words_match found;
		struct split split;
		struct why why;
		char line[128], said[600];

		snprintf(line, sizeof(line), "tunnel set rome-1 %s", bad_values[i].values);
		assert_int_equal(match(line, &split, &found, &why), -EINVAL);
		assert_string_equal(why_show(&why, said, sizeof(said)), bad_values[i].said);
	}
}

// ModifyTunnelAttribute: its keys are those of one tunnel (API.md 1.3: no index).
static void words_match_knows_the_keys_of_one_tunnel(void **)
{
	static const char *const versions[] = {"ikev1", "ikev2", NULL};
	static const struct act_key keys[] = {
		{.name = "ike-version",
			.api = "TunnelIkeConfig.IkeVersion",
			.type = ACT_WORD,
			.words = versions,
			.tunnel = true,
			.leaf = "version",
			.help = ""},
		{.name = "tag", .type = ACT_TEXT, .repeat = true, .help = ""},
		{},
	};
	static const struct act row = {
		.words = "modify", .key = keys, .of_tunnel = true, .help = ""};
	struct grammar grammar = {.act = &row, .count = 1};
	struct words_match found;
	struct split split;
	struct why why = {};

	assert_int_equal(split_line("modify ike-version=ikev2 tag=a tag=b", &split, NULL), 0);
	assert_int_equal(words_match(&grammar, &split, &found, &why), 0);
	assert_int_equal(found.values, 3);
	assert_int_equal(found.value[0].tunnel, 1);
	assert_string_equal(found.value[2].text, "b");
	assert_int_equal(split_line("modify TunnelOptionsSpecification.TunnelIkeConfig.IkeVersion="
				    "ikev3",
				 &split, NULL),
		0);
	// What is configured is judged by the action, so that all that is wrong is said at once.
	assert_int_equal(words_match(&grammar, &split, &found, &why), 0);
	assert_string_equal(found.value[0].text, "ikev3");
	assert_int_equal(split_line("modify tunnel1.ike-version=ikev2", &split, NULL), 0);
	assert_int_equal(words_match(&grammar, &split, &found, &why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_given_by_name),
		cmocka_unit_test(a_value_that_is_wrong_is_named),
		cmocka_unit_test(words_match_finds_the_action),
		cmocka_unit_test(words_match_names_the_word_and_what_was_expected),
		cmocka_unit_test(words_match_keeps_viewers_from_changing),
		cmocka_unit_test(words_match_gives_numbers),
		cmocka_unit_test(words_match_lists_what_fits_and_no_more),
		cmocka_unit_test(words_match_knows_the_keys_of_one_tunnel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
