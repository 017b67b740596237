// N-5: what a device is told about a connection, for every vendor.
//
// The texts are tests/golden/peerconf/VENDOR-CASE.txt. After a change that is meant, write them
// anew and read their difference (docs/peer-config.md).
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peerconf/peerconf.h"
#include "ui/conf.h"

#define PSK_PLAIN "a-key-of-tunnel-1"

static const char world[] =
	"system = { control_lcore = 0; worker_lcores = [ 1 ]; };\n"
	"ports = (\n"
	" { name = \"wan\"; device = \"0000:03:00.0\"; role = \"outside\";\n"
	"   addresses = [ \"203.0.113.1/24\", \"203.0.113.2/24\" ]; },\n"
	" { name = \"lan\"; device = \"0000:03:00.1\"; addresses = [ \"10.1.0.1/24\" ]; } );\n"
	"gateway_addresses = (\n"
	" { name = \"gw1\"; address = \"203.0.113.1\"; port = \"wan\"; next_hop = "
	"\"203.0.113.254\"; },\n"
	" { name = \"gw2\"; address = \"203.0.113.2\"; port = \"wan\"; next_hop = "
	"\"203.0.113.254\"; } );\n"
	"vpn_gateways = ( { name = \"vpn\"; addresses = [ \"gw1\", \"gw2\" ]; } );\n"
	"customer_gateways = (\n"
	" { name = \"office\"; address = \"198.51.100.7\"; asn = 65530; } );\n"
	"connections = (\n"
	" { name = \"vco-office\"; vpn_gateway = \"vpn\"; %s\n"
	"   tunnels = (\n"
	"    { name = \"tun-1\"; customer_gateway = \"office\"; pre_shared_key = \"%s\"; %s },\n"
	"    { name = \"tun-2\"; customer_gateway = \"office\"; pre_shared_key = "
	"\"b-key-of-tunnel-2\";\n"
	"      %s } ); } );\n";

#define ONE_PAIR "local_networks = [ \"10.1.0.0/24\" ]; remote_networks = [ \"10.2.0.0/24\" ];"
#define STRONG                                                  \
	"ike = { proposals = [ \"aes256-sha256-group14\" ]; };" \
	"ipsec = { proposals = [ \"aes256-sha256-group14\" ]; };"
#define AGGRESSIVE(ID)                                                       \
	"version = \"ikev1\"; mode = \"aggressive\"; local_id = \"" ID "\";" \
	"remote_id = \"branch.example.com\"; ike = { lifetime_s = 0; };"
#define MAIN "version = \"ikev1\"; dpd = { enabled = false; }; nat_traversal = false;"
#define GCM                                                                                        \
	"ike = { proposals = [ \"aes256gcm16-prfsha384-group20\", \"aes256-sha384-group20\" ]; };" \
	"ipsec = { proposals = [ \"aes256gcm16-group20-noesn\" ]; lifetime_s = 3600; };"

static const struct {
	const char *name, *connection, *first, *second;
} cases[] = {
	{"v2", ONE_PAIR, STRONG, STRONG},
	{"main", ONE_PAIR, MAIN, MAIN},
	{"aggressive", ONE_PAIR, AGGRESSIVE("gw1.example.com"), AGGRESSIVE("gw2.example.com")},
	{"multi-cidr",
		"local_networks = [ \"10.1.0.0/24\", \"10.1.4.0/22\" ];"
		"remote_networks = [ \"10.2.0.0/24\", \"192.168.7.0/25\" ];",
		GCM, GCM},
	{"bgp", "bgp = true;",
		"bgp = { local_asn = 45104; tunnel_cidr = \"169.254.10.0/30\";"
		"local_address = \"169.254.10.1\"; };" STRONG,
		"bgp = { local_asn = 45104; tunnel_cidr = \"169.254.11.0/30\";"
		"local_address = \"169.254.11.1\"; };" STRONG},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

struct site {
	struct model m;
	struct peerconf p;
};

// The configuration with these leaves of the connection and its tunnels, read and resolved.
static void site_make(struct site *site, const char *connection, const char *psk, const char *first,
	const char *second)
{
	struct report report = {};
	struct why why;
	char *text = NULL;
	int len = asprintf(&text, world, connection, psk, first, second);

	assert_true(len > 0);
	if (conf_read(text, (size_t)len, NULL, &site->m, &report))
		conf_complain(&report, "test", stdout);
	assert_int_equal(site->m.connections.n, 1);
	assert_int_equal(peerconf_make(&site->m, &site->m.connections.v[0], &site->p, &why), 0);
	report_fini(&report);
	free(text);
}

// The text for one vendor, to be freed.
static char *text_for(const struct peerconf *p, const char *vendor, int *err, struct why *why)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	*err = peerconf_write(p, vendor, out, why);
	fclose(out);
	return text;
}

