#include "model/cloud.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/object.h"
#include "unit/unit.h"

static struct model m;

static int one_connection(void **)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, "connections");
	struct model_connection *connection;

	if (model_init(&m))
		return -1;
	connection = object_add(leaf, schema_at(leaf, &m));
	leaf = schema_find(leaf->sub, "tunnels");
	return object_add(leaf, schema_at(leaf, connection)) &&
			       object_add(leaf, schema_at(leaf, connection))
		       ? 0
		       : -1;
}

static int fini(void **)
{
	model_fini(&m);
	return 0;
}

static struct model_tunnel *tunnel(void)
{
	return &m.connections.v[0].tunnels.v[0];
}

// What each phase is after a change: our text, and the API's words of it.
static const struct row {
	const char *before;
	struct cloud_algs change;
	const char *after;
	struct cloud_algs words;
} ike_rows[] =
	{
		// D-1, D-2
		{"aes128-sha1-group2", {}, "aes128-sha1-group2", {"aes", "sha1", "group2"}},
		{"aes256-sha1-group2", {"aes"}, "aes128-sha1-group2", {"aes", "sha1", "group2"}},
		{"aes256-sha1-group2", {"aes128"}, "aes128-sha1-group2", {"aes", "sha1", "group2"}},
		{"aes128-sha1-group2", {"3des", "", ""}, "3des-sha1-group2",
			{"3des", "sha1", "group2"}},
		// the PRF has the same hash
		{"aes128-sha1-group2", {"aes192", "sha512", "group5"}, "aes192-sha512-group5",
			{"aes192", "sha512", "group5"}},
		{"aes128-sha1-group2", {"des", "md5", "group1"}, "des-md5-group1",
			{"des", "md5", "group1"}},
		// D-13
		{"aes128-sha1-group2", {"aes256gcm16", "sha384", "group20"},
			"aes256gcm16-prfsha384-group20", {"aes256gcm16", "sha384", "group20"}},
		{"aes256gcm16-prfsha384-group20", {"aes256"}, "aes256-sha384-group20",
			{"aes256", "sha384", "group20"}},
		{"aes128-sha1-group2", {"chacha20poly1305", "sha256", "group31"},
			"chacha20poly1305-prfsha256-group31",
			{"chacha20poly1305", "sha256", "group31"}},
		// what says nothing new leaves a list alone, what does makes it one
		{"aes128-aes256-sha1-group2-group14", {"aes"}, "aes128-aes256-sha1-group2-group14",
			{"aes", "sha1", "group2"}},
		{"aes128-aes256-sha1-group2-group14", {"aes192"}, "aes192-sha1-group2",
			{"aes192", "sha1", "group2"}},
},
  esp_rows[] = {
	  {"aes128-sha1-group2", {}, "aes128-sha1-group2", {"aes", "sha1", "group2"}},
	  {"aes128-sha1-group2", {NULL, NULL, "disabled"}, "aes128-sha1",
		  {"aes", "sha1", "disabled"}},
	  {"aes128-sha1", {NULL, NULL, "group14"}, "aes128-sha1-group14",
		  {"aes", "sha1", "group14"}},
	  {"aes128-sha1-group2", {"aes192gcm16", "sha256"}, "aes192gcm16-group2",
		  {"aes192gcm16", NULL, "group2"}},
	  {"aes192gcm16-group2", {"aes"}, "aes128-sha1-group2", {"aes", "sha1", "group2"}},
	  {"aes192gcm16-group2", {"aes", "sha256"}, "aes128-sha256-group2",
		  {"aes", "sha256", "group2"}},
	  {"aes128-sha1-group2-esn", {"aes256"}, "aes256-sha1-group2-esn",
		  {"aes256", "sha1", "group2"}},
};

static void same(const char *a, const char *b)
{
	if (!b)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void change(const struct row *row, struct proposal *p, int (*set)(const struct row *row))
{
	enum proposal_for purpose = p->purpose;
	char text[PROPOSAL_TEXT];
	struct cloud_algs words;

	assert_int_equal(proposal_read(row->before, purpose, p, NULL), 0);
	assert_int_equal(set(row), 0);
	assert_string_equal(proposal_show(p, text), row->after);
	words = cloud_algs(p);
	same(words.encryption, row->words.encryption);
	same(words.authentication, row->words.authentication);
	same(words.group, row->words.group);
}

static int set_ike(const struct row *row)
{
	return cloud_set_ike(&tunnel()->ike, &row->change, NULL);
}

static int set_ipsec(const struct row *row)
{
	return cloud_set_ipsec(&tunnel()->ipsec, &row->change, NULL);
}

static void words_make_a_proposal_and_a_proposal_words(void **)
{
	for (size_t i = 0; i < sizeof(ike_rows) / sizeof(ike_rows[0]); i++)
		change(&ike_rows[i], &tunnel()->ike.proposals.v[0], set_ike);
	for (size_t i = 0; i < sizeof(esp_rows) / sizeof(esp_rows[0]); i++)
		change(&esp_rows[i], &tunnel()->ipsec.proposals.v[0], set_ipsec);
}

// D-13: every algorithm that has a row of its own has a word, and comes back from it.
static void every_algorithm_has_a_word(void **)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *alg = &alg_table[i];
		struct cloud_algs words = {};

		if (alg->kind == ALG_ENCR)
			words.encryption = alg->name;
		else if (alg->kind == ALG_INTEG)
			words = (struct cloud_algs){"aes", alg->name, NULL};
		else if (alg->kind == ALG_KE)
			words.group = alg->name;
		else
			continue;
		assert_int_equal(cloud_set_ike(&tunnel()->ike, &words, NULL), 0);
		assert_ptr_equal(tunnel()->ike.proposals.v[0].choice[alg->kind][0], alg);
		assert_int_equal(cloud_set_ipsec(&tunnel()->ipsec, &words, NULL), 0);
		assert_ptr_equal(tunnel()->ipsec.proposals.v[0].choice[alg->kind][0], alg);
	}
}

