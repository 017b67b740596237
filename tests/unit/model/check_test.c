// Every rule that spans leaves, each broken once in a configuration that is right.
#include "model/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "ui/conf.h"
#include "unit/unit.h"

// A change of the sample, and the one complaint that must follow.
static const struct row {
	const char *find, *replace;
	const char *code, *where;
	unsigned int line;
	bool warning;
} rows[] = {
	{"[ 1, 2 ]", "[ 1, 1 ]", "duplicate", "system.worker_lcores[1]", 1},
	{"[ 1, 2 ]", "[ 1, 0 ]", "lcore-shared", "system.worker_lcores[1]", 1},
	{"[ 1, 2 ]", "[ ]", "missing", "system.worker_lcores", 1},
	{"control_lcore = 0;", "control_lcore = 0; logbook = { directory = \"log\"; };",
		"not-absolute", "system.logbook.directory", 1},
	{"control_lcore = 0;", "control_lcore = 0; limits = { tunnels = 1; };", "too-many",
		"connections", 14},

	{"\"0000:03:00.1\"", "\"0000:03:00.0\"", "duplicate", "ports[1].device", 5},
	{"mtu = 9000", "mirror = \"wan\"", "duplicate", "ports[1].mirror", 5},
	{"\"10.1.0.1/24\"", "\"203.0.113.9/25\"", "overlap", "ports[1].addresses[0]", 6},
	{"\"203.0.113.2/24\"", "\"203.0.113.1/24\"", "duplicate", "ports[0].addresses[1]", 4},
	{"\"10.1.0.1/24\"", "\"10.1.0.1/24\", \"10.9.0.0/24\"", "not-a-host",
		"ports[1].addresses[1]", 6},
	{"\"10.1.0.1/24\"", "\"10.1.0.1/24\", \"10.9.0.255/24\"", "not-a-host",
		"ports[1].addresses[1]", 6},
	{"\"10.1.0.1/24\"", "\"10.1.0.1/24\", \"224.0.0.1/24\"", "not-a-host",
		"ports[1].addresses[1]", 6},
	{"mtu = 9000;\n   addresses = [", "mtu = 1000; addresses = [ \"2001:db8::1/64\",", "mtu",
		"ports[1].addresses[0]", 5},
	{"device = \"0000:03:00.1\";", "", "missing", "ports[1].device", 5},
	{"device = \"0000:03:00.1\"", "device = \"\"", "out-of-range", "ports[1].device", 5},

	{"name = \"gw2\"", "name = \"gw1\"", "duplicate", "gateway_addresses[1].name", 10},
	{"address = \"203.0.113.2\"", "address = \"203.0.113.1\"", "duplicate",
		"gateway_addresses[1].address", 10},
	{"address = \"203.0.113.1\"", "address = \"192.0.2.1\"", "not-on-link",
		"gateway_addresses[0].address", 8},
	{"address = \"203.0.113.1\"", "address = \"203.0.113.255\"", "not-a-host",
		"gateway_addresses[0].address", 8},
	{"port = \"wan\"", "port = \"wam\"", "unknown-name", "gateway_addresses[0].port", 8},
	{"next_hop = \"203.0.113.254\"", "next_hop = \"192.0.2.254\"", "not-on-link",
		"gateway_addresses[0].next_hop", 9},
	{"next_hop = \"203.0.113.254\"", "next_hop = \"203.0.113.2\"", "own-address",
		"gateway_addresses[0].next_hop", 9},
	{"role = \"outside\"", "role = \"inside\"", "not-outside", "gateway_addresses[0].port", 8},

	{"\"198.51.100.7\"", "\"203.0.113.1\"", "own-address", "customer_gateways[0].address", 12},
	{"\"198.51.100.7\"", "\"127.0.0.1\"", "not-a-host", "customer_gateways[0].address", 12},
	{"name = \"osaka\"; ", "name = \"tokyo\"; ", "duplicate", "customer_gateways[1].name", 13},

	{"\"10.3.0.0/16\"", "\"10.2.8.0/24\"", "overlap", "connections[0].remote_networks[1]", 17},
	{"\"10.3.0.0/16\"", "\"2001:db8::/32\"", "family", "connections[0].remote_networks", 17},
	{"gateway_address = \"gw1\"", "gateway_address = \"gw3\"", "unknown-name",
		"connections[0].tunnels[0].gateway_address", 19},
	{"customer_gateway = \"tokyo\"", "customer_gateway = \"toyko\"", "unknown-name",
		"connections[0].tunnels[0].customer_gateway", 19},
	{"pre_shared_key = \"a secret of office-1\";", "", "missing",
		"connections[0].tunnels[0].pre_shared_key", 19},
	{"name = \"office-2\"", "name = \"office-1\"", "duplicate", "connections[0].tunnels[1]",
		24},
	{"gateway_address = \"gw2\"", "gateway_address = \"gw1\"", "same-gateway-address",
		"connections[0].tunnels[1].gateway_address", 24},
	{"name = \"gw2\"; address = \"203.0.113.2\"; port = \"wan\"",
		"name = \"gw2\"; address = \"2001:db8::2\"; port = \"wan\"", "not-on-link",
		"gateway_addresses[1].address", 10},
	{"address = \"198.51.100.7\"", "address = \"2001:db8::7\"", "family",
		"connections[0].tunnels[0].customer_gateway", 19},
	{"address = \"203.0.113.77\"", "address = \"192.0.2.77\"", "needs-next-hop",
		"connections[0].tunnels[1].customer_gateway", 24},
	{"address = \"198.51.100.7\"", "address = \"%any\"", "needs-address",
		"connections[0].tunnels[0].start", 19},
	{"local_id = \"fqdn:gw.example\"; remote_id = \"keyid:0x0102\"", "local_id = \"a b\"",
		"bad-value", "connections[0].tunnels[0].local_id", 21},
	{"customer_gateway = \"tokyo\";\n", "customer_gateway = \"tokyo\"; version = \"ikev1\";\n",
		"needs-address-id", "connections[0].tunnels[0].local_id", 21},
	{"customer_gateway = \"tokyo\";\n", "customer_gateway = \"tokyo\"; version = \"ikev1\";\n",
		"needs-address-id", "connections[0].tunnels[0].remote_id", 21},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; version = \"ikev1\"; mode = \"aggressive\";\n",
		"one-pair", "connections[0].tunnels[0].version", 19},
	{"ipsec = { proposals = [ \"aes256gcm16-ecp256\" ]; }; },",
		"version = \"ikev1\";\n ipsec = { proposals = [ \"chacha20poly1305\" ]; }; },",
		"not-in-ikev1", "connections[0].tunnels[0].ipsec.proposals", 24},
	{"local_id = \"fqdn:gw.example\"", "local_id = \"%any\"", "needs-id",
		"connections[0].tunnels[0].local_id", 21},
	{"proposals = [ \"aes256-sha256-ecp256\" ]",
		"proposals = [ \"aes256-sha256-ecp256\", \"aes128-sha1-group2\" ]",
		"weak-algorithm", "connections[0].tunnels[0].ike.proposals", 22, true},
	{"proposals = [ \"aes256gcm16-ecp256\" ]",
		"proposals = [ \"aes256gcm16-ecp256\" ]; lifetime_s = 59", "short-lifetime",
		"connections[0].tunnels[0].ipsec.lifetime_s", 23, true},
	{"proposals = [ \"aes256gcm16-ecp256\" ]", "proposals = [ ]", "missing",
		"connections[0].tunnels[0].ipsec.proposals", 23},
	// 3 x 11
	{"connections = (\n",
		"connections = ( { name = \"many\"; local_networks = [ \"172.16.0.0/24\", "
		"\"172.16.1.0/24\", \"172.16.2.0/24\" ]; "
		"remote_networks = [ \"172.17.0.0/24\", \"172.17.1.0/24\", \"172.17.2.0/24\", "
		"\"172.17.3.0/24\", \"172.17.4.0/24\", \"172.17.5.0/24\", \"172.17.6.0/24\", "
		"\"172.17.7.0/24\", \"172.17.8.0/24\", \"172.17.9.0/24\", \"172.17.10.0/24\" ]; "
		"tunnels = ( { name = \"many-1\"; gateway_address = \"gw2\"; customer_gateway = "
		"\"osaka\"; "
		"pre_shared_key = \"a secret of many\"; local_id = \"fqdn:many.example\"; "
		"ipsec = { one_child_per_pair = true; }; } ); },\n",
		"too-many", "connections[0].tunnels[0].ipsec.one_child_per_pair", 14},

	// Probes: line 19 has the tunnel's name, and what is put there.
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.2.0.1\"; };\n", "missing",
		"connections[0].tunnels[0].probe.source", 19},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.2.0.1\"; source = "
		"\"10.1.0.2\"; };\n",
		"not-own-address", "connections[0].tunnels[0].probe.source", 19},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.2.0.1\"; source = "
		"\"fd00::1\"; };\n",
		"family", "connections[0].tunnels[0].probe.source", 19},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.4.0.1\"; source = "
		"\"10.1.0.1\"; };\n",
		"outside-networks", "connections[0].tunnels[0].probe.address", 19},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.2.0.1\"; source = "
		"\"203.0.113.1\"; };\n",
		"outside-networks", "connections[0].tunnels[0].probe.source", 19},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.1.0.1\"; source = "
		"\"10.1.0.1\"; };\n",
		"own-address", "connections[0].tunnels[0].probe.address", 19},
	{"customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.2.0.1\"; source = "
		"\"10.1.0.1\"; interval_ms = 49; };\n",
		"out-of-range", "connections[0].tunnels[0].probe.interval_ms", 19},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; source = \"10.1.0.1\"; };\n   tunnels = (\n",
		"missing", "connections[0].health_check.destination", 18},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"10.2.0.1\"; };\n   tunnels = "
		"(\n",
		"missing", "connections[0].health_check.source", 18},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"10.2.0.1\"; source = "
		"\"10.1.0.2\"; };\n   tunnels = (\n",
		"not-own-address", "connections[0].health_check.source", 18},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"fd00::1\"; source = "
		"\"10.1.0.1\"; };\n   tunnels = (\n",
		"family", "connections[0].health_check.source", 18},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"10.4.0.1\"; source = "
		"\"10.1.0.1\"; };\n   tunnels = (\n",
		"outside-networks", "connections[0].health_check.destination", 18},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"10.2.0.1\"; source = "
		"\"203.0.113.1\"; };\n   tunnels = (\n",
		"outside-networks", "connections[0].health_check.source", 18},
	{"   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"10.1.0.1\"; source = "
		"\"10.1.0.1\"; };\n   tunnels = (\n",
		"own-address", "connections[0].health_check.destination", 18},

	{"\"10.1.0.0/16\"; port", "\"10.2.0.0/16\"; port", "duplicate", "routes[1].destination",
		30},
	{"port = \"lan\";\n", "\n", "one-way", "routes[1]", 30},
	{"port = \"lan\"", "port = \"lan\"; discard = true", "one-way", "routes[1]", 30},
	{"connection = \"office\"; },", "connection = \"ofice\"; },", "unknown-name",
		"routes[0].connection", 29},
	{"port = \"lan\"", "port = \"lane\"", "unknown-name", "routes[1].port", 30},
	{"next_hop = \"10.1.0.254\"", "next_hop = \"10.4.0.254\"", "not-on-link",
		"routes[1].next_hop", 31},
	{"next_hop = \"10.1.0.254\"", "next_hop = \"10.1.0.1\"", "own-address",
		"routes[1].next_hop", 31},
	{"connection = \"office\"; },", "connection = \"office\"; next_hop = \"10.1.0.9\"; },",
		"needs-port", "routes[0].next_hop", 29},
	{"destination = \"10.1.0.0/16\"", "destination = \"2001:db8::/32\"", "family",
		"routes[1].next_hop", 31},
	{"destination = \"10.2.0.0/16\"; conn", "destination = \"10.0.0.0/8\"; conn",
		"outside-networks", "routes[0].destination", 29, true},

	{"protocol = \"tcp\"", "protocol = \"icmp\"", "needs-protocol",
		"policies[0].destination_ports", 34},
	{"source = \"10.1.0.0/16\"", "source = \"2001:db8::/32\"", "family",
		"policies[0].destination", 33},
	{"\n   connection = \"office\";", "", "needs-connection", "policies[0].connection", 33},
	{"   connection = \"office\"", "   action = \"bypass\"; connection = \"office\"",
		"needs-protect", "policies[0].connection", 35},
	{"   connection = \"office\"", "   connection = \"elsewhere\"", "unknown-name",
		"policies[0].connection", 35},
	{"destination = \"10.2.0.0/16\";\n   proto", "destination = \"10.4.0.0/16\";\n   proto",
		"outside-networks", "policies[0].destination", 33, true},
};

