#include "crypto/ke.h"

#include <errno.h>

#include "unit/vectors.h"

static void check_ke_file(const char *name, int want)
{
	struct vectors v;
	uint8_t private[VECTOR_BYTES], public[VECTOR_BYTES], peer[VECTOR_BYTES],
		want_shared[VECTOR_BYTES];

	vectors_open(&v, name);
	for (; vectors_next(&v); want--) {
		const struct alg *group = alg_find(ALG_KE, vectors_text(&v, "group"));
		size_t len = vectors_hex(&v, "private", private);
		struct secret shared;
		struct ke *ke;

		assert_int_equal(ke_load(group, private, len, &ke), 0);
		assert_ptr_equal(ke_group(ke), group);
		if (vectors_text(&v, "public")) {
			assert_int_equal(vectors_hex(&v, "public", public), group->key_len);
			assert_memory_equal(ke_public(ke), public, group->key_len);
		}
		len = vectors_hex(&v, "peer", peer);
		assert_int_equal(ke_derive(ke, peer, len, &shared, NULL), 0);
		assert_int_equal(vectors_hex(&v, "shared", want_shared), shared.len);
		assert_memory_equal(shared.b, want_shared, shared.len);
		secret_free(&shared);
		ke_free(ke);
	}
	assert_int_equal(want, 0);
}

static void ecp_answers_as_rfc_5903(void **)
{
	check_ke_file("rfc5903.txt", 6);
}

static void x25519_answers_as_rfc_7748(void **)
{
	check_ke_file("rfc7748.txt", 3);
}

static void modp_answers_as_python_and_keeps_leading_zeros(void **)
{
	check_ke_file("modp.txt", 16);
}

static void both_sides_of_every_group_agree(void **)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *group = &alg_table[i];
		struct secret ours, theirs;
		struct ke *a, *b;

		if (group->kind != ALG_KE)
			continue;
		assert_true(ke_can(group));
		assert_int_equal(ke_new(group, &a), 0);
		assert_int_equal(ke_new(group, &b), 0);
		assert_memory_not_equal(ke_public(a), ke_public(b), group->key_len);
		assert_int_equal(ke_derive(a, ke_public(b), group->key_len, &ours, NULL), 0);
		assert_int_equal(ke_derive(b, ke_public(a), group->key_len, &theirs, NULL), 0);
		assert_true(secret_eq(&ours, &theirs));
		secret_free(&ours);
		secret_free(&theirs);
		ke_free(a);
		ke_free(b);
	}
}

static void refuses(const struct alg *group, const uint8_t *peer, size_t len)
{
	struct secret shared;
	struct why why;
	struct ke *ke;

	assert_int_equal(ke_new(group, &ke), 0);
	assert_int_equal(ke_derive(ke, peer, len, &shared, &why), -EBADMSG);
	assert_null(shared.b);
	assert_string_equal(why.where, group->name);
	assert_true(why.what[0]);
	ke_free(ke);
}

// RFC 6989 s2.1: 0, 1, p - 1, p and beyond. p of group 2 ends in ff, and so p - 1 in fe.
static void modp_refuses_values_outside_of_the_group(void **)
{
	const struct alg *group = alg(ALG_MODP1024);
	uint8_t y[128] = {}, p[VECTOR_BYTES];
	struct secret shared;
	struct ke *ke;

	refuses(group, y, sizeof(y));
	y[127] = 1;
	refuses(group, y, sizeof(y));
	// RFC 2409 s6.2
	assert_int_equal(
		hex_read("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea6"
			 "3b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245"
			 "e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f2411"
			 "7c4b1fe649286651ece65381ffffffffffffffff",
			p, sizeof(p)),
		128);
	refuses(group, p, 128);
	p[127]--;
	refuses(group, p, 128);
	memset(y, 0xff, sizeof(y));
	refuses(group, y, sizeof(y));
	p[127]--;
	assert_int_equal(ke_new(group, &ke), 0);
	assert_int_equal(ke_derive(ke, p, 128, &shared, NULL), 0);
	secret_free(&shared);
	ke_free(ke);
}

static void ecp_refuses_points_off_the_curve(void **)
{
	static const enum alg_id ids[] = {ALG_ECP256, ALG_ECP384, ALG_ECP521};

	for (size_t i = 0; i < 3; i++) {
		const struct alg *group = alg(ids[i]);
		uint8_t point[132] = {};
		struct ke *ke;

		refuses(group, point, group->key_len);
		assert_int_equal(ke_new(group, &ke), 0);
		memcpy(point, ke_public(ke), group->key_len);
		ke_free(ke);
		point[group->key_len - 1] ^= 1;
		refuses(group, point, group->key_len);
		memset(point, 0xff, sizeof(point)); // beyond the field
		refuses(group, point, group->key_len);
	}
}

// RFC 7748 s6.1: points of small order give zero.
static void x25519_refuses_small_order(void **)
{
	uint8_t u[32] = {};

	refuses(alg(ALG_X25519), u, 32);
	u[0] = 1;
	refuses(alg(ALG_X25519), u, 32);
}

static void wrong_length_is_refused_for_every_group(void **)
{
	uint8_t peer[1025] = {[1024] = 9};

	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *group = &alg_table[i];

		if (group->kind != ALG_KE)
			continue;
		refuses(group, peer, 0);
		refuses(group, peer, group->key_len - 1u);
		refuses(group, peer, group->key_len + 1u);
	}
}

static void unusable_private_keys_are_refused(void **)
{
	uint8_t zero[66] = {};
	struct ke *ke;

	assert_int_equal(ke_load(alg(ALG_ECP256), zero, 32, &ke), -EINVAL);
	assert_int_equal(ke_load(alg(ALG_X25519), zero, 31, &ke), -EINVAL);
	assert_int_equal(ke_load(alg(ALG_ECP256), zero, 0, &ke), -EINVAL);
	assert_int_equal(ke_new(alg(ALG_AES128_CBC), &ke), -ENOTSUP);
	assert_null(ke);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ecp_answers_as_rfc_5903),
		cmocka_unit_test(x25519_answers_as_rfc_7748),
		cmocka_unit_test(modp_answers_as_python_and_keeps_leading_zeros),
		cmocka_unit_test(both_sides_of_every_group_agree),
		cmocka_unit_test(modp_refuses_values_outside_of_the_group),
		cmocka_unit_test(ecp_refuses_points_off_the_curve),
		cmocka_unit_test(x25519_refuses_small_order),
		cmocka_unit_test(wrong_length_is_refused_for_every_group),
		cmocka_unit_test(unusable_private_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
