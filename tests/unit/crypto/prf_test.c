#include "crypto/prf.h"

#include <errno.h>

#include "crypto/hash.h"
#include "unit/vectors.h"

static void check_hmac_file(const char *name, int want)
{
	struct vectors v;
	uint8_t key[VECTOR_BYTES], data[VECTOR_BYTES], mac[VECTOR_BYTES], got[PRF_OUT_MAX];

	vectors_open(&v, name);
	for (; vectors_next(&v); want--) {
		const struct alg *row = alg_find(ALG_PRF, vectors_text(&v, "prf"));
		struct chunk k = {.p = key, .len = vectors_hex(&v, "key", key)};
		size_t len = vectors_hex(&v, "data", data);
		// Two pieces, to see that pieces are joined.
		struct chunk in[] = {{data, len / 3}, {data + len / 3, len - len / 3}};

		assert_non_null(row);
		assert_int_equal(vectors_hex(&v, "mac", mac), row->out_len);
		assert_int_equal(prf(row, k, in, 2, got), 0);
		assert_memory_equal(got, mac, row->out_len);
	}
	assert_int_equal(want, 0);
}

static void prf_answers_as_rfc_2202(void **)
{
	check_hmac_file("rfc2202.txt", 14);
}

static void prf_answers_as_rfc_4231(void **)
{
	check_hmac_file("rfc4231.txt", 18);
}

// The definition of RFC 7296 s2.13, written out with prf().
static void prf_plus_chains_blocks(void **)
{
	const struct alg *row = alg(ALG_PRF_SHA256);
	struct chunk key = {"key", 3}, seed[] = {{"nonces", 6}, {"spis", 4}};
	struct secret out;
	uint8_t t1[32], t2[32], t3[32];

	assert_int_equal(prf_plus(row, key, seed, 2, 70, &out), 0);
	assert_int_equal(out.len, 70);
	assert_int_equal(prf(row, key, (struct chunk[]){seed[0], seed[1], {"\1", 1}}, 3, t1), 0);
	assert_int_equal(
		prf(row, key, (struct chunk[]){{t1, 32}, seed[0], seed[1], {"\2", 1}}, 4, t2), 0);
	assert_int_equal(
		prf(row, key, (struct chunk[]){{t2, 32}, seed[0], seed[1], {"\3", 1}}, 4, t3), 0);
	assert_memory_equal(out.b, t1, 32);
	assert_memory_equal(out.b + 32, t2, 32);
	assert_memory_equal(out.b + 64, t3, 6);
	secret_free(&out);
}

static void prf_plus_keeps_its_limits(void **)
{
	const struct alg *row = alg(ALG_PRF_MD5);
	struct chunk key = {"k", 1}, seed[15] = {{"s", 1}};
	struct secret out;

	assert_int_equal(prf_plus(row, key, seed, 1, 255 * 16, &out), 0);
	secret_free(&out);
	assert_int_equal(prf_plus(row, key, seed, 1, 255 * 16 + 1, &out), -EINVAL);
	assert_null(out.b);
	assert_int_equal(prf_plus(row, key, seed, 1, 0, &out), -EINVAL);
	assert_int_equal(prf_plus(row, key, seed, 15, 16, &out), -EINVAL);
}

static void empty_key_is_not_the_key_of_last_time(void **)
{
	const struct alg *row = alg(ALG_PRF_SHA1);
	struct chunk in = {"data", 4};
	uint8_t first[20], keyed[20], again[20];

	assert_int_equal(prf(row, (struct chunk){}, &in, 1, first), 0);
	assert_int_equal(prf(row, (struct chunk){"key", 3}, &in, 1, keyed), 0);
	assert_int_equal(prf(row, (struct chunk){}, &in, 1, again), 0);
	assert_memory_equal(first, again, 20);
	assert_memory_not_equal(first, keyed, 20);
}

static void prf_secret_holds_what_prf_gives(void **)
{
	const struct alg *row = alg(ALG_PRF_SHA512);
	struct chunk key = {"key", 3}, in = {"data", 4};
	struct secret out;
	uint8_t plain[PRF_OUT_MAX];

	assert_int_equal(prf_secret(row, key, &in, 1, &out), 0);
	assert_int_equal(prf(row, key, &in, 1, plain), 0);
	assert_int_equal(out.len, 64);
	assert_memory_equal(out.b, plain, 64);
	secret_free(&out);
}

static void every_prf_of_the_table_is_available(void **)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		if (alg_table[i].kind == ALG_PRF)
			assert_true(prf_can(&alg_table[i]));
	}
}

// RFC 3174 s7.3, TEST1.
static void hash_answers_as_rfc_3174(void **)
{
	static const uint8_t want[] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
		0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
	struct chunk in[] = {{"a", 1}, {"", 0}, {"bc", 2}};
	uint8_t got[20];

	assert_int_equal(hash(alg(ALG_PRF_SHA1), in, 3, got), 0);
	assert_memory_equal(got, want, 20);
	assert_int_equal(hash(alg(ALG_NO_ESN), in, 3, got), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prf_answers_as_rfc_2202),
		cmocka_unit_test(prf_answers_as_rfc_4231),
		cmocka_unit_test(prf_plus_chains_blocks),
		cmocka_unit_test(prf_plus_keeps_its_limits),
		cmocka_unit_test(empty_key_is_not_the_key_of_last_time),
		cmocka_unit_test(prf_secret_holds_what_prf_gives),
		cmocka_unit_test(every_prf_of_the_table_is_available),
		cmocka_unit_test(hash_answers_as_rfc_3174),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