static const struct complaint *find(const struct report *report, const struct row *row)
{
	for (size_t i = 0; i < report->n; i++) {
		if (!strcmp(report->v[i].code, row->code) &&
			!strcmp(report->v[i].why.where, row->where))
			return &report->v[i];
	}
	return NULL;
}

static void show(const struct row *row, const struct report *report)
{
	print_message("%s -> %s: expected %s at %s:%u\n", row->find, row->replace, row->code,
		row->where, row->line);
	conf_complain(report, "sample", stderr);
}

static void the_sample_is_right(void **)
{
	struct report report = {};
	struct model m;

	assert_int_equal(conf_read(sample, strlen(sample), NULL, &m, &report), 0);
	assert_int_equal(report.n, 0);
	model_fini(&m);
	report_fini(&report);
}

static void every_rule_has_its_complaint(void **)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		char *text = sample_with(row->find, row->replace);
		struct report report = {};
		struct model m;
		int err = conf_read(text, strlen(text), NULL, &m, &report);
		const struct complaint *c = find(&report, row);

		if (!c || c->line != row->line || err != (row->warning ? 0 : -EINVAL))
			show(row, &report);
		assert_non_null(c);
		assert_int_equal(c->line, row->line);
		assert_int_equal(c->warning, row->warning);
		assert_int_equal(err, row->warning ? 0 : -EINVAL);
		assert_true(c->why.what[0]);
		model_fini(&m);
		report_fini(&report);
		free(text);
	}
}