static void golden_path(const char *vendor, const char *name, char path[static 512])
{
	snprintf(path, 512, "%s/golden/peerconf/%s-%s.txt", getenv("TESTS"), vendor, name);
}

static void golden_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void golden_compare(const char *path, const char *text)
{
	static char want[65536];
	FILE *file = fopen(path, "r");
	size_t len;

	if (!file)
		fail_msg("no %s: write it with GOLDEN=write", path);
	len = fread(want, 1, sizeof(want) - 1, file);
	want[len] = '\0';
	fclose(file);
	if (strcmp(text, want) != 0)
		fail_msg("%s differs; now it is:\n%s", path, text);
}

static void each_vendor_says_each_case_as_golden(void **)
{
	bool write = getenv("GOLDEN") && !strcmp(getenv("GOLDEN"), "write");

	for (size_t i = 0; i < CASES; i++) {
		struct site site;

		site_make(&site, cases[i].connection, PSK_PLAIN, cases[i].first, cases[i].second);
		for (const char *const *vendor = peerconf_vendors; *vendor; vendor++) {
			char path[512];
			struct why why;
			int err;
			char *text = text_for(&site.p, *vendor, &err, &why);

			assert_int_equal(err, 0);
			golden_path(*vendor, cases[i].name, path);
			if (write)
				golden_write(path, text);
			golden_compare(path, text);
			free(text);
		}
		model_fini(&site.m);
	}
}

// the device's networks, addresses, identities and numbers are the gateway's, swapped.
static void the_device_sees_everything_swapped(void **)
{
	struct site site;
	char text[IKE_ID_TEXT];

	site_make(&site, cases[2].connection, PSK_PLAIN, cases[2].first, cases[4].second);
	assert_int_equal(site.p.tunnels, 2);
	assert_string_equal(cidr_show(&site.p.local[0], text), "10.2.0.0/24");
	assert_string_equal(cidr_show(&site.p.remote[0], text), "10.1.0.0/24");
	assert_string_equal(addr_show(&site.p.tunnel[0].local, text), "198.51.100.7");
	assert_string_equal(addr_show(&site.p.tunnel[0].remote, text), "203.0.113.1");
	assert_string_equal(addr_show(&site.p.tunnel[1].remote, text), "203.0.113.2");
	assert_string_equal(ike_id_show(&site.p.tunnel[0].local_id, text), "branch.example.com");
	assert_string_equal(ike_id_show(&site.p.tunnel[0].remote_id, text), "gw1.example.com");
	// A lifetime of 0 is the longest.
	assert_int_equal(site.p.tunnel[0].ike_life_s, 86400);
	model_fini(&site.m);
}

