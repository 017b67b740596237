#include "drv/conform.h"

#include <errno.h>
#include <string.h>

#include "crypto/ipsec_mb/ipsec_mb.h"
#include "crypto/openssl/openssl.h"
#include "unit/unit.h"

// Each broken back end is OpenSSL's with one fault put in.
static struct crypto_driver broken(
	unsigned int (*submit)(struct crypto_lane *, struct crypto_op *[], unsigned int))
{
	struct crypto_driver driver = crypto_openssl;

	driver.name = "broken";
	driver.submit = submit;
	return driver;
}

static unsigned int flips_a_bit(struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	n = crypto_openssl.submit(lane, op, n);
	if (n > 2)
		op[2]->data[7] ^= 1;
	return n;
}

static unsigned int flips_a_tag_bit(
	struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	n = crypto_openssl.submit(lane, op, n);
	if (n > 2)
		op[2]->tag[11] ^= 0x80;
	return n;
}

static unsigned int accepts_any_tag(
	struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	n = crypto_openssl.submit(lane, op, n);
	for (unsigned int i = 0; i < n; i++)
		op[i]->status = CRYPTO_OK;
	return n;
}

static unsigned int leaves_the_last_one(
	struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	return n ? crypto_openssl.submit(lane, op, n - 1) + 1 : 0;
}

static unsigned int writes_behind_the_tag(
	struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	n = crypto_openssl.submit(lane, op, n);
	if (n > 40)
		op[40]->tag[CRYPTO_ICV_MAX + 1] = 0;
	return n;
}

// Right in the short bursts of crypto_check.
static unsigned int wrong_beyond_the_first_eight(
	struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	n = crypto_openssl.submit(lane, op, n);
	if (n > 8 && op[8]->status == CRYPTO_BAD_TAG)
		op[8]->status = CRYPTO_OK;
	return n;
}

static void check_refuses_wrong_answers(void **)
{
	unsigned int (*const faults[])(struct crypto_lane *, struct crypto_op *[], unsigned int) = {
		flips_a_bit, flips_a_tag_bit, accepts_any_tag, leaves_the_last_one};
	const struct suite *suite;

	for (size_t f = 0; f < sizeof(faults) / sizeof(faults[0]); f++) {
		struct crypto_driver driver = broken(faults[f]);

		for (unsigned int i = 0; (suite = crypto_suite(i)); i++) {
			struct why why = {};

			assert_int_equal(crypto_check(&driver, suite, &why), -EBADMSG);
			assert_true(why.what[0]);
			assert_non_null(strstr(why.where, "broken"));
		}
	}
}

static void conform_finds_subtler_faults(void **)
{
	unsigned int (*const faults[])(struct crypto_lane *, struct crypto_op *[], unsigned int) = {
		writes_behind_the_tag, wrong_beyond_the_first_eight};
	struct why why;

	for (size_t f = 0; f < sizeof(faults) / sizeof(faults[0]); f++) {
		struct crypto_driver driver = broken(faults[f]);

		for (unsigned int i = 0; crypto_suite(i); i++)
			assert_int_equal(crypto_check(&driver, crypto_suite(i), &why), 0);
		assert_int_equal(crypto_conform(&driver, &crypto_openssl, 1, &why), -EBADMSG);
	}
}

static unsigned int takes_at_most_three(
	struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	return crypto_openssl.submit(lane, op, n < 3 ? n : 3);
}

static void partial_acceptance_conforms(void **)
{
	struct crypto_driver driver = broken(takes_at_most_three);
	struct why why;

	assert_int_equal(crypto_conform(&driver, NULL, 2, &why), 0);
}

// A back end that finishes later, and in reverse.
enum { PARK = 100 };

static struct crypto_op *parked[PARK];
static unsigned int parked_count;

static unsigned int parks(struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	n = n < PARK - parked_count ? n : PARK - parked_count;
	n = crypto_openssl.submit(lane, op, n);
	for (unsigned int i = 0; i < n; i++)
		parked[parked_count++] = op[i];
	return n;
}

static unsigned int unparks(struct crypto_lane *, struct crypto_op *done[], unsigned int max)
{
	unsigned int n = 0;

	while (n < max && n < 5 && parked_count)
		done[n++] = parked[--parked_count];
	return n;
}

static unsigned int unparks_twice(
	struct crypto_lane *lane, struct crypto_op *done[], unsigned int max)
{
	unsigned int n = unparks(lane, done, max);

	if (n > 1)
		done[1] = done[0];
	return n;
}

static void any_order_conforms_and_twice_does_not(void **)
{
	struct crypto_driver driver = broken(parks);
	struct why why;

	driver.immediate = false;
	driver.poll = unparks;
	assert_int_equal(crypto_conform(&driver, &crypto_openssl, 3, &why), 0);
	driver.poll = unparks_twice;
	assert_int_equal(crypto_conform(&driver, &crypto_openssl, 3, &why), -EBADMSG);
}

static void openssl_conforms(void **)
{
	struct why why;

	if (crypto_conform(&crypto_openssl, NULL, 4, &why))
		fail_msg("%s: %s", why.where, why.what);
}

static void ipsec_mb_conforms_and_agrees_with_openssl(void **)
{
	struct why why;

	for (unsigned int seed = 5; seed < 8; seed++) {
		if (crypto_conform(&crypto_ipsec_mb, &crypto_openssl, seed, &why))
			fail_msg("%s: %s", why.where, why.what);
	}
}

static void every_suite_of_the_issue_is_offered(void **)
{
	unsigned int count = 0;

	for (; crypto_suite(count); count++) {
		assert_true(crypto_openssl.can(crypto_suite(count)));
		assert_true(crypto_ipsec_mb.can(crypto_suite(count)));
	}
	// AES-GCM in three sizes and ChaCha20; AES-CBC in three and two kinds of DES, with five
	// hashes.
	assert_int_equal(count, 4 + 5 * 5);
}

static void unknown_suites_are_refused(void **)
{
	const struct crypto_driver *const drivers[] = {&crypto_ipsec_mb, &crypto_openssl};
	const struct suite prf = {.encr = alg(ALG_AES128_CBC), .integ = alg(ALG_PRF_MD5)};
	const struct suite bare = {.encr = alg(ALG_AES128_CBC)};
	struct crypto_key *key;
	uint8_t bytes[64] = {};
	struct why why;

	for (size_t i = 0; i < 2; i++) {
		assert_false(drivers[i]->can(&prf));
		assert_false(drivers[i]->can(&bare));
		assert_int_equal(
			drivers[i]->key_new(&bare, CRYPTO_ENCRYPT, bytes, bytes, &key), -ENOTSUP);
		assert_null(key);
		assert_int_equal(crypto_check(drivers[i], &prf, &why), -ENOTSUP);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_of_the_issue_is_offered),
		cmocka_unit_test(unknown_suites_are_refused),
		cmocka_unit_test(check_refuses_wrong_answers),
		cmocka_unit_test(conform_finds_subtler_faults),
		cmocka_unit_test(partial_acceptance_conforms),
		cmocka_unit_test(any_order_conforms_and_twice_does_not),
		cmocka_unit_test(openssl_conforms),
		cmocka_unit_test(ipsec_mb_conforms_and_agrees_with_openssl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
