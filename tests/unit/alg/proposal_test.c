#include "alg/proposal.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static void reads_and_shows_proposals(void **)
{
	static const struct {
		enum proposal_for purpose;
		const char *text, *shown;
	} rows[] = {
		{PROPOSAL_IKE, "aes128-sha1-group2", "aes128-sha1-group2"},
		{PROPOSAL_IKE, "aes-256-cbc-sha2-256-curve25519", "aes256-sha256-group31"},
		{PROPOSAL_IKE, "aes256gcm16-prfsha384-ecp384", "aes256gcm16-prfsha384-group20"},
		{PROPOSAL_IKE, "aes256gcm-sha256-x25519", "aes256gcm16-prfsha256-group31"},
		{PROPOSAL_IKE, "aes128-aes256-sha1-sha256-modp1024-modp2048",
			"aes128-aes256-sha1-sha256-group2-group14"},
		{PROPOSAL_IKE, "aes128-sha256-prfsha512-group14",
			"aes128-sha256-prfsha512-group14"},
		{PROPOSAL_IKE, "3des-des-md5-modp6144-dh18", "3des-des-md5-group17-group18"},
		{PROPOSAL_IKE, "chacha20-poly1305-sha256-x25519",
			"chacha20poly1305-prfsha256-group31"},
		{PROPOSAL_ESP, "aes128-sha1", "aes128-sha1"},
		{PROPOSAL_ESP, "aes-sha1-noesn", "aes128-sha1"},
		{PROPOSAL_ESP, "3des-md5-disabled", "3des-md5"},
		{PROPOSAL_ESP, "aes-Disabled-sha1-esn", "aes128-sha1-esn"},
		{PROPOSAL_ESP, "aes128gcm16-x25519-esn-noesn", "aes128gcm16-group31-esn-noesn"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proposal p;
		struct why why = {};
		char text[PROPOSAL_TEXT];

		assert_int_equal(proposal_read(rows[i].text, rows[i].purpose, &p, &why), 0);
		assert_string_equal(proposal_show(&p, text), rows[i].shown);
	}
}

static void refuses_with_the_reason(void **)
{
	static const struct {
		enum proposal_for purpose;
		const char *text, *what;
	} rows[] = {
		{PROPOSAL_IKE, "aes128-sha1-modp99", "unknown algorithm"},
		{PROPOSAL_IKE, "aes128-sha1", "no group in the proposal"},
		{PROPOSAL_IKE, "aes128gcm16-group14", "no PRF in the proposal"},
		{PROPOSAL_IKE, "sha1-group14", "no cipher in the proposal"},
		{PROPOSAL_IKE, "aes128-group14",
			"no integrity algorithm beside a cipher that needs one"},
		{PROPOSAL_IKE, "aes128-aes128gcm16-sha1-group14",
			"AEAD and other ciphers in one proposal"},
		{PROPOSAL_ESP, "aes128gcm16-sha1", "an AEAD cipher takes no integrity algorithm"},
		{PROPOSAL_ESP, "aes128-sha1-prfsha1", "a PRF belongs to IKE proposals"},
		{PROPOSAL_ESP, "aes-sha1-group2-disabled",
			"perfect forward secrecy both disabled and asked for"},
		{PROPOSAL_IKE, "aes-sha1-disabled", "unknown algorithm"},
		{PROPOSAL_ESP, "", "no cipher in the proposal"},
		{PROPOSAL_ESP, "aes128-", "a proposal ends with '-'"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proposal p;
		struct why why = {};

		assert_int_equal(proposal_read(rows[i].text, rows[i].purpose, &p, &why), -EINVAL);
		assert_string_equal(why.what, rows[i].what);
	}
}

static void first_choices_make_a_suite(void **)
{
	struct proposal p;
	struct suite s;

	assert_int_equal(
		proposal_read("aes256-aes128-sha512-sha1-x25519-esn-noesn", PROPOSAL_ESP, &p, NULL),
		0);
	s = suite_first(&p);
	assert_ptr_equal(s.encr, alg(ALG_AES256_CBC));
	assert_ptr_equal(s.integ, alg(ALG_HMAC_SHA512));
	assert_ptr_equal(s.ke, alg(ALG_X25519));
	assert_null(s.prf);
	assert_true(s.esn);
	assert_int_equal(proposal_read("aes128gcm16", PROPOSAL_ESP, &p, NULL), 0);
	s = suite_first(&p);
	assert_null(s.integ);
	assert_false(s.esn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_shows_proposals),
		cmocka_unit_test(refuses_with_the_reason),
		cmocka_unit_test(first_choices_make_a_suite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