static void an_unknown_word_names_its_parameter_and_the_words(void **)
{
	static const struct {
		struct cloud_algs words;
		const char *ike, *ipsec;
	} rows[] = {
		{{"aes512", NULL, NULL}, "IkeEncAlg", "IpsecEncAlg"},
		{{NULL, "sha3", NULL}, "IkeAuthAlg", "IpsecAuthAlg"},
		{{NULL, NULL, "group22"}, "IkePfs", "IpsecPfs"},
		{{NULL, NULL, "modp2048"}, "IkePfs", "IpsecPfs"},
		{{NULL, NULL, "disabled"}, "IkePfs", NULL},
	};
	char text[PROPOSAL_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct why why = {};

		assert_int_equal(cloud_set_ike(&tunnel()->ike, &rows[i].words, &why), -EINVAL);
		assert_string_equal(why.where, rows[i].ike);
		if (!rows[i].ipsec)
			continue;
		assert_int_equal(cloud_set_ipsec(&tunnel()->ipsec, &rows[i].words, &why), -EINVAL);
		assert_string_equal(why.where, rows[i].ipsec);
		assert_string_equal(
			proposal_show(&tunnel()->ike.proposals.v[0], text), "aes128-sha1-group2");
	}
	struct why why = {};

	assert_int_equal(cloud_set_ike(&tunnel()->ike, &rows[0].words, &why), -EINVAL);
	assert_string_equal(why.expected, "aes, aes192, aes256, aes128gcm16, aes192gcm16, "
					  "aes256gcm16, chacha20poly1305, 3des, des");
	assert_string_equal(why.got, "aes512");
	assert_int_equal(cloud_set_ipsec(&tunnel()->ipsec, &rows[2].words, &why), -EINVAL);
	assert_string_equal(why.expected,
		"disabled, group1, group2, group5, group14, group15, group16, group17, group18, "
		"group19, group20, group21, group31");
}

//
static void effect_immediately_is_the_start_of_both_tunnels(void **)
{
	struct model_connection *connection = &m.connections.v[0];

	cloud_set_effect(connection, false);
	assert_int_equal(connection->tunnels.v[0].start, MODEL_START_TRAFFIC);
	assert_int_equal(connection->tunnels.v[1].start, MODEL_START_TRAFFIC);
	assert_false(cloud_effect(connection));
	connection->tunnels.v[1].start = MODEL_START_NONE;
	cloud_set_effect(connection, false);
	assert_int_equal(connection->tunnels.v[1].start, MODEL_START_NONE);
	cloud_set_effect(connection, true);
	assert_int_equal(connection->tunnels.v[1].start, MODEL_START_IMMEDIATE);
	assert_true(cloud_effect(connection));
}

static void subnets_are_prefixes_with_commas(void **)
{
	struct model_connection *connection = &m.connections.v[0];
	char text[CLOUD_SUBNETS], many[34 * 12] = "";
	struct why why = {};

	assert_string_equal(cloud_subnets(&connection->local_networks, text), "0.0.0.0/0");
	assert_true(model_is_destination_mode(connection));
	assert_int_equal(cloud_set_subnets(&connection->local_networks,
				 "10.1.0.0/16, 10.3.0.0/24,2001:db8::/32", NULL),
		0);
	assert_int_equal(connection->local_networks.n, 3);
	assert_string_equal(cloud_subnets(&connection->local_networks, text),
		"10.1.0.0/16,10.3.0.0/24,2001:db8::/32");
	for (size_t i = 0; i < 33; i++)
		strcat(many, i ? ",10.0.0.0/24" : "10.0.0.0/24");
	static const char *const wrong[] = {
		"", "10.1.0.0/16,", "10.1.0.1/16", "10.1.0.0/33", "x", "10.1.0.0/16;10.2.0.0/16"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(
			cloud_set_subnets(&connection->local_networks, wrong[i], &why), -EINVAL);
		assert_true(why.what[0]);
	}
	assert_int_equal(cloud_set_subnets(&connection->local_networks, many, &why), -EINVAL);
	assert_string_equal(why.what, "too many networks");
	assert_string_equal(cloud_subnets(&connection->local_networks, text),
		"10.1.0.0/16,10.3.0.0/24,2001:db8::/32");
}

static void a_path_has_the_name_of_its_parameter(void **)
{
	static const struct {
		const char *path, *param;
	} rows[] = {
		{"connections[3].tunnels[1].bgp.tunnel_cidr",
			"TunnelOptionsSpecification.2.TunnelBgpConfig.TunnelCidr"},
		{"connections[3].tunnels[0].start", "EffectImmediately"},
		{"connections[3].local_networks[2]", "LocalSubnet"},
		{"connections[3].tunnels", "TunnelOptionsSpecification"},
		{"connections[12].about.label", "Name"},
		{"customer_gateways[0].about.tags[4]", "Tags"},
		{"policy_routes[0].source", "RouteSource"},
		{"ports[0].mtu", "ports[0].mtu"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char param[CLOUD_PARAM];

		assert_string_equal(cloud_param(rows[i].path, param), rows[i].param);
	}
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, one_connection, fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(words_make_a_proposal_and_a_proposal_words),
		ROW(every_algorithm_has_a_word),
		ROW(an_unknown_word_names_its_parameter_and_the_words),
		ROW(effect_immediately_is_the_start_of_both_tunnels),
		ROW(subnets_are_prefixes_with_commas),
		cmocka_unit_test(a_path_has_the_name_of_its_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
