#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "ctl/act_key.h"
#include "ctl/act_set.h"
#include "model/make.h"
#include "model/value.h"

enum { FIRST = ACT_CONNECTION_FIRST, OWN = ACT_CONNECTION_OWN };

static void fill(void *, void *dst, size_t len)
{
	static unsigned char next;

	memset(dst, ++next, len);
}

static const struct rng rng = {.fill = fill};
static const struct make make = {.ids = &rng, .keys = &rng};

static const struct act create = {.words = "connection create", .key = act_connection_keys};
static const struct act modify = {
	.words = "tunnel modify", .key = act_connection_keys + OWN, .of_tunnel = true};
static const struct act gateway = {.words = "vpn-gateway create", .key = act_vpn_gateway_keys};

// "tunnel1.psk" of an action's table, as the shell would find it.
static void say(struct act_call *call, const char *name, const char *text)
{
	unsigned int tunnel;
	const struct act_key *key = act_set_key_named(call->act, name, &tunnel);

	assert_non_null(key);
	call->value[call->values++] = (struct act_value){
		.key = key, .tunnel = tunnel, .text = text};
}

static const struct schema *connection_schema(void)
{
	return schema_find(&schema_model, "connections")->sub;
}

static const struct schema *tunnel_schema(void)
{
	return schema_find(connection_schema(), "tunnels")->sub;
}

static struct model_connection *fresh(struct model *m)
{
	assert_int_equal(model_init(m), 0);
	return make_connection(m, &make, "office", make_vpn_gateway(m, &make, "vpn-1"));
}

// The tails of the tables begin where they should, and every row has a leaf that there is.
static void tables_fit_the_schema(void **)
{
	static const struct {
		const struct act_key *key;
		const char *list;
	} rows[] = {
		{act_vpn_gateway_keys, "vpn_gateways"},
		{act_customer_gateway_keys, "customer_gateways"},
		{act_connection_keys, "connections"},
		{act_destination_route_create_keys, "destination_routes"},
		{act_policy_route_create_keys, "policy_routes"},
	};

	assert_string_equal(act_vpn_gateway_keys[ACT_VPN_GATEWAY_FIRST].name, "bandwidth");
	assert_string_equal(act_customer_gateway_keys[ACT_CUSTOMER_GATEWAY_FIRST].name, "auth-key");
	assert_string_equal(act_connection_keys[FIRST].name, "local-subnet");
	assert_false(act_connection_keys[OWN - 1].tunnel);
	assert_true(act_connection_keys[OWN].tunnel);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (const struct act_key *key = rows[i].key; key->name; key++) {
			const struct schema *schema = schema_find(&schema_model, rows[i].list)->sub;
			const char *path = key->leaf;
			char name[ACT_KEY];

			schema = key->tunnel ? tunnel_schema() : schema;
			while (path && strchr(path, '.')) {
				snprintf(name, sizeof(name), "%.*s", (int)strcspn(path, "."), path);
				schema = schema_find(schema, name)->sub;
				path = strchr(path, '.') + 1;
			}
			assert_true(!path || schema_find(schema, path));
		}
	}
}

static void what_is_said_is_set_and_the_rest_stays(void **)
{
	struct act_call call = {.act = &create};
	struct model_tunnel *one, *two;
	struct report report = {};
	char text[PROPOSAL_TEXT];
	struct model m;
	struct model_connection *c = fresh(&m);

	one = &c->tunnels.v[0];
	two = &c->tunnels.v[1];
	say(&call, "name", "Tokyo");
	say(&call, "local-subnet", "10.1.0.0/16, 10.3.0.0/16");
	say(&call, "effect-immediately", "true");
	say(&call, "tag", "site=a,b");
	say(&call, "tag", "owner=net");
	say(&call, "tunnel1.ike-auth-alg", "sha256"); // before the cipher: the order is the user's
	say(&call, "tunnel1.ike-enc-alg", "aes256");
	say(&call, "tunnel1.psk", "a-secret");
	say(&call, "tunnel2.ike-lifetime", "7200");
	say(&call, "tunnel2.start", "none");
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(act_set(&call, i, i ? tunnel_schema() : connection_schema(),
					 i ? (void *)&c->tunnels.v[i - 1] : (void *)c, &report),
			0);
	assert_int_equal(report.n, 0);
	assert_string_equal(c->about.label, "Tokyo");
	assert_int_equal(c->local_networks.n, 2);
	assert_int_equal(c->about.tags.n, 2);
	assert_string_equal(c->about.tags.v[0], "site=a,b");
	assert_string_equal(proposal_show(&one->ike.proposals.v[0], text), "aes256-sha256-group2");
	assert_string_equal(proposal_show(&two->ike.proposals.v[0], text), "aes128-sha1-group2");
	assert_int_equal(one->start, MODEL_START_IMMEDIATE);
	assert_int_equal(two->start, MODEL_START_NONE);
	assert_int_equal(one->ike.lifetime_s, 86400);
	assert_int_equal(two->ike.lifetime_s, 7200);
	assert_int_equal(one->pre_shared_key.len, 8);
	model_fini(&m);
}

