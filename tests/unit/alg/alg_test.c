#include "alg/alg.h"

#include <string.h>

#include "unit/unit.h"

static void every_row_is_filled_and_in_place(void **)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *row = &alg_table[i];

		assert_int_equal(row->id, i);
		assert_non_null(row->name);
		assert_non_null(row->aliases);
		if (row->kind != ALG_ESN) {
			assert_non_null(row->evp);
			assert_true(row->key_len);
		}
		if (row->aead)
			assert_true(row->salt_len && row->icv_len && row->iv_len);
	}
}

static void names_find_their_row_alone(void **)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *row = &alg_table[i];

		assert_ptr_equal(alg_find(row->kind, row->name), row);
		assert_ptr_equal(alg_find_v2(row->kind, row->v2_id, row->key_bits), row);
	}
	assert_ptr_equal(alg_find(ALG_KE, "Curve25519"), alg(ALG_X25519));
	assert_ptr_equal(alg_find(ALG_KE, "MODP2048"), alg(ALG_MODP2048));
	assert_null(alg_find(ALG_KE, "modp"));
	assert_null(alg_find(ALG_KE, ""));
	assert_null(alg_find_v2(ALG_ENCR, 12, 0));
}

static void rows_of_ikev1_are_found_by_their_numbers(void **)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *row = &alg_table[i];

		if (row->v1_id)
			assert_ptr_equal(alg_find_v1(row->kind, row->v1_id, row->key_bits), row);
		if (row->v1_esp_id)
			assert_ptr_equal(
				alg_find_v1_esp(row->kind, row->v1_esp_id, row->key_bits), row);
	}
	// RFC 2409 appendix A, RFC 2407 s4.4.4 and s4.5, RFC 4868 s2.7, RFC 4106 s8.2
	assert_ptr_equal(alg_find_v1(ALG_ENCR, 1, 0), alg(ALG_DES_CBC));
	assert_ptr_equal(alg_find_v1(ALG_ENCR, 5, 0), alg(ALG_3DES_CBC));
	assert_ptr_equal(alg_find_v1(ALG_ENCR, 7, 192), alg(ALG_AES192_CBC));
	assert_ptr_equal(alg_find_v1(ALG_PRF, 4, 0), alg(ALG_PRF_SHA256));
	assert_ptr_equal(alg_find_v1(ALG_INTEG, 2, 0), alg(ALG_HMAC_SHA1));
	assert_ptr_equal(alg_find_v1(ALG_KE, 14, 0), alg(ALG_MODP2048));
	assert_ptr_equal(alg_find_v1_esp(ALG_ENCR, 2, 0), alg(ALG_DES_CBC));
	assert_ptr_equal(alg_find_v1_esp(ALG_ENCR, 3, 0), alg(ALG_3DES_CBC));
	assert_ptr_equal(alg_find_v1_esp(ALG_ENCR, 12, 256), alg(ALG_AES256_CBC));
	assert_ptr_equal(alg_find_v1_esp(ALG_ENCR, 20, 128), alg(ALG_AES128_GCM16));
	assert_ptr_equal(alg_find_v1_esp(ALG_INTEG, 1, 0), alg(ALG_HMAC_MD5));
	assert_ptr_equal(alg_find_v1_esp(ALG_INTEG, 5, 0), alg(ALG_HMAC_SHA256));
	assert_ptr_equal(alg_find_v1_esp(ALG_INTEG, 7, 0), alg(ALG_HMAC_SHA512));
	// An AES without its key length, and what has no number
	assert_null(alg_find_v1(ALG_ENCR, 7, 0));
	assert_null(alg_find_v1(ALG_ENCR, 0, 0));
	assert_null(alg_find_v1(ALG_ENCR, 20, 128));
	assert_null(alg_find_v1_esp(ALG_ENCR, 0, 0));
	assert_int_equal(alg(ALG_CHACHA20_POLY1305)->v1_esp_id, 0);
}

static void prf_and_integrity_share_their_hash(void **)
{
	assert_ptr_equal(alg_prf_of(alg(ALG_HMAC_SHA384)), alg(ALG_PRF_SHA384));
	assert_ptr_equal(alg_integ_of(alg(ALG_PRF_MD5)), alg(ALG_HMAC_MD5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_filled_and_in_place),
		cmocka_unit_test(names_find_their_row_alone),
		cmocka_unit_test(rows_of_ikev1_are_found_by_their_numbers),
		cmocka_unit_test(prf_and_integrity_share_their_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
