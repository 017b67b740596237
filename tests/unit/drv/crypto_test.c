#include "drv/crypto.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/ipsec_mb/ipsec_mb.h"
#include "crypto/openssl/openssl.h"
#include "unit/vectors.h"

static const struct crypto_driver *const drivers[] = {&crypto_ipsec_mb, &crypto_openssl};

enum { DRIVERS = sizeof(drivers) / sizeof(drivers[0]) };

// Compute one operation with a key of its own. returns its status.
static enum crypto_status compute(const struct crypto_driver *driver, const struct suite *suite,
	enum crypto_dir dir, const uint8_t *encr, const uint8_t *integ, struct crypto_op *op)
{
	struct crypto_op *ops[] = {op};
	struct crypto_lane *lane;
	struct crypto_key *key;

	assert_int_equal(driver->lane_open(1, &lane), 0);
	assert_int_equal(driver->key_new(suite, dir, encr, integ, &key), 0);
	op->key = key;
	assert_true(driver->immediate);
	assert_int_equal(driver->submit(lane, ops, 1), 1);
	driver->key_free(key);
	driver->lane_close(lane);
	return op->status;
}

static void gcm_answers_as_nist(void **)
{
	static uint8_t key[VECTOR_BYTES], iv[VECTOR_BYTES], aad[VECTOR_BYTES], plain[VECTOR_BYTES],
		sealed[VECTOR_BYTES], tag[VECTOR_BYTES], data[VECTOR_BYTES], got[16];
	unsigned int count = 0;
	struct vectors v;

	vectors_open(&v, "nist-aes-gcm.txt");
	for (; vectors_next(&v); count++) {
		struct suite suite = {.encr = alg_find(ALG_ENCR, vectors_text(&v, "cipher"))};
		struct crypto_op op = {.data = data, .tag = got};

		assert_int_equal(vectors_hex(&v, "key", key), suite.encr->key_len);
		assert_int_equal(vectors_hex(&v, "iv", iv), 12);
		op.aad_len = (uint8_t)vectors_hex(&v, "aad", aad);
		op.len = (uint32_t)vectors_hex(&v, "plain", plain);
		assert_int_equal(vectors_hex(&v, "sealed", sealed), op.len);
		assert_int_equal(vectors_hex(&v, "tag", tag), 16);
		memcpy(op.iv, iv, 12);
		op.iv[15] = 1;
		memcpy(op.aad, aad, op.aad_len);
		for (unsigned int d = 0; d < DRIVERS; d++) {
			memcpy(data, plain, op.len);
			assert_int_equal(
				compute(drivers[d], &suite, CRYPTO_ENCRYPT, key, NULL, &op),
				CRYPTO_OK);
			assert_memory_equal(data, sealed, op.len);
			assert_memory_equal(got, tag, 16);
			assert_int_equal(
				compute(drivers[d], &suite, CRYPTO_DECRYPT, key, NULL, &op),
				CRYPTO_OK);
			assert_memory_equal(data, plain, op.len);
		}
	}
	assert_int_equal(count, 3 * 4 * 3);
}

static void check_cbc_file(const char *name, unsigned int want)
{
	static uint8_t key[VECTOR_BYTES], iv[VECTOR_BYTES], plain[VECTOR_BYTES],
		sealed[VECTOR_BYTES], data[VECTOR_BYTES], got[CRYPTO_ICV_MAX], integ[64];
	unsigned int count = 0;
	struct vectors v;

	vectors_open(&v, name);
	for (; vectors_next(&v); count++) {
		struct suite suite = {.encr = alg_find(ALG_ENCR, vectors_text(&v, "cipher")),
			.integ = alg(ALG_HMAC_SHA1)};
		struct crypto_op op = {.data = data, .tag = got, .auth = data};

		assert_int_equal(vectors_hex(&v, "key", key), suite.encr->key_len);
		assert_int_equal(vectors_hex(&v, "iv", iv), suite.encr->iv_len);
		op.len = (uint32_t)vectors_hex(&v, "plain", plain);
		op.auth_len = op.len;
		assert_int_equal(vectors_hex(&v, "sealed", sealed), op.len);
		memcpy(op.iv, iv, 16);
		for (unsigned int d = 0; d < DRIVERS; d++) {
			memcpy(data, plain, op.len);
			assert_int_equal(
				compute(drivers[d], &suite, CRYPTO_ENCRYPT, key, integ, &op),
				CRYPTO_OK);
			assert_memory_equal(data, sealed, op.len);
			assert_int_equal(
				compute(drivers[d], &suite, CRYPTO_DECRYPT, key, integ, &op),
				CRYPTO_OK);
			assert_memory_equal(data, plain, op.len);
		}
	}
	assert_int_equal(count, want);
}

