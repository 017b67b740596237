#include "model/schema.h"

#include <ctype.h>
#include <string.h>

#include "base/secret.h"
#include "model/model.h"
#include "model/object.h"
#include "model/value.h"
#include "unit/unit.h"

// Call for every leaf, however deep.
static void each_leaf(
	const struct schema *schema, void (*fn)(const struct schema *, const struct schema_leaf *))
{
	for (size_t i = 0; i < schema->n; i++) {
		fn(schema, &schema->leaf[i]);
		if (schema->leaf[i].sub)
			each_leaf(schema->leaf[i].sub, fn);
	}
}

static void check_words(const struct schema *, const struct schema_leaf *leaf)
{
	size_t len = strlen(leaf->help);

	assert_true(len > 0 && isupper((unsigned char)leaf->help[0]) && leaf->help[len - 1] == '.');
	for (const char *c = leaf->name; *c; c++)
		assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_');
}

static void check_place(const struct schema *schema, const struct schema_leaf *leaf)
{
	assert_true(leaf->offset + leaf->size <= schema->size);
	if (leaf->list || leaf->type == SCHEMA_OBJECTS)
		assert_int_equal(leaf->size, sizeof(struct schema_list));
	else
		assert_int_equal(leaf->size, object_size(leaf));
}

static void check_default(const struct schema *, const struct schema_leaf *leaf)
{
	_Alignas(max_align_t) char v[1024] = {};
	char shown[VALUE_TEXT];

	if (!leaf->def || leaf->list)
		return;
	assert_int_equal(value_read(leaf, leaf->def, v, NULL), 0);
	assert_string_equal(value_show(leaf, v, shown), leaf->def);
	value_fini(leaf, v);
}

static void check_key(const struct schema *, const struct schema_leaf *leaf)
{
	const struct schema_leaf *key;

	if (leaf->type != SCHEMA_OBJECTS)
		return;
	for (size_t i = 0; i < (leaf->sub->keys ? leaf->sub->keys : 1); i++) {
		key = &leaf->sub->leaf[i];
		assert_true(key->required);
		assert_true(key->type == SCHEMA_NAME ? key->max < MODEL_NAME
						     : key->type == SCHEMA_CIDR);
	}
	assert_true(leaf->sub->n <= 64); // struct diff_change's bits
}

static void every_leaf_is_described(void **)
{
	each_leaf(&schema_model, check_words);
}

static void every_leaf_lies_in_its_struct(void **)
{
	each_leaf(&schema_model, check_place);
}

static void every_default_is_valid(void **)
{
	each_leaf(&schema_model, check_default);
}

static void every_list_has_a_key(void **)
{
	each_leaf(&schema_model, check_key);
}

static void a_new_model_holds_the_defaults(void **)
{
	struct model m;

	assert_int_equal(model_init(&m), 0);
	assert_string_equal(m.system.name, "culvert");
	assert_int_equal(m.system.worker_lcores.n, 1);
	assert_int_equal(m.system.worker_lcores.v[0], 1);
	assert_int_equal(m.ports.n, 0);
	model_fini(&m);
	model_fini(&m);
}

// what a tunnel of the product is unless something else is said.
static void a_new_tunnel_holds_the_products_defaults(void **)
{
	const struct schema_leaf *connections = schema_find(&schema_model, "connections");
	const struct schema_leaf *tunnels = schema_find(connections->sub, "tunnels");
	char text[PROPOSAL_TEXT];
	struct model_tunnel t;

	assert_int_equal(object_init(tunnels->sub, &t), 0);
	assert_int_equal(t.ike.proposals.n, 1);
	assert_string_equal(proposal_show(&t.ike.proposals.v[0], text), "aes128-sha1-group2");
	assert_string_equal(proposal_show(&t.ipsec.proposals.v[0], text), "aes128-sha1-group2");
	assert_int_equal(t.ike.lifetime_s, 86400);
	assert_int_equal(t.ipsec.lifetime_s, 86400);
	assert_true(t.dpd.enabled);
	assert_int_equal(t.dpd.timeout_s, 30);
	assert_true(t.nat_traversal);
	assert_int_equal(t.start, MODEL_START_IMMEDIATE);
	assert_string_equal(t.local_id, "");
	object_fini(tunnels->sub, &t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_leaf_is_described),
		cmocka_unit_test(every_leaf_lies_in_its_struct),
		cmocka_unit_test(every_default_is_valid),
		cmocka_unit_test(every_list_has_a_key),
		cmocka_unit_test(a_new_model_holds_the_defaults),
		cmocka_unit_test(a_new_tunnel_holds_the_products_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
