#include "unit/unit.h"

#include "ike/limit.h"

#include <stdio.h>

enum { ROOM = 128 };

struct limits {
	struct ike ike;
	struct ike_half half[ROOM];
	unsigned int n;
};

static struct limits limits(void)
{
	return (struct limits){
		.ike = {.now = MONO_S(1000),
			.params = {
				.cookie_above = 20, .half_open_max = 60, .half_open_source = 12}}};
}

static struct addr at(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_read(text, &addr), 0);
	return addr;
}

// Ask and, if it may, open. returns the answer.
static enum ike_limit come(struct limits *l, const char *text, enum ike_proof proof)
{
	struct addr addr = at(text);
	enum ike_limit limit = ike_limit_ask(&l->ike, &addr, proof);

	if (limit == IKE_LIMIT_PASS)
		assert_int_equal(ike_limit_open(&l->ike, &l->half[l->n++], &addr, proof), 0);
	return limit;
}

static void fini(struct limits *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		ike_limit_close(&l->ike, &l->half[i]);
	assert_int_equal(l->ike.half_count, 0);
	ike_limit_fini(&l->ike);
	assert_null(l->ike.sources);
}

static void a_crowd_must_prove_its_addresses(void **)
{
	struct limits l = limits();
	char text[32];

	for (unsigned int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "10.0.0.%u", i);
		assert_int_equal(come(&l, text, IKE_PROOF_NONE), IKE_LIMIT_PASS);
	}
	assert_int_equal(come(&l, "10.0.1.1", IKE_PROOF_NONE), IKE_LIMIT_PROVE);
	assert_int_equal(come(&l, "10.0.1.1", IKE_PROOF_NAMED), IKE_LIMIT_PASS);
	for (unsigned int i = 0; i < 39; i++) {
		snprintf(text, sizeof(text), "10.0.2.%u", i);
		assert_int_equal(come(&l, text, IKE_PROOF_COOKIE), IKE_LIMIT_PASS);
	}
	assert_int_equal(come(&l, "10.0.3.1", IKE_PROOF_COOKIE), IKE_LIMIT_REFUSE);
	ike_limit_close(&l.ike, &l.half[0]);
	ike_limit_close(&l.ike, &l.half[0]);
	assert_int_equal(come(&l, "10.0.3.1", IKE_PROOF_COOKIE), IKE_LIMIT_PASS);
	fini(&l);
}

static void a_source_must_prove_its_address_and_has_a_share(void **)
{
	struct limits l = limits();

	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_NAMED), IKE_LIMIT_PASS);
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_NAMED), IKE_LIMIT_PROVE);
	assert_int_equal(come(&l, "10.0.0.2", IKE_PROOF_NONE), IKE_LIMIT_PASS);
	// One of them answered: its place is free for another unproven one.
	ike_limit_proven(&l.ike, &l.half[3]);
	ike_limit_proven(&l.ike, &l.half[3]);
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_NONE), IKE_LIMIT_PASS);
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_NONE), IKE_LIMIT_PROVE);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_COOKIE), IKE_LIMIT_PASS);
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_COOKIE), IKE_LIMIT_REFUSE);
	fini(&l);
}

static void an_ipv6_source_is_a_64(void **)
{
	struct limits l = limits();

	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(come(&l, "2001:db8::1", IKE_PROOF_NONE), IKE_LIMIT_PASS);
	assert_int_equal(come(&l, "2001:db8::2:1", IKE_PROOF_NONE), IKE_LIMIT_PROVE);
	assert_int_equal(come(&l, "2001:db8:0:1::1", IKE_PROOF_NONE), IKE_LIMIT_PASS);
	fini(&l);
}

static void a_crowd_is_not_looked_at_without_proof(void **)
{
	struct limits l = limits();
	struct addr addr = at("10.0.0.1");
	unsigned int passed = 0;

	for (unsigned int ms = 0; ms < 1000; ms++, l.ike.now += MONO_MS(1)) {
		for (unsigned int i = 0; i < 10; i++)
			passed += ike_limit_ask(&l.ike, &addr, IKE_PROOF_NONE) == IKE_LIMIT_PASS;
	}
	assert_in_range(passed, 1195, 1202);
	assert_int_equal(ike_limit_ask(&l.ike, &addr, IKE_PROOF_COOKIE), IKE_LIMIT_PASS);
	fini(&l);
}

static void failed_proofs_are_forgotten_one_by_one(void **)
{
	struct limits l = limits();
	struct addr addr = at("10.0.0.1");

	for (unsigned int i = 0; i < 9; i++) {
		assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_COOKIE), IKE_LIMIT_PASS);
		ike_limit_close(&l.ike, &l.half[l.n - 1]);
		ike_limit_failed(&l.ike, &addr);
	}
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_COOKIE), IKE_LIMIT_REFUSE);
	assert_int_equal(come(&l, "10.0.0.2", IKE_PROOF_NONE), IKE_LIMIT_PASS);
	l.ike.now += MONO_S(5);
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_NONE), IKE_LIMIT_PASS);
	ike_limit_failed(&l.ike, &addr);
	assert_int_equal(come(&l, "10.0.0.1", IKE_PROOF_NONE), IKE_LIMIT_REFUSE);
	fini(&l);
}

static void what_is_remembered_is_bounded(void **)
{
	struct limits l = limits();

	for (uint32_t i = 0; i < 20000; i++) {
		struct addr addr = addr_v4(0x0a000000u + i);

		ike_limit_failed(&l.ike, &addr);
		assert_in_range(HASH_COUNT(l.ike.sources), 1, 4098);
	}
	l.ike.now += MONO_S(60);
	for (uint32_t i = 0; i < 1000; i++) {
		struct addr addr = addr_v4(0x0b000000u + i);

		ike_limit_failed(&l.ike, &addr);
	}
	assert_in_range(HASH_COUNT(l.ike.sources), 1, 1001);
	fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowd_must_prove_its_addresses),
		cmocka_unit_test(a_source_must_prove_its_address_and_has_a_share),
		cmocka_unit_test(an_ipv6_source_is_a_64),
		cmocka_unit_test(a_crowd_is_not_looked_at_without_proof),
		cmocka_unit_test(failed_proofs_are_forgotten_one_by_one),
		cmocka_unit_test(what_is_remembered_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