static void cbc_answers_as_nist(void **)
{
	check_cbc_file("nist-aes-cbc.txt", 30);
	check_cbc_file("nist-des-cbc.txt", 21);
}

// An HMAC key shorter than ours is the same key with zeros behind (RFC 2104 s2).
static void check_hmac_file(const char *name, unsigned int want)
{
	static uint8_t key[VECTOR_BYTES], message[VECTOR_BYTES], mac[VECTOR_BYTES], data[16],
		encr[32], got[CRYPTO_ICV_MAX];
	struct vectors v;

	vectors_open(&v, name);
	while (vectors_next(&v)) {
		const struct alg *prf = alg_find(ALG_PRF, vectors_text(&v, "prf"));
		struct suite suite = {.encr = alg(ALG_AES256_CBC), .integ = alg_integ_of(prf)};
		struct crypto_op op = {.data = data, .len = 16, .tag = got, .auth = message};

		memset(key, 0, sizeof(key));
		if (vectors_hex(&v, "key", key) > suite.integ->key_len)
			continue;
		want--;
		op.auth_len = (uint32_t)vectors_hex(&v, "data", message);
		(void)vectors_hex(&v, "mac", mac);
		for (unsigned int d = 0; d < DRIVERS; d++) {
			assert_int_equal(
				compute(drivers[d], &suite, CRYPTO_ENCRYPT, encr, key, &op),
				CRYPTO_OK);
			assert_memory_equal(got, mac, suite.integ->icv_len);
			assert_int_equal(
				compute(drivers[d], &suite, CRYPTO_DECRYPT, encr, key, &op),
				CRYPTO_OK);
		}
	}
	assert_int_equal(want, 0);
}

static void hmac_answers_as_rfc_2202_and_4231(void **)
{
	check_hmac_file("rfc2202.txt", 8);
	check_hmac_file("rfc4231.txt", 12);
}

// The contract lets a caller err in nothing else that a back end could see.
static void cbc_lengths_off_the_block_fail_and_touch_nothing(void **)
{
	const struct suite suite = {.encr = alg(ALG_AES128_CBC), .integ = alg(ALG_HMAC_SHA256)};
	uint8_t key[64] = {}, data[64], tag[16];

	for (unsigned int d = 0; d < DRIVERS; d++) {
		for (uint32_t len = 0; len < 40; len++) {
			struct crypto_op op = {
				.data = data, .len = len, .auth = data, .auth_len = 64, .tag = tag};

			if (len && len % 16 == 0)
				continue;
			memset(data, 7, sizeof(data));
			memset(tag, 9, sizeof(tag));
			assert_int_equal(compute(drivers[d], &suite, CRYPTO_ENCRYPT, key, key, &op),
				CRYPTO_FAILED);
			for (unsigned int i = 0; i < 64; i++)
				assert_int_equal(data[i], 7);
			for (unsigned int i = 0; i < 16; i++)
				assert_int_equal(tag[i], 9);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gcm_answers_as_nist),
		cmocka_unit_test(cbc_answers_as_nist),
		cmocka_unit_test(hmac_answers_as_rfc_2202_and_4231),
		cmocka_unit_test(cbc_lengths_off_the_block_fail_and_touch_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