static void the_tree_has_the_shape_of_the_api(void **)
{
	struct site site;
	json_t *tree;
	const json_t *tunnel, *bgp;

	site_make(&site, cases[4].connection, PSK_PLAIN, cases[4].first, cases[4].second);
	tree = peerconf_tree(&site.p);
	assert_non_null(tree);
	assert_string_equal(json_string_value(json_object_get(tree, "Local")), "198.51.100.7");
	assert_string_equal(json_string_value(json_object_get(tree, "Remote")), "203.0.113.1");
	tunnel = json_array_get(
		json_object_get(json_object_get(tree, "TunnelsConfig"), "TunnelConfig"), 1);
	assert_string_equal(json_string_value(json_object_get(tunnel, "TunnelId")), "tun-2");
	assert_string_equal(json_string_value(json_object_get(tunnel, "Remote")), "203.0.113.2");
	tunnel = json_object_get(tunnel, "IkeConfig");
	assert_string_equal(json_string_value(json_object_get(tunnel, "Psk")), "b-key-of-tunnel-2");
	assert_string_equal(json_string_value(json_object_get(tunnel, "IkeEncAlg")), "aes256");
	assert_string_equal(json_string_value(json_object_get(tunnel, "IkeAuthAlg")), "sha256");
	assert_string_equal(json_string_value(json_object_get(tunnel, "IkePfs")), "group14");
	assert_int_equal(json_integer_value(json_object_get(tunnel, "IkeLifetime")), 86400);
	bgp = json_array_get(json_object_get(json_object_get(tree, "BgpConfigs"), "BgpConfig"), 1);
	assert_string_equal(json_string_value(json_object_get(bgp, "LocalAsn")), "65530");
	assert_string_equal(json_string_value(json_object_get(bgp, "PeerAsn")), "45104");
	assert_string_equal(json_string_value(json_object_get(bgp, "LocalBgpIp")), "169.254.11.2");
	assert_string_equal(json_string_value(json_object_get(bgp, "PeerBgpIp")), "169.254.11.1");
	json_decref(tree);
	model_fini(&site.m);
}

// The end of the line that a vendor makes of a key. NULL: its language cannot say it.
static const struct {
	const char *vendor, *psk, *line;
} keys[] = {
	{"strongswan", "say \"hi\" \\ # {x} 'y'", "secret = \"say \\\"hi\\\" \\\\ # {x} 'y'\"\n"},
	{"strongswan", "0x12", "secret = 0x30783132\n"},
	{"strongswan", "0Sab", "secret = 0x30536162\n"},
	{"strongswan", "schl\xc3\xbcssel", "secret = \"schl\xc3\xbcssel\"\n"},
	{"strongswan-ipsec", "0x12 # \\", " : PSK \"0x12 # \\\"\n"},
	{"strongswan-ipsec", "a\"b", " : PSK 0x612262\n"},
	{"libreswan", "it's # 1", " : PSK \"it's # 1\"\n"},
	{"libreswan", "a\"b", " : PSK 0x612262\n"},
	{"cisco-ios-xe", "a#b!c\\", "pre-shared-key 0 a#b!c\\\n"},
	{"cisco-ios-xe", "a b", NULL},
	{"cisco-ios-xe", "what?", NULL},
	{"cisco-ios-xe", "a\"b", NULL},
	{"cisco-asa", "a?b", NULL},
	{"cisco-asa", "schl\xc3\xbcssel", NULL},
	{"juniper-srx", "a b#c;", "pre-shared-key ascii-text \"a b#c;\"\n"},
	{"juniper-srx", "a\"b", "pre-shared-key hexadecimal 612262\n"},
	{"juniper-srx", "a?", "pre-shared-key hexadecimal 613f\n"},
	{"fortigate", "a\"b\\c d", "set psksecret \"a\\\"b\\\\c d\"\n"},
	{"fortigate", "0x12", "set psksecret 0x30783132\n"},
	{"huawei", "a b", NULL},
	{"huawei", "a#b", "pre-shared-key cipher a#b\n"},
	{"h3c", "a?b", NULL},
	{"h3c", "a#b", "pre-shared-key plaintext a#b\n"},
	{"vyos", "a#b c", "secret 'a#b c'\n"},
	{"vyos", "it's", "secret 0x69742773\n"},
	{"vyos", "a\\b", "secret 0x615c62\n"},
};

