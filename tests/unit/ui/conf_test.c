#include "ui/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mono.h"
#include "model/diff.h"
#include "unit/model/sample.h"
#include "unit/unit.h"

static int read_text(const char *text, struct model *m, struct report *report)
{
	*report = (struct report){};
	return conf_read(text, strlen(text), NULL, m, report);
}

static void leaves_reach_the_model(void **)
{
	struct report report;
	struct model m;
	const struct model_tunnel *t;

	assert_int_equal(read_text(sample, &m, &report), 0);
	assert_int_equal(m.system.worker_lcores.n, 2);
	assert_int_equal(m.ports.n, 2);
	assert_int_equal(m.ports.v[0].role, MODEL_OUTSIDE);
	assert_int_equal(m.ports.v[0].mtu, 1500);
	assert_int_equal(m.ports.v[1].mtu, 9000);
	assert_int_equal(m.connections.v[0].remote_networks.n, 2);
	t = &m.connections.v[0].tunnels.v[0];
	assert_string_equal(t->name, "office-1");
	assert_int_equal(t->ike.proposals.n, 1);
	assert_memory_equal(t->pre_shared_key.b, "a secret of office-1", 20);
	assert_int_equal(m.policies.v[0].destination_ports.last, 443);
	assert_ptr_equal(model_find_customer_gateway(&m, "osaka"), &m.customer_gateways.v[1]);
	assert_null(model_find_customer_gateway(&m, "kyoto"));
	model_fini(&m);
	report_fini(&report);
}

static void ten_mistakes_are_ten_complaints(void **)
{
	static const char text[] =
		"system = { worker_lcores = [ 1 ]; idel = \"poll\"; log = { level = 3; }; };\n" // 2
		"ports = (\n"
		" { name = \"wan\"; device = \"a\"; role = \"outside\"; mtu = 100;\n" // 3
		"   addresses = [ \"203.0.113.1/24\" ]; } );\n"
		"gateway_addresses = ( { name = \"gw\"; address = \"203.0.113.1\"; port = \"wam\"; "
		"} );\n"
		"customer_gateways = ( { name = \"p\"; address = \"203.0.113.300\"; } );\n" // 5
		"connections = ( { name = \"c\"; remote_networks = \"10.2.0.0/16\";\n"	    // 6
		" tunnels = ( { name = \"t\"; gateway_address = \"gw\"; customer_gateway = \"p\";\n"
		"  start = \"none\"; remote_id = \"p\"; local_id = \"two words\";\n" // 7
		"  pre_shared_key = 12345;\n"					     // 8
		"  ike = { proposals = [ \"aes257-sha256-ecp256\" ]; };\n"	     // 9
		"  ipsec = { proposals = [ \"aes128-sha256\" ]; } } ); } );\n"
		"routes = ( { destination = \"10.2.0.0/16\"; } );\n"; // 10
	static const struct {
		unsigned int line;
		const char *code, *where;
	} rows[] = {
		{1, "unknown-key", "system.idel"},
		{1, "wrong-type", "system.log.level"},
		{3, "out-of-range", "ports[0].mtu"},
		{5, "unknown-name", "gateway_addresses[0].port"},
		{6, "bad-value", "customer_gateways[0].address"},
		{7, "wrong-type", "connections[0].remote_networks"},
		{9, "bad-value", "connections[0].tunnels[0].local_id"},
		{10, "wrong-type", "connections[0].tunnels[0].pre_shared_key"},
		{11, "bad-value", "connections[0].tunnels[0].ike.proposals[0]"},
		{13, "one-way", "routes[0]"},
	};
	struct report report;
	struct model m;

	assert_int_equal(read_text(text, &m, &report), -EINVAL);
	if (report.n != 10)
		conf_complain(&report, "text", stderr);
	assert_int_equal(report.n, 10);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(report.v[i].line, rows[i].line);
		assert_string_equal(report.v[i].code, rows[i].code);
		assert_string_equal(report.v[i].why.where, rows[i].where);
	}
	report_fini(&report);
}

static void syntax_errors_do_not_hide_each_other(void **)
{
	struct report report;
	struct model m;

	assert_int_equal(read_text("system = {\n"
				   "  name = ;\n"
				   "  idle = \"jump\";\n"
				   "  memory_mb = 1 2;\n"
				   "  memory_mb = 512;\n"
				   "  memory_mb = 512;\n"
				   "};\n",
				 &m, &report),
		-EINVAL);
	assert_int_equal(report.n, 4);
	assert_int_equal(report.v[0].line, 2);
	assert_string_equal(report.v[0].code, "syntax");
	assert_int_equal(report.v[1].line, 3);
	assert_string_equal(report.v[1].code, "bad-value");
	assert_int_equal(report.v[2].line, 4);
	assert_int_equal(report.v[3].line, 6);
	assert_string_equal(report.v[3].why.what, "duplicate setting name");
	report_fini(&report);
}

