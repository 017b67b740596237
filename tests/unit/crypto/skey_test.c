#include "crypto/skey.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "crypto/prf.h"
#include "crypto/rng.h"
#include "unit/unit.h"

enum { HEAD = 32, ROOM = 2048 };

static const enum alg_id encrs[] = {ALG_AES128_CBC, ALG_AES192_CBC, ALG_AES256_CBC, ALG_3DES_CBC,
	ALG_DES_CBC, ALG_AES128_GCM16, ALG_AES192_GCM16, ALG_AES256_GCM16, ALG_CHACHA20_POLY1305};
static const enum alg_id integs[] = {
	ALG_HMAC_MD5, ALG_HMAC_SHA1, ALG_HMAC_SHA256, ALG_HMAC_SHA384, ALG_HMAC_SHA512};

// The i-th combination; false after the last.
static int suite_at(size_t i, struct suite *suite)
{
	size_t e = i / 5, n = i % 5;

	if (e >= sizeof(encrs) / sizeof(encrs[0]))
		return 0;
	*suite = (struct suite){.encr = alg(encrs[e]), .integ = alg(integs[n])};
	if (suite->encr->aead)
		suite->integ = NULL;
	return 1;
}

static void key_of(const struct suite *suite, struct skey *key)
{
	uint8_t encr[64], integ[64];

	memset(encr, 0x11, sizeof(encr));
	memset(integ, 0x22, sizeof(integ));
	assert_int_equal(skey_init(key, suite, encr, integ), 0);
}

static void fill(uint8_t *msg, size_t len)
{
	for (size_t i = 0; i < len; i++)
		msg[i] = (uint8_t)(i * 7 + 3);
}

static void every_suite_and_length_opens_what_it_sealed(void **)
{
	struct suite suite;

	for (size_t i = 0; suite_at(i, &suite); i++) {
		struct skey key;

		assert_true(skey_can(&suite));
		key_of(&suite, &key);
		for (size_t len = 0; len < 600; len += len < 70 ? 1 : 53) {
			uint8_t msg[ROOM], plain[ROOM];
			size_t iv_len = skey_iv_len(&key), total, inner;

			fill(msg, sizeof(msg));
			memcpy(plain, msg, sizeof(msg));
			total = HEAD + skey_sealed_len(&key, len);
			assert_int_equal(skey_seal(&key, &rng_public, msg, HEAD, len), 0);
			assert_memory_equal(msg, plain, HEAD);
			assert_memory_equal(msg + total, plain + total, sizeof(msg) - total);
			if (len > 8)
				assert_memory_not_equal(
					msg + HEAD + iv_len, plain + HEAD + iv_len, len);
			assert_int_equal(skey_open(&key, msg, HEAD, total, &inner), 0);
			assert_int_equal(inner, len);
			assert_memory_equal(msg + HEAD + iv_len, plain + HEAD + iv_len, len);
		}
		skey_fini(&key);
	}
}

static void a_changed_bit_anywhere_is_refused(void **)
{
	struct suite suite;

	for (size_t i = 0; suite_at(i, &suite); i++) {
		struct skey key;
		uint8_t sealed[ROOM], msg[ROOM];
		size_t total, inner;

		key_of(&suite, &key);
		fill(sealed, sizeof(sealed));
		total = HEAD + skey_sealed_len(&key, 40);
		assert_int_equal(skey_seal(&key, &rng_public, sealed, HEAD, 40), 0);
		for (size_t at = 0; at < total; at++) {
			memcpy(msg, sealed, total);
			msg[at] ^= 0x10;
			assert_int_equal(skey_open(&key, msg, HEAD, total, &inner), -EBADMSG);
		}
		skey_fini(&key);
	}
}

static void any_truncation_is_refused(void **)
{
	struct suite suite;

	for (size_t i = 0; suite_at(i, &suite); i++) {
		struct skey key;
		uint8_t sealed[ROOM], msg[ROOM];
		size_t total, inner;

		key_of(&suite, &key);
		fill(sealed, sizeof(sealed));
		total = HEAD + skey_sealed_len(&key, 40);
		assert_int_equal(skey_seal(&key, &rng_public, sealed, HEAD, 40), 0);
		for (size_t len = HEAD; len < total; len++) {
			memcpy(msg, sealed, total);
			assert_int_equal(skey_open(&key, msg, HEAD, len, &inner), -EBADMSG);
		}
		skey_fini(&key);
	}
}

static void gcm_never_repeats_a_nonce(void **)
{
	struct suite suite = {.encr = alg(ALG_AES128_GCM16)};
	uint8_t first[ROOM], second[ROOM];
	struct skey key;

	key_of(&suite, &key);
	fill(first, sizeof(first));
	memcpy(second, first, sizeof(first));
	assert_int_equal(skey_seal(&key, &rng_public, first, HEAD, 16), 0);
	assert_int_equal(skey_seal(&key, &rng_public, second, HEAD, 16), 0);
	assert_memory_equal(first + HEAD, "\0\0\0\0\0\0\0\0", 8);
	assert_memory_equal(second + HEAD, "\0\0\0\0\0\0\0\1", 8);
	skey_fini(&key);
}

static void fill_5a(void *, void *dst, size_t len)
{
	memset(dst, 0x5a, len);
}

