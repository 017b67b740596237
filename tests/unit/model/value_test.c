#include "model/value.h"

#include <errno.h>
#include <string.h>

#include "base/secret.h"
#include "model/model.h"
#include "unit/unit.h"

static const struct schema_leaf *leaf(const char *list, const char *name)
{
	const struct schema_leaf *at = schema_find(&schema_model, list);
	const struct schema_leaf *tunnels;

	assert_non_null(at);
	if (!strcmp(list, "connections") && (tunnels = schema_find(at->sub, "tunnels")) &&
		schema_find(tunnels->sub, name))
		at = tunnels;
	at = schema_find(at->sub, name);
	assert_non_null(at);
	return at;
}

// What is read, and how it is shown again; shown NULL: refused with err.
static void every_type_reads_and_shows(void **)
{
	static const struct {
		const char *list, *name, *text, *shown;
		int err;
	} rows[] = {
		{"routes", "discard", "true", "true"},
		{"routes", "discard", "yes", NULL, -EINVAL},
		{"ports", "mtu", "1500", "1500"},
		{"ports", "mtu", "575", NULL, -ERANGE},
		{"ports", "mtu", "9601", NULL, -ERANGE},
		{"ports", "mtu", "99999999999999999999", NULL, -ERANGE},
		{"ports", "mtu", "-1", NULL, -EINVAL},
		{"ports", "mtu", "0x600", NULL, -EINVAL},
		{"ports", "mtu", "1500 ", NULL, -EINVAL},
		{"ports", "mtu", "", NULL, -EINVAL},
		{"ports", "rx_queues", "auto", "auto"},
		{"ports", "rx_queues", "4", "4"},
		{"ports", "rx_queues", "0", NULL, -ERANGE},
		{"ports", "role", "outside", "outside"},
		{"ports", "role", "Outside", NULL, -EINVAL},
		{"ports", "device", "net_af_packet0,iface=eth1", "net_af_packet0,iface=eth1"},
		{"ports", "device", "a\nb", NULL, -EINVAL},
		{"ports", "device", "a\xff", NULL, -EINVAL},
		{"connections", "pre_shared_key", "gr\xfc\xdf", "<set>"},
		{"ports", "name", "wan-1.a_b", "wan-1.a_b"},
		{"ports", "name", "-wan", NULL, -EINVAL},
		{"ports", "name", "wan 1", NULL, -EINVAL},
		{"ports", "name", "sixteen_letters_", NULL, -ERANGE},
		{"ports", "addresses", "203.0.113.1/24", "203.0.113.1/24"},
		{"ports", "addresses", "2001:db8::1/64", "2001:db8::1/64"},
		{"ports", "addresses", "203.0.113.1", NULL, -EINVAL},
		{"ports", "addresses", "203.0.113.1/33", NULL, -EINVAL},
		{"ports", "addresses", "203.0.113.1/", NULL, -EINVAL},
		{"customer_gateways", "address", "198.51.100.7", "198.51.100.7"},
		{"customer_gateways", "address", "%any", "%any"},
		{"customer_gateways", "address", "any", NULL, -EINVAL},
		{"gateway_addresses", "address", "%any", NULL, -EINVAL},
		{"routes", "destination", "10.0.0.0/8", "10.0.0.0/8"},
		{"routes", "destination", "10.0.0.1/8", NULL, -EINVAL},
		{"routes", "destination", "10.0.0.0/40", NULL, -EINVAL},
		{"customer_gateways", "asn", "none", "none"},
		{"customer_gateways", "asn", "65000", "65000"},
		{"customer_gateways", "asn", "4294967295", "4294967295"},
		{"customer_gateways", "asn", "123.456", "8061384"}, // the cloud's example
		{"customer_gateways", "asn", "65535.65535", "4294967295"},
		{"customer_gateways", "asn", "0.1", "1"},
		{"customer_gateways", "asn", "0.0", NULL, -ERANGE},
		{"customer_gateways", "asn", "0", NULL, -ERANGE},
		{"customer_gateways", "asn", "4294967296", NULL, -ERANGE},
		{"customer_gateways", "asn", "65536.1", NULL, -ERANGE},
		{"customer_gateways", "asn", "1.65536", NULL, -ERANGE},
		{"customer_gateways", "asn", "1.", NULL, -EINVAL},
		{"customer_gateways", "asn", ".1", NULL, -EINVAL},
		{"customer_gateways", "asn", "1.2.3", NULL, -EINVAL},
		{"customer_gateways", "asn", "123456789012.1", NULL, -EINVAL},
		{"policies", "protocol", "udp", "udp"},
		{"policies", "protocol", "17", "udp"},
		{"policies", "protocol", "89", "89"},
		{"policies", "protocol", "256", NULL, -ERANGE},
		{"policies", "source_ports", "any", "any"},
		{"policies", "source_ports", "0-65535", "any"},
		{"policies", "source_ports", "80", "80"},
		{"policies", "source_ports", "80-443", "80-443"},
		{"policies", "source_ports", "443-80", NULL, -EINVAL},
		{"policies", "source_ports", "80-", NULL, -EINVAL},
		{"policies", "source_ports", "65536", NULL, -EINVAL},
		{"policies", "source_ports", "123456789-1", NULL, -EINVAL},
		{"connections", "pre_shared_key", "very secret", "<set>"},
		{"connections", "pre_shared_key", "", NULL, -ERANGE},
		{"connections", "local_id", "gw.example.com", "gw.example.com"},
		{"connections", "local_id", "email:me@example.com", "email:me@example.com"},
		{"connections", "local_id", "addr:gw", NULL, -EINVAL},
		{"connections", "local_id", "keyid:0x01", "keyid:0x01"},
		{"connections", "local_id", "keyid:0x1", NULL, -EINVAL},
		{"connections", "local_id", "a b", NULL, -EINVAL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct schema_leaf *l = leaf(rows[i].list, rows[i].name);
		_Alignas(max_align_t) char v[64] = {};
		char shown[VALUE_TEXT];
		struct why why = {};
		int err = value_read(l, rows[i].text, v, &why);

		if (err != rows[i].err)
			print_message("%s = \"%s\": %d\n", rows[i].name, rows[i].text, err);
		assert_int_equal(err, rows[i].err);
		if (rows[i].shown) {
			assert_string_equal(value_show(l, v, shown), rows[i].shown);
		} else {
			assert_true(why.what[0]);
			assert_true(why.expected[0]);
		}
		value_fini(l, v);
	}
}

static void a_refused_text_leaves_the_value(void **)
{
	const struct schema_leaf *l = leaf("ports", "name");
	char *v = NULL;

	assert_int_equal(value_read(l, "wan", &v, NULL), 0);
	assert_int_equal(value_read(l, "not a name", &v, NULL), -EINVAL);
	assert_string_equal(v, "wan");
	value_fini(l, &v);
	assert_null(v);
}

static void a_refused_secret_is_not_repeated(void **)
{
	const struct schema_leaf *l = leaf("connections", "pre_shared_key");
	struct secret secret = {};
	char all[1024];
	struct why why;

	assert_int_equal(value_read(l, "hunter2\x01", &secret, &why), -EINVAL);
	assert_null(strstr(why_show(&why, all, sizeof(all)), "hunter2"));
}

static void a_large_number_keeps_its_bits(void **)
{
	const struct schema_leaf *ipsec = schema_find(
		leaf("connections", "ipsec")->sub, "lifetime_bytes");
	char shown[VALUE_TEXT];
	uint64_t v = 0;

	assert_int_equal(value_read(ipsec, "5000000000", &v, NULL), 0);
	assert_true(v == 5000000000);
	assert_string_equal(value_show(ipsec, &v, shown), "5000000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_reads_and_shows),
		cmocka_unit_test(a_refused_text_leaves_the_value),
		cmocka_unit_test(a_refused_secret_is_not_repeated),
		cmocka_unit_test(a_large_number_keeps_its_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
