// The rules of VPN gateways through the operator's file.
#include "rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/cloud.h"
#include "model/codes.h"
#include "ui/conf.h"
#include "unit/unit.h"

// File and state as one file.
static int read_all(const char *state, struct model *m, struct report *report)
{
	char *text = malloc(strlen(rules_file) + strlen(state) + 1);
	int err;

	assert_non_null(text);
	strcpy(text, rules_file);
	strcat(text, state);
	err = conf_read(text, strlen(text), NULL, m, report);
	free(text);
	return err;
}

static const struct complaint *find(const struct report *report, const struct rule *rule)
{
	for (size_t i = 0; i < report->n; i++) {
		if (!strcmp(report->v[i].code, rule->code) &&
			!strcmp(report->v[i].why.where, rule->where))
			return &report->v[i];
	}
	return NULL;
}

static void the_configuration_is_right(void **)
{
	struct report report = {};
	struct model m;
	int err = read_all(rules_state, &m, &report);

	if (err || report.n)
		conf_complain(&report, "rules", stderr);
	assert_int_equal(err, 0);
	for (size_t i = 0; i < report.n; i++)
		assert_string_equal(report.v[i].code, "weak-algorithm"); // the lab's defaults
	model_fini(&m);
	report_fini(&report);
}

static void every_rule_has_its_complaint(void **)
{
	for (size_t i = 0; i < rules_count; i++) {
		const struct rule *rule = &rules[i];
		char *state = rules_change(rules_state, rule->find, rule->replace);
		struct report report = {};
		struct model m;
		int err = read_all(state, &m, &report);
		const struct complaint *c = find(&report, rule);

		if (!c || err != (rule->status ? -EINVAL : 0)) {
			print_message("%s -> %s: expected %s at %s\n", rule->find, rule->replace,
				rule->code, rule->where);
			conf_complain(&report, "rules", stderr);
		}
		assert_non_null(c);
		assert_int_equal(err, rule->status ? -EINVAL : 0);
		assert_int_equal(c->warning, !rule->status);
		assert_true(c->why.what[0]);
		model_fini(&m);
		report_fini(&report);
		free(state);
	}
}

static void every_rule_has_the_apis_answer_and_parameter(void **)
{
	for (size_t i = 0; i < rules_count; i++) {
		const struct rule *rule = &rules[i];
		struct complaint c = {.code = rule->code, .warning = !rule->status};
		char answer[CODE_ANSWER], param[CLOUD_PARAM];

		why_set(&c.why, 0, NULL, rule->where, NULL, NULL);
		assert_string_equal(cloud_param(rule->where, param), rule->param);
		assert_int_equal(code_answer(&c, answer), rule->status);
		assert_string_equal(answer, rule->api);
	}
}

// A secret that is refused is not repeated.
static void no_complaint_holds_a_secret(void **)
{
	char *state = rules_change(rules_state, "\"key-3\"", "\"key 3\"");
	struct report report = {};
	struct model m;

	assert_int_equal(read_all(state, &m, &report), -EINVAL);
	for (size_t i = 0; i < report.n; i++) {
		char text[1024];

		assert_null(strstr(complaint_show(&report.v[i], "", text, sizeof(text)), "key 3"));
	}
	model_fini(&m);
	report_fini(&report);
	free(state);
}

// D-14: gateways that share the flows out may have several routes to one place. The route of the
// other gateway must want to share, too.
static void ecmp_lets_routes_share_a_destination(void **)
{
	char *active = rules_change(rules_state, "weight = 0", "weight = 100");
	char *one = rules_change(active, "name = \"vpn-1\"; ", "name = \"vpn-1\"; ecmp = true; ");
	char *both = rules_change(one, "name = \"vpn-2\"; ", "name = \"vpn-2\"; ecmp = true; ");
	struct report report = {};
	struct model m;

	assert_int_equal(read_all(one, &m, &report), -EINVAL);
	assert_int_equal(report.errors, 1);
	report_fini(&report);
	assert_int_equal(read_all(both, &m, &report), 0);
	model_fini(&m);
	report_fini(&report);
	free(active);
	free(one);
	free(both);
}

