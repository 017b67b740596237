// What shell and API have made, to its file and back: nothing is lost and nothing is added.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/object.h"
#include "model/value.h"
#include "ui/conf.h"
#include "unit/unit.h"

enum { MODELS = 300 };

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return below ? (seed >> 8) % below : 0;
}

static const char *one_of(const char *const *row)
{
	uint32_t n = 0;

	while (row[n])
		n++;
	return row[any(n)];
}

// Text that is hard to write, of one byte to most.
static void hard_text(const struct schema_leaf *leaf, char dst[static VALUE_TEXT])
{
	static const char plain[] = "\"\\ '`${}();=#/*%az09~\\x22\\n";
	static const char wide[] = "\x80\xff\xc3\xa4\xe2\x82\xac\"\\ a";
	const char *from = leaf->type == SCHEMA_SECRET ? wide : plain;
	size_t n = from == wide ? sizeof(wide) - 1 : sizeof(plain) - 1;
	size_t len = leaf->min + any((uint32_t)(leaf->max - leaf->min) + 1);

	for (size_t i = 0; i < len; i++)
		dst[i] = from[any((uint32_t)n)];
	dst[len] = 0;
}

static const char *const labels[] = {"", "Büro Köln", "東京 \"west\" \\ 2", "a", NULL};
static const char *const tags[] = {"k=v", "Straße=ü\\\"", "empty=", "a=b=c", NULL};
static const char *const names[] = {"", "a", "vco-0123456789abcdef", "x.y_z-1", NULL};
static const char *const ids[] = {"", "192.0.2.1", "gw.example", "a@b.example", "keyid:0x0102ff",
	"keyid:a \"quoted\\\" key", "@name", "any", NULL};
static const char *const addrs[] = {"192.0.2.1", "2001:db8::1", "169.254.1.2", NULL};
static const char *const cidrs[] = {
	"0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "::/0", "2001:db8::/32", NULL};
static const char *const ifaddrs[] = {"192.0.2.1/24", "2001:db8::1/64", NULL};
static const char *const ports[] = {"any", "80", "1000-2000", NULL};
static const char *const ikes[] = {
	"aes128-sha1-modp1024", "aes256gcm16-prfsha384-ecp384", "3des-md5-modp1024", NULL};
static const char *const esps[] = {"aes128-sha1", "aes256gcm16-ecp384", "3des-md5", NULL};
static const char *const bools[] = {"true", "false", NULL};

static const char *const *const rows[SCHEMA_TYPES] = {
	[SCHEMA_BOOL] = bools,
	[SCHEMA_LABEL] = labels,
	[SCHEMA_TAG] = tags,
	[SCHEMA_NAME] = names,
	[SCHEMA_ID] = ids,
	[SCHEMA_ADDR] = addrs,
	[SCHEMA_CIDR] = cidrs,
	[SCHEMA_IFADDR] = ifaddrs,
	[SCHEMA_PORTS] = ports,
	[SCHEMA_IKE_PROPOSAL] = ikes,
	[SCHEMA_ESP_PROPOSAL] = esps,
};

static void make_text(const struct schema_leaf *leaf, char dst[static VALUE_TEXT])
{
	const bool number = leaf->type == SCHEMA_NUMBER || leaf->type == SCHEMA_ASN;
	uint32_t words = 0;

	while (words < SCHEMA_WORDS && leaf->words[words].word)
		words++;
	if (words && (!number || any(2)))
		strcpy(dst, leaf->words[any(words)].word);
	else if (number)
		snprintf(dst, VALUE_TEXT, "%lu",
			any(2) ? leaf->max : leaf->min + any((uint32_t)(leaf->max - leaf->min)));
	else if (rows[leaf->type])
		strcpy(dst, one_of(rows[leaf->type]));
	else
		hard_text(leaf, dst);
}

// Not all that is tried is within the leaf's limits.
static void fill_value(const struct schema_leaf *leaf, void *v)
{
	char text[VALUE_TEXT];

	do
		make_text(leaf, text);
	while (value_read(leaf, text, v, NULL));
}

static void fill_object(const struct schema *schema, void *o)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		void *at = schema_at(leaf, o);

		if (leaf->type == SCHEMA_GROUP) {
			fill_object(leaf->sub, at);
			continue;
		}
		if (!leaf->list && leaf->type != SCHEMA_OBJECTS) {
			if (any(3))
				fill_value(leaf, at);
			continue;
		}
		if (any(4))
			object_clear(leaf, at);
		for (uint32_t n = any(4); n > 0 && (!leaf->count || n <= leaf->count); n--) {
			void *v = object_add(leaf, at);

			assert_non_null(v);
			if (leaf->sub)
				fill_object(leaf->sub, v);
			else
				fill_value(leaf, v);
		}
	}
}

