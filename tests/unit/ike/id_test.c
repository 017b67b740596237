#include "net/ike_id.h"

#include <errno.h>
#include <string.h>

#include "ike/payload.h"
#include "unit/unit.h"

static void reads_and_shows_every_kind(void **)
{
	static const struct {
		const char *text, *shown;
		uint8_t type, len;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1", IKE_ID_IPV4, 4},
		{"2001:DB8::1", "2001:db8::1", IKE_ID_IPV6, 16},
		{"addr:192.0.2.1", "192.0.2.1", IKE_ID_IPV4, 4},
		{"gw.example.com", "gw.example.com", IKE_ID_FQDN, 14},
		{"@gw", "gw", IKE_ID_FQDN, 2},
		{"fqdn:192.0.2.1", "192.0.2.1", IKE_ID_FQDN, 9},
		{"me@example.com", "me@example.com", IKE_ID_RFC822, 14},
		{"email:me", "me", IKE_ID_RFC822, 2},
		{"keyid:a", "keyid:a", IKE_ID_KEY_ID, 1},
		{"keyid:0x00ff", "keyid:0x00ff", IKE_ID_KEY_ID, 2},
		{"any", "any", IKE_ID_ANY, 0},
		{"%any", "any", IKE_ID_ANY, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[IKE_ID_TEXT];
		struct ike_id id;

		assert_int_equal(ike_id_read(rows[i].text, &id, NULL), 0);
		assert_int_equal(id.type, rows[i].type);
		assert_int_equal(id.len, rows[i].len);
		assert_string_equal(ike_id_show(&id, text), rows[i].shown);
	}
}

static void refuses_what_is_none(void **)
{
	static const char *const texts[] = {
		"", "@", "two words", "addr:gw", "keyid:0x", "keyid:0x0", "keyid:0xzz", "keyid:"};
	char long_name[200] = "";
	struct ike_id id;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct why why = {};

		assert_int_equal(ike_id_read(texts[i], &id, &why), -EINVAL);
		assert_true(why.expected[0]);
	}
	memset(long_name, 'a', IKE_ID_MAX + 1);
	assert_int_equal(ike_id_read(long_name, &id, NULL), -EINVAL);
}

static void compares_names_without_case_and_to_the_last_byte(void **)
{
	struct ike_id a, b, any = {.type = IKE_ID_ANY};

	assert_int_equal(ike_id_read("GW.Example.com", &a, NULL), 0);
	assert_int_equal(ike_id_read("gw.example.COM", &b, NULL), 0);
	assert_true(ike_id_eq(&a, &b));
	a.b[2] = b.b[2] = 0; // a zero byte hides nothing behind it
	assert_true(ike_id_eq(&a, &b));
	b.b[5] = 'x';
	assert_false(ike_id_eq(&a, &b));
	assert_true(ike_id_matches(&any, &b));
	assert_false(ike_id_matches(&b, &any));
	assert_int_equal(ike_id_read("keyid:gw", &a, NULL), 0);
	assert_int_equal(ike_id_read("keyid:GW", &b, NULL), 0);
	assert_false(ike_id_eq(&a, &b));
	assert_int_equal(ike_id_read("@gw", &b, NULL), 0);
	assert_false(ike_id_eq(&a, &b));
}

static void survives_the_wire(void **)
{
	uint8_t body[IKE_ID_MAX + 4];
	struct ike_id id, back;
	size_t len;

	assert_int_equal(ike_id_read("me@example.com", &id, NULL), 0);
	len = ike_id_to_wire(&id, body);
	assert_int_equal(len, 4 + 14);
	assert_int_equal(ike_id_from_wire(rd_of(body, len), &back), 0);
	assert_true(ike_id_eq(&id, &back));
}

static void refuses_wire_ids_of_the_wrong_length(void **)
{
	static const uint8_t short_v4[] = {IKE_ID_IPV4, 0, 0, 0, 192, 0, 2};
	static const uint8_t none[] = {0, 0, 0, 0, 1};
	uint8_t too_long[4 + IKE_ID_MAX + 1] = {IKE_ID_FQDN};
	struct ike_id id;

	assert_int_equal(ike_id_from_wire(rd_of(short_v4, sizeof(short_v4)), &id), -EINVAL);
	assert_int_equal(ike_id_from_wire(rd_of(none, sizeof(none)), &id), -EINVAL);
	assert_int_equal(ike_id_from_wire(rd_of(too_long, sizeof(too_long)), &id), -EINVAL);
	assert_int_equal(ike_id_from_wire(rd_of(none, 3), &id), -EINVAL);
}

static void a_peers_bytes_never_reach_the_terminal(void **)
{
	struct ike_id id = {.type = IKE_ID_FQDN, .len = 3, .b = {0x1b, '[', 'A'}};
	char text[IKE_ID_TEXT];

	assert_string_equal(ike_id_show(&id, text), "id:0x1b5b41");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_shows_every_kind),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(compares_names_without_case_and_to_the_last_byte),
		cmocka_unit_test(survives_the_wire),
		cmocka_unit_test(refuses_wire_ids_of_the_wrong_length),
		cmocka_unit_test(a_peers_bytes_never_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