// The payload of one message, as Python's hmac and cryptography modules compute it after RFC 5282
// and RFC 7296 s3.14.
static void check_answer(const struct suite *suite, const char *want)
{
	const struct rng rng = {.fill = fill_5a};
	uint8_t msg[ROOM];
	char text[2 * ROOM];
	struct skey key;

	key_of(suite, &key);
	fill(msg, sizeof(msg));
	assert_int_equal(skey_seal(&key, &rng, msg, HEAD, 20), 0);
	hex_show(msg + HEAD, skey_sealed_len(&key, 20), text, sizeof(text));
	assert_string_equal(text, want);
	skey_fini(&key);
}

static void answers_are_those_of_another_codec(void **)
{
	check_answer(&(struct suite){.encr = alg(ALG_AES128_GCM16)},
		"00000000000000003d2aa053c7129ed9c57cacd98b32111deb3d79cd673f15be7e5ae278"
		"ad062dffb3f3897bd3");
	check_answer(&(struct suite){.encr = alg(ALG_AES128_CBC), .integ = alg(ALG_HMAC_SHA256)},
		"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a65e0f2c8c6437d2cc94a746845d25c1fb95d2858"
		"f05c360106f876feb081dc85b10825e68aad3c03b8618ce59dfb03c5");
	check_answer(&(struct suite){.encr = alg(ALG_CHACHA20_POLY1305)},
		"0000000000000000f5baed2a1e916d521e6c4bd75c90c7db6bd87ae1092819527352bf32"
		"05adb9c38140cbd7d8");
	check_answer(&(struct suite){.encr = alg(ALG_3DES_CBC), .integ = alg(ALG_HMAC_SHA1)},
		"5a5a5a5a5a5a5a5aa1406e97b3cf14774a74a37ba57cc6eccc2ac0febd38e0e038ce035b"
		"b7e52abeb5c8907d");
	// By `openssl enc -des-cbc` of the legacy provider
	check_answer(&(struct suite){.encr = alg(ALG_DES_CBC), .integ = alg(ALG_HMAC_MD5)},
		"5a5a5a5a5a5a5a5aa1406e97b3cf14774a74a37ba57cc6eccc2ac0febd38e0e0a6474d95"
		"9ee6b6c6f7fa9ab3");
}

// RFC 7634 appendix B: an encrypted payload with one notification.
static void chacha_opens_the_message_of_rfc_7634(void **)
{
	static const uint8_t plain[] = {0, 0, 0, 0x0c, 0, 0, 0x40, 1, 0, 0, 0, 0x0a};
	struct suite suite = {.encr = alg(ALG_CHACHA20_POLY1305)};
	uint8_t encr[36], msg[ROOM];
	struct skey key;
	size_t inner;
	int len = hex_read("c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029"
			   "1011121314151617610394701f8d017f7c12924889"
			   "6b71bfe25236efd7cdc67066906315b2",
		msg, sizeof(msg));

	(void)hex_read("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
		       "a0a1a2a3",
		encr, sizeof(encr));
	assert_int_equal(skey_init(&key, &suite, encr, NULL), 0);
	assert_int_equal(skey_open(&key, msg, HEAD, (size_t)len, &inner), 0);
	assert_int_equal(inner, sizeof(plain));
	assert_memory_equal(msg + HEAD + 8, plain, sizeof(plain));
	skey_fini(&key);
}

// What a peer with the key may send: the last block is left out, so that the last byte of the
// payloads, 0xee, 32 or 31, stands where the pad length does; the ICV is right.
static int open_with_pad(uint8_t pad, size_t *inner)
{
	struct suite suite = {.encr = alg(ALG_AES128_CBC), .integ = alg(ALG_HMAC_SHA1)};
	uint8_t msg[ROOM], mac[20], secret[20];
	struct chunk in = {msg, HEAD + 16 + 32}, integ = {secret, sizeof(secret)};
	struct skey key;
	int err;

	key_of(&suite, &key);
	memset(secret, 0x22, sizeof(secret));
	memset(msg, pad, sizeof(msg));
	assert_int_equal(skey_seal(&key, &rng_public, msg, HEAD, 40), 0);
	assert_int_equal(prf(alg(ALG_PRF_SHA1), integ, &in, 1, mac), 0);
	memcpy(msg + in.len, mac, 12);
	err = skey_open(&key, msg, HEAD, in.len + 12, inner);
	skey_fini(&key);
	return err;
}

static void padding_longer_than_the_message_is_refused(void **)
{
	size_t inner = 99;

	assert_int_equal(open_with_pad(0xee, &inner), -EBADMSG);
	assert_int_equal(open_with_pad(32, &inner), -EBADMSG);
	assert_int_equal(open_with_pad(31, &inner), 0);
	assert_int_equal(inner, 0);
}

static void room_and_length_agree(void **)
{
	struct suite suite;

	for (size_t i = 0; suite_at(i, &suite); i++) {
		struct skey key;

		key_of(&suite, &key);
		for (size_t room = 0; room < 400; room++) {
			size_t inner = skey_inner_max(&key, room);

			if (inner)
				assert_true(skey_sealed_len(&key, inner) <= room);
			assert_true(skey_sealed_len(&key, inner + 1) > room);
		}
		skey_fini(&key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_and_length_opens_what_it_sealed),
		cmocka_unit_test(a_changed_bit_anywhere_is_refused),
		cmocka_unit_test(any_truncation_is_refused),
		cmocka_unit_test(gcm_never_repeats_a_nonce),
		cmocka_unit_test(answers_are_those_of_another_codec),
		cmocka_unit_test(chacha_opens_the_message_of_rfc_7634),
		cmocka_unit_test(padding_longer_than_the_message_is_refused),
		cmocka_unit_test(room_and_length_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
