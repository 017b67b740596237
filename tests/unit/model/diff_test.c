#include "model/diff.h"

#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "ui/conf.h"
#include "unit/unit.h"

static void read_model(const char *text, struct model *m)
{
	struct report report = {};

	assert_int_equal(conf_read(text, strlen(text), NULL, m, &report), 0);
	report_fini(&report);
}

// Each row's change of the sample must give these changes and no others, as shown.
static void only_what_changed_is_named(void **)
{
	static const struct {
		const char *find, *replace, *shown[3];
	} rows[] = {
		{"name = \"web\"", "name = \"web\"", {}},
		{"mtu = 9000", "mtu = 1500", {"port lan: changed: mtu (restart)"}},
		{"control_lcore = 0", "log = { level = \"debug\"; }",
			{"system: changed: log (live)"}},
		{"control_lcore = 0", "control_lcore = 7; log = { level = \"debug\"; }",
			{"system: changed: control_lcore, log (restart)"}},
		{"\"203.0.113.254\"", "\"203.0.113.253\"",
			{"gateway_address gw1: changed: next_hop (live)"}},
		{"\"198.51.100.7\"", "\"198.51.100.8\"",
			{"customer_gateway tokyo: changed: address (reset)"}},
		{"a secret of office-1", "another",
			{"tunnel office-1: changed: pre_shared_key (reset)"}},
		{"[ \"aes256gcm16-ecp256\" ]", "[ \"aes256gcm16-ecp256\" ]; mss_clamp = \"off\"",
			{"tunnel office-1: changed: ipsec (live)"}},
		{"[ \"aes256gcm16-ecp256\" ]", "[ \"aes128gcm16-ecp256\" ]; mss_clamp = \"off\"",
			{"tunnel office-1: changed: ipsec (reset)"}},
		{"\"10.3.0.0/16\"", "\"10.4.0.0/16\"",
			{"connection office: changed: remote_networks (reset)"}},
		{"name = \"office-2\"", "name = \"office-3\"",
			{"connection office: changed: tunnels (live)", "tunnel office-2: removed",
				"tunnel office-3: added"}},
		{"\"10.1.0.0/16\"; port", "\"10.7.0.0/16\"; port",
			{"route 10.1.0.0/16: removed", "route 10.7.0.0/16: added"}},
		{"80-443", "80", {"policy web: changed: destination_ports (live)"}},
	};
	struct model before;

	read_model(sample, &before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = sample_with(rows[i].find, rows[i].replace);
		char shown[DIFF_TEXT];
		struct model after;
		struct diff d;

		read_model(text, &after);
		assert_int_equal(diff_models(&before, &after, &d), 0);
		for (size_t j = 0; j < d.n; j++) {
			assert_true(j < 3 && rows[i].shown[j]);
			assert_string_equal(diff_show(&d.v[j], shown), rows[i].shown[j]);
		}
		assert_true(d.n == 3 || !rows[i].shown[d.n]);
		diff_fini(&d);
		model_fini(&after);
		free(text);
	}
	model_fini(&before);
}

static void everything_is_added_to_nothing(void **)
{
	static const char *const shown[] = {"system: changed: worker_lcores (restart)",
		"port lan: added", "port wan: added", "gateway_address gw1: added",
		"gateway_address gw2: added", "customer_gateway osaka: added",
		"customer_gateway tokyo: added", "connection office: added",
		"tunnel office-1: added", "tunnel office-2: added", "route 10.1.0.0/16: added",
		"route 10.2.0.0/16: added", "policy web: added"};
	struct model before, after;
	char text[DIFF_TEXT];
	struct diff d;

	assert_int_equal(model_init(&before), 0);
	read_model(sample, &after);
	assert_int_equal(diff_models(&before, &after, &d), 0);
	assert_int_equal(d.n, sizeof(shown) / sizeof(shown[0]));
	for (size_t i = 0; i < d.n; i++)
		assert_string_equal(diff_show(&d.v[i], text), shown[i]);
	assert_ptr_equal(d.v[8].parent_after, &after.connections.v[0]);
	assert_null(d.v[8].parent_before);
	diff_fini(&d);
	model_fini(&before);
	model_fini(&after);
}

// Tunnel 1 carries the traffic: their order has a meaning.
static void exchanged_tunnels_change_the_connection(void **)
{
	struct model before, after;
	struct model_tunnel first;
	char text[DIFF_TEXT];
	struct diff d;

	read_model(sample, &before);
	assert_int_equal(model_copy(&after, &before), 0);
	first = after.connections.v[0].tunnels.v[0];
	after.connections.v[0].tunnels.v[0] = after.connections.v[0].tunnels.v[1];
	after.connections.v[0].tunnels.v[1] = first;
	assert_int_equal(diff_models(&before, &after, &d), 0);
	assert_int_equal(d.n, 1);
	assert_string_equal(diff_show(&d.v[0], text), "connection office: changed: tunnels (live)");
	diff_fini(&d);
	model_fini(&before);
	model_fini(&after);
}

static void a_copy_differs_in_nothing_and_shares_nothing(void **)
{
	struct model before, after;
	struct diff d;

	read_model(sample, &before);
	assert_int_equal(model_copy(&after, &before), 0);
	assert_int_equal(diff_models(&before, &after, &d), 0);
	assert_int_equal(d.n, 0);
	assert_ptr_not_equal(before.customer_gateways.v[0].name, after.customer_gateways.v[0].name);
	diff_fini(&d);
	model_fini(&before);
	model_fini(&before);
	assert_string_equal(after.customer_gateways.v[0].name, "tokyo");
	assert_int_equal(after.connections.v[0].tunnels.v[0].pre_shared_key.len, 20);
	model_fini(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_changed_is_named),
		cmocka_unit_test(everything_is_added_to_nothing),
		cmocka_unit_test(exchanged_tunnels_change_the_connection),
		cmocka_unit_test(a_copy_differs_in_nothing_and_shares_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