static void an_unclosed_brace_is_told_once(void **)
{
	struct report report;
	struct model m;

	assert_int_equal(
		read_text("system = { name = \"a\";\nports = ();\n", &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].code, "syntax");
	report_fini(&report);
}

// libconfig 1.5 would cut them to 32 bits.
static void large_numbers_are_not_cut(void **)
{
	static const struct {
		const char *number;
		uint64_t value; // 0: out of range
	} rows[] = {
		{"5000000000", 5000000000},
		{"5000000000L", 5000000000},
		{"2147483647", 2147483647},
		{"2147483648", 2147483648},
		{"0x100000000", 0x100000000},
		{"99999999999999999999", 0},
		{"-5000000000", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char leaf[128];
		struct report report;
		struct model m;
		char *text;
		int err;

		snprintf(leaf, sizeof(leaf), "ipsec = { lifetime_bytes = %s; ", rows[i].number);
		text = sample_with("ipsec = {", leaf);
		err = read_text(text, &m, &report);
		assert_int_equal(err, rows[i].value ? 0 : -EINVAL);
		if (!err)
			assert_true(m.connections.v[0].tunnels.v[0].ipsec.lifetime_bytes ==
				    rows[i].value);
		model_fini(&m);
		report_fini(&report);
		free(text);
	}
}

static void a_number_in_quotes_is_no_number(void **)
{
	struct report report;
	struct model m;

	assert_int_equal(
		read_text("ports = ( { rx_queues = \"4\"; mtu = \"1500\"; } );", &m, &report),
		-EINVAL);
	assert_string_equal(report.v[0].code, "wrong-type");
	assert_string_equal(report.v[1].code, "wrong-type");
	report_fini(&report);
}

static void what_libconfig_would_misread_is_refused(void **)
{
	static const char nul[] = "system = { # \0\n name = \"a\"; };";
	static const char open[] = "system = {\n name = \"a;\n};\n";
	struct report report = {};
	struct model m;

	assert_int_equal(conf_read(nul, sizeof(nul) - 1, NULL, &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_int_equal(report.v[0].line, 1);
	report_fini(&report);

	assert_int_equal(read_text(open, &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_int_equal(report.v[0].line, 2);
	assert_string_equal(report.v[0].why.what, "a text does not end");
	report_fini(&report);
}

static void includes_are_refused(void **)
{
	struct report report;
	struct model m;

	assert_int_equal(
		read_text("# @ in a comment\n@include \"/etc/passwd\"\n", &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_int_equal(report.v[0].line, 2);
	report_fini(&report);
}

static char *written(const struct model *m, bool all)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(conf_write(m, all, out), 0);
	fclose(out);
	return text;
}

static void what_is_written_reads_the_same(void **)
{
	for (int all = 0; all < 2; all++) {
		struct model m, again;
		struct report report;
		struct diff d;
		char *text;

		assert_int_equal(read_text(sample, &m, &report), 0);
		report_fini(&report);
		text = written(&m, all);
		assert_null(strstr(text, "a secret"));
		assert_non_null(strstr(text, "pre_shared_key = \"<set>\""));
		assert_int_equal(read_text(text, &again, &report), 0);
		assert_int_equal(diff_models(&m, &again, &d), 0);
		// The two keys are "<set>" now; all else is as it was.
		assert_int_equal(d.n, 2);
		assert_string_equal(d.v[0].list->name, "tunnels");
		assert_int_equal(__builtin_popcountll(d.v[0].leaves), 1);
		diff_fini(&d);
		free(text);
		model_fini(&m);
		model_fini(&again);
		report_fini(&report);
	}
}

static void put(int dir, const char *name, const char *text, mode_t mode)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void keys_come_from_files(void **)
{
	char at[] = "/tmp/culvert-conf-XXXXXX", file[64];
	char *text = sample_with("pre_shared_key = \"a secret of office-1\"",
		"pre_shared_key_file = \"office.psk\"");
	struct report report = {};
	struct model m;
	int dir;

	assert_non_null(mkdtemp(at));
	dir = open(at, O_RDONLY | O_DIRECTORY);
	snprintf(file, sizeof(file), "%s/culvertd.conf", at);
	put(dir, "culvertd.conf", text, 0600);

	assert_int_equal(conf_load(file, &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].code, "unreadable");
	report_fini(&report);

	put(dir, "office.psk", "from a file\n", 0600);
	assert_int_equal(conf_load(file, &m, &report), 0);
	assert_int_equal(report.n, 0);
	assert_int_equal(m.connections.v[0].tunnels.v[0].pre_shared_key.len, 11);
	assert_memory_equal(m.connections.v[0].tunnels.v[0].pre_shared_key.b, "from a file", 11);
	model_fini(&m);

	// Both hold secrets; everybody may read them.
	put(dir, "office.psk", "from a file\n", 0644);
	put(dir, "culvertd.conf", text, 0644);
	assert_int_equal(conf_load(file, &m, &report), 0);
	assert_int_equal(report.warnings, 2);
	assert_string_equal(report.v[0].code, "not-private");
	model_fini(&m);
	report_fini(&report);

	unlinkat(dir, "office.psk", 0);
	unlinkat(dir, "culvertd.conf", 0);
	close(dir);
	rmdir(at);
	free(text);
}

static void the_example_is_accepted(void **)
{
	const char *tests = getenv("TESTS");
	struct report report = {};
	struct model m;
	char file[512];

	assert_non_null(tests);
	snprintf(file, sizeof(file), "%s/../config/culvertd.conf.example", tests);
	assert_int_equal(conf_load(file, &m, &report), 0);
	for (size_t i = 0; i < report.n; i++)
		assert_string_equal(report.v[i].code, "not-private");
	assert_int_equal(m.ports.n, 2);
	assert_int_equal(m.connections.n, 1);
	model_fini(&m);
	report_fini(&report);
}

static void a_check_ends_with_a_summary(void **)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(conf_check("/nonexistent", out), -EINVAL);
	fclose(out);
	assert_string_equal(text, "/nonexistent: cannot be read: got No such file or directory "
				  "[unreadable]\n/nonexistent: refused: 1 mistake, 0 warnings\n");
	free(text);
}

static void a_file_that_is_not_there_is_a_complaint(void **)
{
	struct report report = {};
	struct model m;

	assert_int_equal(conf_load("/nonexistent/culvertd.conf", &m, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].code, "unreadable");
	report_fini(&report);
}

// 10,000 connections, with a route each. Time is printed, not judged: machines differ.
static void ten_thousand_connections_are_read(void **)
{
	enum { N = 10000 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct report report;
	struct model m, copy;
	struct diff d;
	mono_us_t start, loaded;

	fprintf(out,
		"system = { limits = { tunnels = %d; }; };\n"
		"ports = ( { name = \"wan\"; device = \"a\"; role = \"outside\";"
		" addresses = [ \"203.0.113.1/24\" ]; } );\n"
		"gateway_addresses = ( { name = \"gw\"; address = \"203.0.113.1\";"
		" port = \"wan\"; next_hop = \"203.0.113.254\"; } );\ncustomer_gateways = (\n",
		N);
	for (unsigned int i = 0; i < N; i++)
		fprintf(out, "%s{ name = \"p%u\"; address = \"198.18.%u.%u\"; }\n", i ? "," : "", i,
			i >> 8, i & 255);
	fprintf(out, ");\nconnections = (\n");
	for (unsigned int i = 0; i < N; i++)
		fprintf(out,
			"%s{ name = \"c%u\"; remote_networks = [ \"10.%u.%u.0/24\" ];"
			" tunnels = ( { name = \"t%u\"; gateway_address = \"gw\";"
			" customer_gateway = \"p%u\"; pre_shared_key = \"secret-%u\"; } ); }\n",
			i ? "," : "", i, i >> 8, i & 255, i, i, i);
	fprintf(out, ");\nroutes = (\n");
	for (unsigned int i = 0; i < N; i++)
		fprintf(out, "%s{ destination = \"10.%u.%u.0/24\"; connection = \"c%u\"; }\n",
			i ? "," : "", i >> 8, i & 255, i);
	fprintf(out, ");\n");
	fclose(out);

	start = mono_now();
	assert_int_equal(read_text(text, &m, &report), 0);
	loaded = mono_now();
	assert_int_equal(m.connections.n, N);
	assert_int_equal(model_copy(&copy, &m), 0);
	copy.connections.v[77].tunnels.v[0].keepalive_s = 99;
	assert_int_equal(diff_models(&m, &copy, &d), 0);
	assert_int_equal(d.n, 1);
	print_message("10,000 connections: read and checked in %.0f ms, compared in %.0f ms\n",
		(double)(loaded - start) / 1e3, (double)(mono_now() - loaded) / 1e3);
	diff_fini(&d);
	model_fini(&copy);
	model_fini(&m);
	report_fini(&report);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_reach_the_model),
		cmocka_unit_test(ten_mistakes_are_ten_complaints),
		cmocka_unit_test(syntax_errors_do_not_hide_each_other),
		cmocka_unit_test(an_unclosed_brace_is_told_once),
		cmocka_unit_test(large_numbers_are_not_cut),
		cmocka_unit_test(a_number_in_quotes_is_no_number),
		cmocka_unit_test(what_libconfig_would_misread_is_refused),
		cmocka_unit_test(includes_are_refused),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(keys_come_from_files),
		cmocka_unit_test(the_example_is_accepted),
		cmocka_unit_test(a_check_ends_with_a_summary),
		cmocka_unit_test(a_file_that_is_not_there_is_a_complaint),
		cmocka_unit_test(ten_thousand_connections_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