static void pings_that_can_be_answered_are_right(void **)
{
	char *text = sample_with("   tunnels = (\n",
		"   health_check = { enabled = true; destination = \"10.3.0.1\"; source = "
		"\"10.1.0.1\"; };\n   tunnels = (\n");
	struct report report = {};
	struct model m;

	assert_int_equal(conf_read(text, strlen(text), NULL, &m, &report), 0);
	assert_int_equal(report.n, 0);
	model_fini(&m);
	free(text);
	text = sample_with("customer_gateway = \"tokyo\";\n",
		"customer_gateway = \"tokyo\"; probe = { address = \"10.2.0.1\"; "
		"source = \"10.1.0.1\"; interval_ms = 50; };\n");
	assert_int_equal(conf_read(text, strlen(text), NULL, &m, &report), 0);
	assert_int_equal(report.n, 0);
	model_fini(&m);
	free(text);
	// What is off need not be complete.
	text = sample_with("   tunnels = (\n",
		"   health_check = { destination = \"10.9.0.1\"; };\n   tunnels = (\n");
	assert_int_equal(conf_read(text, strlen(text), NULL, &m, &report), 0);
	assert_int_equal(report.n, 0);
	model_fini(&m);
	free(text);
}

static void near_names_are_offered(void **)
{
	char *text = sample_with("customer_gateway = \"tokyo\"", "customer_gateway = \"toyko\"");
	struct report report = {};
	struct model m;

	assert_int_equal(conf_read(text, strlen(text), NULL, &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].why.expected, "tokyo");
	assert_string_equal(report.v[0].why.got, "toyko");
	report_fini(&report);
	free(text);
}

