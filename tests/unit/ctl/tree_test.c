#include "unit/unit.h"

#include <string.h>

#include "ctl/tree.h"
#include "model/make.h"
#include "model/schema.h"

static void fill(void *, void *dst, size_t len)
{
	memset(dst, 7, len);
}

static const struct rng rng = {.fill = fill};
static const struct make make = {.ids = &rng, .keys = &rng};

static json_t *tunnel_of(const struct model *m, bool secrets, json_t **tree)
{
	*tree = tree_object(&schema_model, m, secrets);
	return json_array_get(
		json_object_get(
			json_array_get(json_object_get(*tree, "connections"), 0), "tunnels"),
		0);
}

// a key that was made up must be there to be learned, and only for who asks.
static void secrets_are_shown_when_asked_for(void **)
{
	struct model_connection *connection;
	json_t *tree, *tunnel;
	struct model m;

	assert_int_equal(model_init(&m), 0);
	connection = make_connection(&m, &make, "office", make_vpn_gateway(&m, &make, "vpn-1"));
	assert_int_equal(secret_copy(&connection->tunnels.v[0].pre_shared_key, "a secret", 8), 0);
	tunnel = tunnel_of(&m, false, &tree);
	assert_string_equal(json_string_value(json_object_get(tunnel, "pre_shared_key")), "<set>");
	assert_string_equal(json_string_value(json_object_get(tunnel, "version")), "ikev2");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(tunnel, "ike"), "lifetime_s")),
		86400);
	assert_true(json_is_true(json_object_get(tunnel, "nat_traversal")));
	assert_null(json_object_get(tunnel, "pre_shared_key_file"));
	json_decref(tree);
	tunnel = tunnel_of(&m, true, &tree);
	assert_string_equal(
		json_string_value(json_object_get(tunnel, "pre_shared_key")), "a secret");
	json_decref(tree);
	model_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_shown_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