// Any key: one with spaces is no cloud's, but a lab's connection may have it.
static void psk_set(struct site *site, const char *psk)
{
	struct secret *s = &site->m.connections.v[0].tunnels.v[0].pre_shared_key;

	secret_free(s);
	assert_int_equal(secret_copy(s, psk, strlen(psk)), 0);
}

static void a_key_is_written_right_or_refused(void **)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct site site;
		struct why why = {};
		int err;
		char *text;

		site_make(&site, ONE_PAIR, PSK_PLAIN, STRONG, STRONG);
		psk_set(&site, keys[i].psk);
		text = text_for(&site.p, keys[i].vendor, &err, &why);
		if (keys[i].line && (err || !strstr(text, keys[i].line)))
			fail_msg("%s, key '%s', wanted %s:\n%s", keys[i].vendor, keys[i].psk,
				keys[i].line, text);
		if (!keys[i].line) {
			assert_int_equal(err, -EINVAL);
			assert_string_equal(why.where, "tun-1");
			assert_string_equal(why.got, "");
			assert_non_null(strstr(why.what, "cannot be told this pre-shared key"));
			assert_string_equal(text, "");
		}
		free(text);
		model_fini(&site.m);
	}
}

static void a_device_gets_the_first_suite_that_it_has(void **)
{
	struct site site;
	struct why why;
	int err;
	char *text;

	// An ASA has no SHA-256 with IKEv1; the second proposal is for it.
	site_make(&site, ONE_PAIR, PSK_PLAIN,
		"version = \"ikev1\"; ike = { proposals = [ \"aes256-sha256-group14\","
		" \"aes256-sha1-group14\" ]; }; ipsec = { proposals = [ \"aes256-sha512\" ]; };",
		MAIN);
	text = text_for(&site.p, "cisco-asa", &err, &why);
	assert_int_equal(err, 0);
	assert_non_null(strstr(text, " hash sha\n"));
	// Nothing of ESP's list is: it is said, and no wrong line stands there.
	assert_non_null(strstr(text, "! This device has no sha512 for ESP"));
	assert_null(strstr(text, "sha512-hmac"));
	free(text);
	model_fini(&site.m);
}

static void a_device_without_address_says_who_it_is(void **)
{
	struct site site;
	struct why why;
	int err;
	char *text;

	site_make(&site, ONE_PAIR, PSK_PLAIN, "remote_id = \"keyid:0x0a0b\";" STRONG, STRONG);
	assert_false(site.p.tunnel[0].begins);
	site.p.tunnel[0].local = (struct addr){};
	text = text_for(&site.p, "strongswan", &err, &why);
	assert_non_null(strstr(text, "local_addrs = %any\n"));
	assert_non_null(strstr(text, "id = \"keyid:#0a0b\"\n"));
	free(text);
	text = text_for(&site.p, "h3c", &err, &why);
	assert_non_null(strstr(text, "# This device cannot hold the identity keyid:0x0a0b."));
	free(text);
	model_fini(&site.m);
}

static void each_pair_is_a_child_where_the_gateway_has_it_so(void **)
{
	struct site site;
	struct why why;
	int err;
	char *text;

	site_make(&site, cases[3].connection, PSK_PLAIN, "ipsec = { one_child_per_pair = true; };",
		"ipsec = { one_child_per_pair = true; };");
	text = text_for(&site.p, "strongswan", &err, &why);
	assert_non_null(strstr(text, "vco-office-2-4 {\n"));
	assert_null(strstr(text, "vco-office-2-5"));
	assert_non_null(strstr(text, "local_ts = 192.168.7.0/25\n"));
	free(text);
	// It makes the pairs by itself.
	text = text_for(&site.p, "libreswan", &err, &why);
	assert_non_null(strstr(text, "leftsubnets={10.2.0.0/24,192.168.7.0/25}\n"));
	assert_non_null(strstr(text, "rightsubnets={10.1.0.0/24,10.1.4.0/22}\n"));
	free(text);
	model_fini(&site.m);
}