// API.md 2.2: absent keeps, empty is the default; an empty key is one to be made.
static void empty_values_are_defaults(void **)
{
	struct act_call call = {.act = &modify};
	struct report report = {};
	struct model m;
	struct model_connection *c = fresh(&m);
	struct model_tunnel *t = &c->tunnels.v[0];

	t->ike.lifetime_s = 100;
	t->dpd.enabled = false;
	assert_int_equal(secret_copy(&t->pre_shared_key, "old", 3), 0);
	say(&call, "ike-lifetime", "");
	say(&call, "psk", "");
	assert_int_equal(act_set(&call, 1, tunnel_schema(), t, &report), 0);
	assert_int_equal(report.n, 0);
	assert_int_equal(t->ike.lifetime_s, 86400);
	assert_false(t->dpd.enabled);
	assert_int_equal(t->pre_shared_key.len, 0);
	assert_int_equal(make_keys(c, &rng), 0);
	assert_int_equal(t->pre_shared_key.len, MAKE_KEY);
	model_fini(&m);
}

static const struct {
	const char *name, *text, *code;
} wrong[] = {
	{"tunnel1.ike-version", "ikev3", "bad-value"},
	{"tunnel1.ike-lifetime", "86401", "out-of-range"},
	{"tunnel1.ike-enc-alg", "aes257", "bad-value"},
	{"tunnel1.ike-pfs", "group99", "bad-value"},
	{"tunnel1.ipsec-pfs", "group98", "bad-value"},
	{"tunnel1.tunnel-cidr", "169.254.1.0/33", "bad-value"},
	{"tunnel1.psk", "<set>", "bad-value"},
	{"tunnel1.enable-dpd", "maybe", "bad-value"},
};

static void every_wrong_value_is_told_with_its_key(void **)
{
	struct act_call call = {.act = &create};
	const size_t n = sizeof(wrong) / sizeof(wrong[0]);
	struct report report = {};
	struct model m;
	struct model_connection *c = fresh(&m);

	for (size_t i = 0; i < n; i++)
		say(&call, wrong[i].name, wrong[i].text);
	assert_int_equal(act_set(&call, 1, tunnel_schema(), &c->tunnels.v[0], &report), 0);
	assert_int_equal(report.n, n);
	for (size_t i = 0; i < n; i++) {
		bool found = false;

		for (size_t j = 0; j < n; j++)
			found |= !strcmp(report.v[j].why.where, wrong[i].name) &&
				 !strcmp(report.v[j].code, wrong[i].code);
		if (!found)
			fail_msg("nothing with %s is told of %s", wrong[i].code, wrong[i].name);
	}
	report_fini(&report);
	model_fini(&m);
}

static void a_wrong_list_leaves_the_old_one(void **)
{
	struct act_call call = {.act = &create};
	struct report report = {};
	struct model m;
	struct model_connection *c = fresh(&m);

	say(&call, "local-subnet", "10.1.0.0/16,10.2.0.0/44");
	assert_int_equal(act_set(&call, 0, connection_schema(), c, &report), 0);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].why.where, "local-subnet");
	assert_string_equal(report.v[0].why.got, "10.2.0.0/44");
	assert_int_equal(c->local_networks.n, 1);
	report_fini(&report);
	model_fini(&m);
}

// A text that could not be read leaves nothing behind, in memory neither.
static void a_wrong_word_of_a_list_leaves_those_before(void **)
{
	struct act_call call = {.act = &create};
	struct report report = {};
	struct model m;
	struct model_connection *c = fresh(&m);

	say(&call, "tag", "room=4");
	say(&call, "tag", "no value");
	assert_int_equal(act_set(&call, 0, connection_schema(), c, &report), 0);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].why.where, "tag");
	assert_int_equal(c->about.tags.n, 1);
	assert_string_equal(c->about.tags.v[0], "room=4");
	report_fini(&report);
	model_fini(&m);
}

// whatever the order in which they are said.
static void addresses_stand_in_their_order(void **)
{
	const struct schema *schema = schema_find(&schema_model, "vpn_gateways")->sub;
	struct act_call call = {.act = &gateway};
	struct report report = {};
	struct model_vpn_gateway *g;
	struct model m;

	assert_int_equal(model_init(&m), 0);
	g = make_vpn_gateway(&m, &make, "vpn-1");
	say(&call, "address2", "gw2");
	say(&call, "address1", "gw1");
	assert_int_equal(act_set(&call, 0, schema, g, &report), 0);
	assert_int_equal(report.n, 0);
	assert_int_equal(g->addresses.n, 2);
	assert_string_equal(g->addresses.v[0], "gw1");
	assert_string_equal(g->addresses.v[1], "gw2");
	model_fini(&m);
}

static void what_must_be_given_is_named(void **)
{
	struct act_call call = {.act = &gateway};
	struct report report = {};

	act_set_required(&call, &report);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].why.where, "address1");
	assert_string_equal(report.v[0].code, "missing");
	report_fini(&report);
}

// Complaints of the check name leaves; the operator knows keys.
static void a_place_has_its_key(void **)
{
	assert_string_equal(
		act_set_key_of(&create, false, "local_networks[1]")->name, "local-subnet");
	assert_string_equal(act_set_key_of(&create, true, "bgp.tunnel_cidr")->name, "tunnel-cidr");
	assert_string_equal(act_set_key_of(&modify, true, "local_id")->name, "local-id");
	assert_null(act_set_key_of(&create, false, "local_id"));
	assert_null(act_set_key_of(&create, false, "tunnels"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_fit_the_schema),
		cmocka_unit_test(what_is_said_is_set_and_the_rest_stays),
		cmocka_unit_test(empty_values_are_defaults),
		cmocka_unit_test(every_wrong_value_is_told_with_its_key),
		cmocka_unit_test(a_wrong_list_leaves_the_old_one),
		cmocka_unit_test(a_wrong_word_of_a_list_leaves_those_before),
		cmocka_unit_test(addresses_stand_in_their_order),
		cmocka_unit_test(what_must_be_given_is_named),
		cmocka_unit_test(a_place_has_its_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