static char *written(const struct state *s, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	assert_non_null(out);
	assert_int_equal(conf_write_state(s, out), 0);
	fclose(out);
	return text;
}

static void what_was_written_reads_the_same(void **)
{
	for (unsigned int n = 0; n < MODELS; n++) {
		struct report report = {};
		struct state s, again;
		size_t size, size_again;
		char *text, *text_again;

		assert_int_equal(state_init(&s), 0);
		fill_object(&schema_state, &s);
		s.head.version = STATE_VERSION;
		text = written(&s, &size);
		if (conf_read_state(text, size, &again, &report))
			fail_msg("%s\n%s", report.n ? report.v[0].why.what : "?", text);
		assert_int_equal(report.n, 0);
		for (size_t i = 0; i < schema_state.n; i++) {
			if (!object_leaf_eq(&schema_state.leaf[i], &s, &again))
				fail_msg("%s differs:\n%s", schema_state.leaf[i].name, text);
		}
		text_again = written(&again, &size_again);
		assert_int_equal(size, size_again);
		assert_memory_equal(text, text_again, size);
		state_fini(&s);
		state_fini(&again);
		free(text);
		free(text_again);
	}
}

static void secrets_are_in_it_and_quoted(void **)
{
	static const char key[] = "\"quo\\te\xff\xc3\xa4 #end";
	const struct schema_leaf *gateways = schema_find(&schema_state, "customer_gateways");
	struct model_customer_gateway *g;
	struct state s;
	size_t size;
	char *text;

	assert_int_equal(state_init(&s), 0);
	g = object_add(gateways, (struct schema_list *)&s.model.customer_gateways);
	assert_non_null(g);
	assert_int_equal(secret_copy(&g->bgp_secret, key, sizeof(key) - 1), 0);
	text = written(&s, &size);
	assert_non_null(strstr(text, "bgp_secret = \"\\\"quo\\\\te\\xff\\xc3\\xa4 #end\";"));
	free(text);
	state_fini(&s);
}

static void complaint_is(const char *text, const char *code, const char *where)
{
	struct report report = {};
	struct state s;

	assert_int_equal(conf_read_state(text, strlen(text), &s, &report), -EINVAL);
	assert_int_equal(report.n, 1);
	assert_string_equal(report.v[0].code, code);
	assert_string_equal(report.v[0].why.where, where);
	report_fini(&report);
}

static void the_form_has_a_version(void **)
{
	complaint_is("state = { serial = 3; };", "missing", "state.version");
	complaint_is("state = { version = 2; };", "out-of-range", "state.version");
}

static void the_machine_is_the_operators(void **)
{
	complaint_is("state = { version = 1; }; ports = ( );", "unknown-key", "ports");
	complaint_is("state = { version = 1; }; system = { };", "unknown-key", "system");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_reads_the_same),
		cmocka_unit_test(secrets_are_in_it_and_quoted),
		cmocka_unit_test(the_form_has_a_version),
		cmocka_unit_test(the_machine_is_the_operators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