static void one_side_begins(void **)
{
	static const struct {
		const char *start, *line;
	} starts[] = {
		{"immediate", "start_action = none\n"},
		{"traffic", "start_action = start\n"},
		{"none", "start_action = start\n"},
	};

	for (size_t i = 0; i < 3; i++) {
		char tunnel[64];
		struct site site;
		struct why why;
		int err;
		char *text;

		snprintf(tunnel, sizeof(tunnel), "start = \"%s\";", starts[i].start);
		site_make(&site, ONE_PAIR, PSK_PLAIN, tunnel, tunnel);
		text = text_for(&site.p, "strongswan", &err, &why);
		assert_non_null(strstr(text, starts[i].line));
		free(text);
		model_fini(&site.m);
	}
}

static void a_text_for_ipv4_alone_says_so(void **)
{
	struct site site;
	struct why why;
	int err;
	char *text;

	site_make(&site, ONE_PAIR, PSK_PLAIN, STRONG, STRONG);
	assert_int_equal(addr_read("2001:db8::1", &site.p.tunnel[1].remote), 0);
	text = text_for(&site.p, "h3c", &err, &why);
	assert_int_equal(err, -EINVAL);
	assert_string_equal(why.where, "tun-2");
	free(text);
	text = text_for(&site.p, "strongswan", &err, &why);
	assert_non_null(strstr(text, "remote_addrs = 2001:db8::1\n"));
	free(text);
	model_fini(&site.m);
}

// strongSwan looks up keys by identities, and takes a tunnel of the same ones for a successor.
static void tunnels_of_the_same_identities_are_told_apart(void **)
{
	struct site site;
	struct why why;
	int err;
	char *text;

	site_make(&site, ONE_PAIR, PSK_PLAIN, AGGRESSIVE("gw.example.com"),
		AGGRESSIVE("gw.example.com"));
	text = text_for(&site.p, "strongswan", &err, &why);
	assert_non_null(strstr(text, "unique = never\n"));
	assert_non_null(strstr(text, "# Give them the same key, or different identities"));
	free(text);
	model_fini(&site.m);
	site_make(&site, ONE_PAIR, "b-key-of-tunnel-2", AGGRESSIVE("gw.example.com"),
		AGGRESSIVE("gw.example.com"));
	text = text_for(&site.p, "strongswan-ipsec", &err, &why);
	assert_non_null(strstr(text, "uniqueids=never\n"));
	assert_null(strstr(text, "# Give them the same key"));
	free(text);
	model_fini(&site.m);
}

static void no_such_vendor_is_refused(void **)
{
	struct site site;
	struct why why;
	int err;

	site_make(&site, ONE_PAIR, PSK_PLAIN, STRONG, STRONG);
	free(text_for(&site.p, "abacus", &err, &why));
	assert_int_equal(err, -EINVAL);
	assert_string_equal(why.got, "abacus");
	model_fini(&site.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_vendor_says_each_case_as_golden),
		cmocka_unit_test(the_device_sees_everything_swapped),
		cmocka_unit_test(the_tree_has_the_shape_of_the_api),
		cmocka_unit_test(a_key_is_written_right_or_refused),
		cmocka_unit_test(a_device_gets_the_first_suite_that_it_has),
		cmocka_unit_test(a_device_without_address_says_who_it_is),
		cmocka_unit_test(each_pair_is_a_child_where_the_gateway_has_it_so),
		cmocka_unit_test(one_side_begins),
		cmocka_unit_test(a_text_for_ipv4_alone_says_so),
		cmocka_unit_test(tunnels_of_the_same_identities_are_told_apart),
		cmocka_unit_test(no_such_vendor_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
