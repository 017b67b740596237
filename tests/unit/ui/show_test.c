#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/show_json.h"
#include "ui/show_text.h"
#include "ui/show_unit.h"

// A file of tests/golden/show, to be freed; its directory is known from the environment.
static char *golden(const char *name, const char *suffix)
{
	char path[512], *text = calloc(1, 65536);
	FILE *file;

	snprintf(path, sizeof(path), "%s/golden/show/%s%s", getenv("TESTS"), name, suffix);
	file = fopen(path, "r");
	assert_non_null(text);
	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static const struct act_column tunnel_columns[] = {{"name", NULL}, {"state", "is"},
	{"peer.address", NULL}, {"peer.id", "id"}, {"age_s", NULL}, {"rx_bytes", "in"},
	{"rate_bps", NULL}, {"absent", NULL}, {}};

static const struct act_column chosen_columns[] = {
	{"name", NULL}, {"age_s", NULL}, {"absent", NULL}, {"found", NULL}, {}};

static const struct {
	const char *name;
	const struct act_column *columns;
} rows[] = {
	{"table", tunnel_columns},
	{"every_field", NULL},
	{"nested", NULL},
	{"empty", NULL},
	{"list", NULL},
	{"chosen", chosen_columns},
	{"text", NULL},
	{"hostile", NULL},
};

// Each NAME.json shows as NAME.txt.
static void show_text_is_as_golden(void **)
{
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *in = golden(rows[i].name, ".json"), *want = golden(rows[i].name, ".txt"), *is;
		json_t *tree = json_loads(in, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		size_t size;
		FILE *out = open_memstream(&is, &size);

		assert_non_null(tree);
		assert_non_null(out);
		show_text(tree, rows[i].columns, out);
		fclose(out);
		assert_string_equal(is, want);
		free(is);
		free(want);
		free(in);
		json_decref(tree);
	}
}

static void show_json_keeps_order_and_raw_numbers(void **)
{
	char *in = golden("nested", ".json"), *is;
	json_t *tree = json_loads(in, 0, NULL);
	size_t size;
	FILE *out = open_memstream(&is, &size);

	assert_non_null(tree);
	assert_non_null(out);
	show_json(tree, out);
	fclose(out);
	assert_string_equal(is, in);
	free(is);
	free(in);
	json_decref(tree);
}

static const struct {
	const char *field;
	double value;
	const char *text;
} units[] = {
	{"bytes", 0, "0 B"},
	{"bytes", 1023, "1023 B"},
	{"rx_bytes", 1024, "1.00 KiB"},
	{"rx_bytes", 15.5 * 1024 * 1024, "15.5 MiB"},
	{"rx.bytes", 2048, "2.00 KiB"},
	{"kilobytes", 2048, "2048"},
	{"age_s", 0, "0s"},
	{"age_s", 59, "59s"},
	{"age_s", 61, "1m01s"},
	{"age_s", 3723, "1h02m"},
	{"age_s", 90000, "1d01h"},
	{"ports", 90000, "90000"},
	{"rtt_us", 850, "850 us"},
	{"rtt_us", 1250, "1.25 ms"},
	{"rtt_us", 61e6, "1m01s"},
	{"rate_bps", 999, "999 bit/s"},
	{"rate_bps", 9.5e9, "9.50 Gbit/s"},
};

static void show_unit_follows_from_the_name(void **)
{
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		json_t *value = json_integer((json_int_t)units[i].value);
		char text[SHOW_CELL];

		assert_string_equal(show_unit(units[i].field, value, text), units[i].text);
		json_decref(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(show_text_is_as_golden),
		cmocka_unit_test(show_json_keeps_order_and_raw_numbers),
		cmocka_unit_test(show_unit_follows_from_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
