#include "crypto/cbc.h"

#include <errno.h>

#include "unit/vectors.h"

static struct secret key_of(const char *hex)
{
	uint8_t bytes[32];
	int len = hex_read(hex, bytes, sizeof(bytes));
	struct secret key;

	assert_true(len > 0);
	assert_int_equal(secret_copy(&key, bytes, (size_t)len), 0);
	return key;
}

static void both_ways(const struct alg *row, const char *key_hex, const uint8_t *iv,
	const uint8_t *plain, const uint8_t *sealed, size_t len)
{
	struct secret key = key_of(key_hex);
	uint8_t data[VECTOR_BYTES], running[16];

	memcpy(data, plain, len);
	memcpy(running, iv, row->iv_len);
	assert_int_equal(cbc_encrypt(row, &key, running, data, len), 0);
	assert_memory_equal(data, sealed, len);
	assert_memory_equal(running, sealed + len - row->iv_len, row->iv_len);
	memcpy(running, iv, row->iv_len);
	assert_int_equal(cbc_decrypt(row, &key, running, data, len), 0);
	assert_memory_equal(data, plain, len);
	assert_memory_equal(running, sealed + len - row->iv_len, row->iv_len);
	secret_free(&key);
}

static void aes_has_nists_answers(void **)
{
	uint8_t iv[VECTOR_BYTES], plain[VECTOR_BYTES], sealed[VECTOR_BYTES];
	struct vectors v;
	unsigned int n = 0;

	for (vectors_open(&v, "nist-aes-cbc.txt"); vectors_next(&v); n++) {
		size_t len = vectors_hex(&v, "plain", plain);

		vectors_hex(&v, "iv", iv);
		vectors_hex(&v, "sealed", sealed);
		both_ways(alg_find(ALG_ENCR, vectors_text(&v, "cipher")), vectors_text(&v, "key"),
			iv, plain, sealed, len);
	}
	assert_true(n > 3);
}

// FIPS 81, table C1 for DES; for three keys: openssl enc -des-ede3-cbc.
static void des_has_fips_81s_answer(void **)
{
	static const uint8_t iv[] = {0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef};
	const uint8_t *plain = (const uint8_t *)"Now is the time for all ";
	uint8_t sealed[24];

	hex_read("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6", sealed, sizeof(sealed));
	both_ways(alg(ALG_DES_CBC), "0123456789abcdef", iv, plain, sealed, sizeof(sealed));
	hex_read("f3c0ff026c023089656fbb169def7edb30ba36075d6f0176", sealed, sizeof(sealed));
	both_ways(alg(ALG_3DES_CBC), "0123456789abcdef23456789abcdef01456789abcdef0123", iv, plain,
		sealed, sizeof(sealed));
}

static void the_iv_goes_on_from_message_to_message(void **)
{
	struct secret key = key_of("000102030405060708090a0b0c0d0e0f");
	uint8_t whole[64] = {1}, halves[64] = {1}, iv[16] = {}, running[16] = {};
	const struct alg *row = alg(ALG_AES128_CBC);

	assert_int_equal(cbc_encrypt(row, &key, iv, whole, 64), 0);
	assert_int_equal(cbc_encrypt(row, &key, running, halves, 16), 0);
	assert_int_equal(cbc_encrypt(row, &key, running, halves + 16, 48), 0);
	assert_memory_equal(whole, halves, 64);
	assert_memory_equal(iv, running, 16);
	secret_free(&key);
}

static void refuses_what_is_no_cbc(void **)
{
	struct secret key = key_of("000102030405060708090a0b0c0d0e0f"), none = {};
	uint8_t data[32] = {1, 2}, iv[16] = {};
	static const size_t lengths[] = {0, 1, 15, 17, 31};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		assert_int_equal(
			cbc_decrypt(alg(ALG_AES128_CBC), &key, iv, data, lengths[i]), -EINVAL);
	assert_int_equal(cbc_encrypt(alg(ALG_AES256_CBC), &key, iv, data, 32), -EINVAL);
	assert_int_equal(cbc_encrypt(alg(ALG_AES128_CBC), &none, iv, data, 32), -EINVAL);
	assert_int_equal(cbc_encrypt(alg(ALG_AES128_GCM16), &key, iv, data, 32), -EINVAL);
	assert_int_equal(cbc_encrypt(alg(ALG_HMAC_MD5), &key, iv, data, 32), -EINVAL);
	assert_int_equal(data[0], 1);
	secret_free(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aes_has_nists_answers),
		cmocka_unit_test(des_has_fips_81s_answer),
		cmocka_unit_test(the_iv_goes_on_from_message_to_message),
		cmocka_unit_test(refuses_what_is_no_cbc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
