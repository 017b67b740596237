// What shell and API may not change, each tried once.
#include "model/check_change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/cloud.h"
#include "model/codes.h"
#include "rules.h"
#include "ui/conf.h"
#include "unit/unit.h"

static struct model before;

static int read_state(const char *lists, struct model *m)
{
	struct report report = {};
	struct state s;
	char *text;
	int len = asprintf(&text, "state = { version = 1; };\n%s", lists);
	int err = len < 0 ? -ENOMEM : conf_read_state(text, (size_t)len, &s, &report);

	free(text);
	*m = s.model;
	return err;
}

static int setup(void **)
{
	return read_state(rules_state, &before);
}

static int teardown(void **)
{
	model_fini(&before);
	return 0;
}

static int change(const char *find, const char *replace, struct report *report)
{
	char *text = rules_change(rules_state, find, replace);
	struct model after;
	int err;

	assert_int_equal(read_state(text, &after), 0);
	err = check_change(&before, &after, report);
	model_fini(&after);
	free(text);
	return err;
}

static void what_is_fixed_is_refused(void **)
{
	static const struct {
		const char *find, *replace, *code, *where, *param, *answer;
	} rows[] = {
		//
		{"vpn_gateway = \"vpn-2\"", "vpn_gateway = \"vpn-1\"", "immutable",
			"connections[2].vpn_gateway", "VpnGatewayId", "IllegalParam.VpnGatewayId"},
		{"name = \"lab\"; ", "name = \"lab\"; vpn_gateway = \"vpn-2\"; ", "immutable",
			"connections[3].vpn_gateway", "VpnGatewayId", "IllegalParam.VpnGatewayId"},
		// API.md 2.1, R-50
		{"198.51.100.7", "198.51.100.77", "immutable", "customer_gateways[0].address",
			"IpAddress", "IllegalParam.IpAddress"},
		{"address = \"198.51.100.8\"", "address = \"%any\"", "immutable",
			"customer_gateways[1].address", "IpAddress", "IllegalParam.IpAddress"},
		{"asn = 65001", "asn = 65002", "immutable", "customer_gateways[0].asn", "Asn",
			"IllegalParam.Asn"},
		{"address = \"198.51.100.8\"; ", "address = \"198.51.100.8\"; asn = 65002; ",
			"immutable", "customer_gateways[1].asn", "Asn", "IllegalParam.Asn"},
		//
		{"\"tun-bgp-1\"", "\"tun-bgp-2\"", "role-fixed", "connections[0].tunnels",
			"TunnelOptionsSpecification", "IllegalParam.Role"},
		{"\"tun-bgp-2\"", "\"tun-bgp-1\"", "role-fixed", "connections[0].tunnels",
			"TunnelOptionsSpecification", "IllegalParam.Role"},
		// a second tunnel in front of the one that is there
		{"    { name = \"tun-single-1\"",
			"    { name = \"new\"; customer_gateway = \"cgw-osaka\"; }, { name = "
			"\"tun-single-1\"",
			"role-fixed", "connections[2].tunnels", "TunnelOptionsSpecification",
			"IllegalParam.Role"},
		//
		{"name = \"vpn-1\"; ", "name = \"vpn-1\"; redundancy = \"single\"; ",
			"no-downgrade", "vpn_gateways[0].redundancy", "vpn_gateways[0].redundancy",
			"InvalidParameter"},
		// What others refer to
		{"name = \"cgw-osaka\"", "name = \"cgw-nara\"", "in-use", "customer_gateways",
			"customer_gateways", "DependencyViolation.VpnConnection"},
		{"name = \"vpn-2\"", "name = \"vpn-3\"", "in-use", "vpn_gateways", "vpn_gateways",
			"DependencyViolation.VpnConnection"},
		{"name = \"vco-policy\"", "name = \"vco-other\"", "in-use", "connections",
			"connections", "DependencyViolation.RouteEntry"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char answer[CODE_ANSWER], param[CLOUD_PARAM];
		struct report report = {};
		int err = change(rows[i].find, rows[i].replace, &report);

		if (err != -EINVAL || report.n != 1 || strcmp(report.v[0].code, rows[i].code) != 0)
			print_message("%s -> %s\n", rows[i].find, rows[i].replace);
		assert_int_equal(err, -EINVAL);
		assert_int_equal(report.n, 1);
		assert_string_equal(report.v[0].code, rows[i].code);
		assert_string_equal(report.v[0].why.where, rows[i].where);
		assert_true(report.v[0].why.what[0]);
		assert_string_equal(cloud_param(rows[i].where, param), rows[i].param);
		assert_int_equal(code_answer(&report.v[0], answer), 400);
		assert_string_equal(answer, rows[i].answer);
		report_fini(&report);
	}
}

// API.md 2.3
static void routes_are_exchanged_as_long_as_there_is_bgp(void **)
{
	char answer[CODE_ANSWER];
	struct report report = {};

	before.vpn_gateways.v[0].auto_propagate = true;
	before.vpn_gateways.v[1].auto_propagate = true;
	assert_int_equal(change("stage=live", "stage=live", &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].code, "bgp-in-use");
	assert_string_equal(report.v[0].why.where, "vpn_gateways[0].auto_propagate");
	assert_string_equal(report.v[0].why.got, "vco-bgp");
	assert_int_equal(code_answer(&report.v[0], answer), 400);
	assert_string_equal(answer, "OperationUnsupported.AutoPropagate");
	report_fini(&report);
}

static void what_may_change_changes(void **)
{
	static const struct {
		const char *find, *replace;
	} rows[] = {
		{"stage=live", "stage=test"}, {"md5!key", "another!key"},
		{"\"key-1\"", "\"key-new\""}, {"bgp = true", "bgp = false"},
		{"[ \"10.8.0.0/16\" ]", "[ \"10.9.0.0/16\" ]"},
		{"customer_gateway = \"cgw-kyoto\"; pre_shared_key = \"key-4\"",
			"customer_gateway = \"cgw-tokyo\"; pre_shared_key = \"key-4\""},
		// from one tunnel to two
		{"redundancy = \"single\"", "redundancy = \"dual\""},
		{"pre_shared_key = \"key-5\";", "pre_shared_key = \"key-6\";"},
		{"name = \"lab\"", "name = \"another\""}, // one goes, one comes
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report report = {};

		assert_int_equal(change(rows[i].find, rows[i].replace, &report), 0);
		assert_int_equal(report.n, 0);
	}
}

// What is deleted with all that refers to it, and what never was there, is no complaint here.
static void nothing_is_in_use_when_all_goes(void **)
{
	struct report report = {};
	struct model none;

	assert_int_equal(model_init(&none), 0);
	assert_int_equal(check_change(&before, &none, &report), 0);
	assert_int_equal(check_change(&none, &before, &report), 0);
	assert_int_equal(
		change("customer_gateway = \"cgw-osaka\"", "customer_gateway = \"no\"", &report),
		0);
	model_fini(&none);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(what_is_fixed_is_refused),
		ROW(routes_are_exchanged_as_long_as_there_is_bgp),
		ROW(what_may_change_changes),
		ROW(nothing_is_in_use_when_all_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