// what a responder cannot tell apart must be refused, even over two connections.
static void tunnels_that_look_alike_are_ambiguous(void **)
{
	static const char one[] =
		" { name = \"%s\"; tunnels = ( { name = \"%s\"; gateway_address = \"gw2\";"
		" customer_gateway = \"osaka\"; pre_shared_key = \"x\"; } ); } ";
	char a[256], b[256], more[600];
	struct report report = {};
	struct model m;
	char *text;

	snprintf(a, sizeof(a), one, "c1", "t1");
	snprintf(b, sizeof(b), one, "c2", "t2");
	snprintf(more, sizeof(more), "connections = (%s,%s,", a, b);
	text = sample_with("connections = (", more);
	assert_int_equal(conf_read(text, strlen(text), NULL, &m, &report), -EINVAL);
	// t1, t2 and the sample's own office-2: the first stands, the others are complaints.
	assert_int_equal(report.errors, 2);
	for (size_t i = 0; i < report.n; i++) {
		if (!report.v[i].warning)
			assert_string_equal(report.v[i].code, "ambiguous");
	}
	report_fini(&report);
	free(text);
}

static void a_peer_at_any_address_needs_an_identity(void **)
{
	char *text = sample_with(
		"{ name = \"osaka\"; address = \"203.0.113.77\"; }", "{ name = \"osaka\"; }");
	struct report report = {};
	struct model m;

	assert_int_equal(conf_read(text, strlen(text), NULL, &m, &report), -EINVAL);
	assert_int_equal(report.n, 2);
	assert_string_equal(report.v[0].code, "needs-id");
	assert_string_equal(report.v[1].code, "needs-address");
	report_fini(&report);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_is_right),
		cmocka_unit_test(every_rule_has_its_complaint),
		cmocka_unit_test(pings_that_can_be_answered_are_right),
		cmocka_unit_test(near_names_are_offered),
		cmocka_unit_test(tunnels_that_look_alike_are_ambiguous),
		cmocka_unit_test(a_peer_at_any_address_needs_an_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
