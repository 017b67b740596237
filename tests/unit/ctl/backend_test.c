#include "ctl/backend.h"

#include <errno.h>
#include <string.h>

#include "drv/conform.h"
#include "unit/unit.h"

// Says that it can do AES-GCM alone, and computes nothing.
static bool gcm_alone(const struct suite *suite)
{
	return suite->encr->aead && suite->encr->key_bits;
}

static const struct crypto_driver none = {.name = "none", .can = gcm_alone};

// As if the suites with a cipher had been proven.
static void prove(struct backends *b, enum alg_id encr, enum alg_id integ)
{
	const struct suite *suite;

	for (unsigned int i = 0; (suite = crypto_suite(i)); i++) {
		if (suite->encr->id == encr && (!suite->integ || suite->integ->id == integ))
			b->state[0][i] = BACKEND_PROVEN;
	}
}

static int can(
	const struct backends *b, enum proposal_for purpose, const char *text, struct why *why)
{
	struct proposal p;

	assert_int_equal(proposal_read(text, purpose, &p, NULL), 0);
	*why = (struct why){};
	return backends_can(b, &p, why);
}

static void esp_can_do_what_a_back_end_has_proven(void **)
{
	struct backends b = {.driver = {&none}, .n = 1, .ike[ALG_MODP2048] = true};
	struct why why;

	prove(&b, ALG_AES256_CBC, ALG_HMAC_SHA512);
	prove(&b, ALG_CHACHA20_POLY1305, 0);
	assert_int_equal(can(&b, PROPOSAL_ESP, "aes256-sha512-group14", &why), 0);
	assert_int_equal(can(&b, PROPOSAL_ESP, "chacha20poly1305", &why), 0);
	assert_int_equal(can(&b, PROPOSAL_ESP, "aes256-sha512-sha1", &why), -ENOTSUP);
	assert_string_equal(why.got, "aes256-sha1");
	assert_int_equal(can(&b, PROPOSAL_ESP, "aes256gcm16", &why), -ENOTSUP);
	assert_string_equal(why.got, "aes256gcm16");
	assert_int_equal(can(&b, PROPOSAL_ESP, "aes256-sha512-group2", &why), -ENOTSUP);
	assert_string_equal(why.got, "group2");
}

static void ike_can_do_what_openssl_has(void **)
{
	const struct crypto_driver *drivers[] = {NULL};
	struct backends b;
	struct why why;

	assert_int_equal(backends_check(&b, drivers), 0);
	for (unsigned int i = 0; i < ALG_COUNT; i++)
		assert_true(b.ike[i]);
	assert_int_equal(can(&b, PROPOSAL_IKE, "des-3des-md5-group1-group18", &why), 0);
	b.ike[ALG_DES_CBC] = false;
	assert_int_equal(can(&b, PROPOSAL_IKE, "des-3des-md5-group1-group18", &why), -ENOTSUP);
	assert_string_equal(why.got, "des");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(esp_can_do_what_a_back_end_has_proven),
		cmocka_unit_test(ike_can_do_what_openssl_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