// docs/routing.md: that is how to publish an automatic one. It counts once.
static void a_policy_route_in_place_of_an_automatic_one_counts_once(void **)
{
	char *few = rules_change(
		rules_state, "name = \"vpn-1\"; ", "name = \"vpn-1\"; max_policy_routes = 2; ");
	char *source = rules_change(few, "\"10.1.1.0/24\"", "\"10.1.0.0/16\"");
	char *both = rules_change(source, "\"10.8.1.0/24\"", "\"10.8.0.0/16\"");
	struct report report = {};
	struct model m;

	assert_int_equal(read_all(source, &m, &report), -EINVAL);
	report_fini(&report);
	assert_int_equal(read_all(both, &m, &report), 0);
	model_fini(&m);
	report_fini(&report);
	free(few);
	free(source);
	free(both);
}

// What the machine bears is the operator's file's to say.
static void more_tunnels_than_the_machine_bears_are_refused(void **)
{
	char *text = rules_change(
		rules_file, "control_lcore = 0;", "control_lcore = 0; limits = { tunnels = 5; };");
	char *all = malloc(strlen(text) + strlen(rules_state) + 1);
	char answer[CODE_ANSWER];
	struct report report = {};
	struct model m;

	assert_non_null(all);
	strcpy(all, text);
	strcat(all, rules_state);
	assert_int_equal(conf_read(all, strlen(all), NULL, &m, &report), -EINVAL);
	assert_string_equal(report.v[0].code, "too-many");
	assert_int_equal(code_answer(&report.v[0], answer), 400);
	assert_string_equal(answer, "Resource.QuotaFull");
	report_fini(&report);
	free(text);
	free(all);
}

// The first text in quotes that looks like a code, behind a call that makes a complaint.
static void each_code_in(const char *source, const char *call, unsigned int *seen)
{
	for (const char *at = source; (at = strstr(at, call)); at++) {
		const char *end = strchr(at, ';'), *quote = strchr(at, '"');
		char code[64];
		size_t len;

		if (!quote || !end || quote > end)
			continue;
		len = strspn(quote + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");
		if (quote[len + 1] != '"' || len >= sizeof(code))
			continue;
		memcpy(code, quote + 1, len);
		code[len] = 0;
		if (!code_find(code))
			print_message("%s has no row in codes.c\n", code);
		assert_non_null(code_find(code));
		(*seen)++;
	}
}

static char *read_file(const char *dir, const char *name)
{
	char path[1024];
	char *text = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

static void every_code_in_the_sources_is_in_the_table(void **)
{
	static const char *const parts[] = {"lib/model", "lib/ui", "lib/ctl"};
	unsigned int seen = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char path[512];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), "%s/../%s", getenv("TESTS"), parts[i]);
		dir = opendir(path);
		assert_non_null(dir);
		while ((entry = readdir(dir))) {
			size_t len = strlen(entry->d_name);
			char *text;

			if (len < 2 || strcmp(entry->d_name + len - 2, ".c") != 0)
				continue;
			text = read_file(path, entry->d_name);
			each_code_in(text, "report_add(", &seen);
			each_code_in(text, "report_warn(", &seen);
			each_code_in(text, "report_add)(", &seen);
			each_code_in(text, "report_warn)(", &seen);
			free(text);
		}
		closedir(dir);
	}
	assert_true(seen > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_configuration_is_right),
		cmocka_unit_test(every_rule_has_its_complaint),
		cmocka_unit_test(every_rule_has_the_apis_answer_and_parameter),
		cmocka_unit_test(no_complaint_holds_a_secret),
		cmocka_unit_test(ecmp_lets_routes_share_a_destination),
		cmocka_unit_test(a_policy_route_in_place_of_an_automatic_one_counts_once),
		cmocka_unit_test(more_tunnels_than_the_machine_bears_are_refused),
		cmocka_unit_test(every_code_in_the_sources_is_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
