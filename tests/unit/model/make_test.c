#include "model/make.h"

#include <string.h>

#include "unit/unit.h"

static void count_up(void *ctx, void *dst, size_t len)
{
	uint8_t *next = ctx, *b = dst;

	for (size_t i = 0; i < len; i++)
		b[i] = (*next)++;
}

static uint8_t state;
static const struct rng rng = {count_up, &state};
static const struct make for_shell = {&rng, &rng, 1700000000000, MAKE_FOR_SHELL};
static const struct make for_api = {&rng, &rng, 1700000000000, MAKE_FOR_API};

static void objects_have_an_id_or_the_name_that_is_given(void **)
{
	struct model m;

	assert_int_equal(model_init(&m), 0);
	assert_memory_equal(make_vpn_gateway(&m, &for_shell, NULL)->name, "vpn-", 4);
	assert_string_equal(make_vpn_gateway(&m, &for_shell, "main")->name, "main");
	assert_memory_equal(make_customer_gateway(&m, &for_shell, NULL)->name, "cgw-", 4);
	assert_memory_equal(
		make_connection(&m, &for_shell, NULL, &m.vpn_gateways.v[1])->name, "vco-", 4);
	assert_string_equal(
		make_connection(&m, &for_shell, "office", &m.vpn_gateways.v[1])->name, "office");
	assert_int_equal(m.vpn_gateways.n, 2);
	assert_int_equal(m.connections.n, 2);
	assert_string_equal(m.connections.v[1].vpn_gateway, "main");
	assert_true(m.vpn_gateways.v[0].about.created_ms == 1700000000000);
	assert_true(m.customer_gateways.v[0].about.created_ms == 1700000000000);
	assert_true(m.connections.v[0].about.created_ms == 1700000000000);
	model_fini(&m);
}

//
static void a_connection_has_the_tunnels_of_its_gateway(void **)
{
	struct model_connection *connection;
	struct model m;

	assert_int_equal(model_init(&m), 0);
	assert_non_null(make_vpn_gateway(&m, &for_api, "two"));
	make_vpn_gateway(&m, &for_api, "one")->redundancy = MODEL_SINGLE;
	connection = make_connection(&m, &for_api, NULL, &m.vpn_gateways.v[0]);
	assert_int_equal(connection->tunnels.n, 2);
	assert_memory_equal(connection->tunnels.v[0].name, "tun-", 4);
	assert_string_not_equal(connection->tunnels.v[0].name, connection->tunnels.v[1].name);
	assert_int_equal(make_connection(&m, &for_api, NULL, &m.vpn_gateways.v[1])->tunnels.n, 1);
	model_fini(&m);
}

// D-1, D-3, D-11, R-26 to R-37
static void defaults_are_those_of_who_asks(void **)
{
	static const struct {
		const struct make *make;
		enum model_version version;
	} rows[] = {{&for_shell, MODEL_IKEV2}, {&for_api, MODEL_IKEV1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct model_connection *connection;
		const struct model_tunnel *tunnel;
		char text[PROPOSAL_TEXT];
		struct model m;

		assert_int_equal(model_init(&m), 0);
		connection = make_connection(
			&m, rows[i].make, NULL, make_vpn_gateway(&m, rows[i].make, NULL));
		tunnel = &connection->tunnels.v[0];
		assert_int_equal(tunnel->version, rows[i].version);
		assert_int_equal(tunnel->mode, MODEL_MAIN);
		assert_int_equal(tunnel->start, MODEL_START_TRAFFIC);
		assert_int_equal(tunnel->ike.lifetime_s, 86400);
		assert_int_equal(tunnel->ipsec.lifetime_s, 86400);
		assert_int_equal(tunnel->bgp.local_asn, 45104);
		assert_int_equal(tunnel->dpd.timeout_s, 30);
		assert_true(tunnel->dpd.enabled && tunnel->nat_traversal);
		assert_true(connection->auto_config_route && !connection->bgp);
		assert_string_equal(
			proposal_show(&tunnel->ike.proposals.v[0], text), "aes128-sha1-group2");
		assert_string_equal(
			proposal_show(&tunnel->ipsec.proposals.v[0], text), "aes128-sha1-group2");
		model_fini(&m);
	}
}

//
static void a_tunnel_without_a_key_gets_a_random_one(void **)
{
	struct model_connection *connection;
	struct secret *first, *second;
	struct model m;

	assert_int_equal(model_init(&m), 0);
	connection = make_connection(&m, &for_api, NULL, make_vpn_gateway(&m, &for_api, NULL));
	first = &connection->tunnels.v[0].pre_shared_key;
	second = &connection->tunnels.v[1].pre_shared_key;
	assert_int_equal(secret_copy(first, "given", 5), 0);
	assert_int_equal(make_keys(connection, &rng), 0);
	assert_int_equal(first->len, 5);
	assert_int_equal(second->len, 16);
	for (size_t i = 0; i < second->len; i++)
		assert_true(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789",
			second->b[i]));
	model_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_have_an_id_or_the_name_that_is_given),
		cmocka_unit_test(a_connection_has_the_tunnels_of_its_gateway),
		cmocka_unit_test(defaults_are_those_of_who_asks),
		cmocka_unit_test(a_tunnel_without_a_key_gets_a_random_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
