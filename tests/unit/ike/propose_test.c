#include "ike/propose.h"

#include <errno.h>
#include <string.h>

#include "ike/reason.h"
#include "ike/wire.h"
#include "unit/unit.h"

struct list {
	struct proposal p[2];
	struct ike_propose propose;
};

static void list(struct list *l, enum proposal_for purpose, bool ke, const char *a, const char *b)
{
	*l = (struct list){.propose = {.purpose = purpose, .ke = ke, .ours = l->p, .count = 1}};
	assert_int_equal(proposal_read(a, purpose, &l->p[0], NULL), 0);
	if (b) {
		assert_int_equal(proposal_read(b, purpose, &l->p[1], NULL), 0);
		l->propose.count = 2;
	}
}

static struct rd offer(const struct list *l, uint64_t spi, uint8_t spi_len, uint8_t room[1024])
{
	struct wr wr = wr_of(room, 1024);

	ike_propose_write(&l->propose, spi, spi_len, NULL, &wr);
	assert_false(wr.bad);
	return rd_of(room, wr_len(&wr));
}

static void both_sides_agree_on_one(void **)
{
	uint8_t room[1024], answer[256];
	struct wr wr = wr_of(answer, sizeof(answer));
	struct ike_choice choice, accepted;
	struct list i, r;

	list(&i, PROPOSAL_ESP, true, "aes256-sha512-modp2048",
		"aes128-aes256-sha1-sha256-ecp256-esn");
	list(&r, PROPOSAL_ESP, true, "aes256-sha256-ecp256-esn-noesn", NULL);
	assert_int_equal(
		ike_propose_choose(offer(&i, 0x1234, 4, room), &r.propose, 0, &choice, NULL), 0);
	assert_int_equal(choice.number, 2);
	assert_int_equal(choice.spi, 0x1234);
	assert_ptr_equal(choice.suite.integ, alg(ALG_HMAC_SHA256));
	assert_true(choice.suite.esn);
	ike_propose_answer(PROPOSAL_ESP, &choice, 0x5678, &wr);
	assert_int_equal(
		ike_propose_accept(rd_of(answer, wr_len(&wr)), &i.propose, &accepted, NULL), 0);
	assert_int_equal(accepted.spi, 0x5678);
	assert_ptr_equal(accepted.suite.encr, choice.suite.encr);
	assert_ptr_equal(accepted.suite.ke, alg(ALG_ECP256));
}

static void the_group_in_ke_is_preferred(void **)
{
	uint8_t room[1024];
	struct ike_choice choice;
	struct list i, r;

	list(&i, PROPOSAL_IKE, true, "aes128-sha256-modp2048-x25519-ecp256", NULL);
	list(&r, PROPOSAL_IKE, true, "aes128-sha256-ecp256-x25519-modp2048", NULL);
	assert_int_equal(
		ike_propose_choose(offer(&i, 0, 0, room), &r.propose, 31, &choice, NULL), 0);
	assert_ptr_equal(choice.suite.ke, alg(ALG_X25519));
	assert_int_equal(
		ike_propose_choose(offer(&i, 0, 0, room), &r.propose, 5, &choice, NULL), 0);
	assert_ptr_equal(choice.suite.ke, alg(ALG_ECP256));
}

static void groups_count_only_where_they_take_part(void **)
{
	uint8_t room[1024];
	struct ike_choice choice;
	struct list i, r;

	list(&i, PROPOSAL_ESP, true, "aes128gcm16-x25519", NULL);
	list(&r, PROPOSAL_ESP, false, "aes128gcm16", NULL);
	assert_int_equal(
		ike_propose_choose(offer(&i, 256, 4, room), &r.propose, 0, &choice, NULL), 0);
	assert_null(choice.suite.ke);
	r.propose.ke = true;
	assert_int_equal(
		ike_propose_choose(offer(&i, 256, 4, room), &r.propose, 0, &choice, NULL), -ENOENT);
}

static void says_what_both_wanted(void **)
{
	uint8_t room[1024];
	struct ike_choice choice;
	struct why why = {.where = "IKE_AUTH request"};
	struct list i, r;

	list(&i, PROPOSAL_ESP, false, "aes128-sha1", "aes256gcm16-esn");
	list(&r, PROPOSAL_ESP, false, "aes256-sha256", NULL);
	assert_int_equal(
		ike_propose_choose(offer(&i, 256, 4, room), &r.propose, 0, &choice, &why), -ENOENT);
	assert_string_equal(why.what, "no common ESP proposal");
	assert_string_equal(why.where, "IKE_AUTH request");
	assert_string_equal(why.expected, "aes256-sha256");
	assert_string_equal(why.got, "aes128-sha1-noesn, aes256gcm16-esn");
}

// One proposal: ENCR AES-CBC 128, INTEG SHA1, with or without ESN; bytes to spoil.
static const uint8_t plain[] = {0, 0, 0, 40, 1, IKE_PROTO_ESP, 4, 3, 0, 0, 1, 1, //
	3, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 0, 128,				 //
	3, 0, 0, 8, 3, 0, 0, 2,							 //
	0, 0, 0, 8, 5, 0, 0, 0};

static int choose_spoiled(size_t at, uint8_t value)
{
	uint8_t body[sizeof(plain)];
	struct ike_choice choice;
	struct list r;

	list(&r, PROPOSAL_ESP, true, "aes128-sha1", NULL);
	memcpy(body, plain, sizeof(plain));
	body[at] = value;
	return ike_propose_choose(rd_of(body, sizeof(body)), &r.propose, 0, &choice, NULL);
}

static void refuses_malformed_and_strange_proposals(void **)
{
	assert_int_equal(choose_spoiled(0, 0), 0);
	assert_int_equal(choose_spoiled(3, 41), -EINVAL);	    // longer than the payload
	assert_int_equal(choose_spoiled(3, 3), -EINVAL);	    // shorter than its header
	assert_int_equal(choose_spoiled(7, 4), -EINVAL);	    // counts one too many
	assert_int_equal(choose_spoiled(6, 200), -EINVAL);	    // an SPI beyond its end
	assert_int_equal(choose_spoiled(15, 200), -EINVAL);	    // a transform beyond its end
	assert_int_equal(choose_spoiled(5, IKE_PROTO_AH), -ENOENT); // AH
	assert_int_equal(choose_spoiled(10, 0), -ENOENT);  // a reserved SPI (RFC 4303 s2.1)
	assert_int_equal(choose_spoiled(21, 15), -ENOENT); // an attribute that nobody knows
	assert_int_equal(choose_spoiled(36, 9), -ENOENT);  // a transform type, too (s3.3.6)
	assert_int_equal(choose_spoiled(39, 1), -ENOENT);  // ESN, which we do not want
}

static void a_peer_without_esn_means_no(void **)
{
	uint8_t body[sizeof(plain)];
	struct ike_choice choice;
	struct list r;

	memcpy(body, plain, sizeof(plain));
	body[3] = 32;
	body[7] = 2;
	list(&r, PROPOSAL_ESP, true, "aes128-sha1-esn-noesn", NULL);
	assert_int_equal(ike_propose_choose(rd_of(body, 32), &r.propose, 0, &choice, NULL), 0);
	assert_false(choice.suite.esn);
	list(&r, PROPOSAL_ESP, true, "aes128-sha1-esn", NULL);
	assert_int_equal(
		ike_propose_choose(rd_of(body, 32), &r.propose, 0, &choice, NULL), -ENOENT);
}

static void an_answer_must_be_one_of_ours(void **)
{
	uint8_t room[1024];
	struct ike_choice choice;
	struct list i, other;

	list(&i, PROPOSAL_ESP, false, "aes128-sha1", "aes128gcm16");
	list(&other, PROPOSAL_ESP, false, "aes128-sha1", "aes128gcm16");
	assert_int_equal(ike_propose_accept(offer(&other, 256, 4, room), &i.propose, &choice, NULL),
		-EINVAL); // two proposals
	list(&other, PROPOSAL_ESP, false, "aes128-aes256-sha1", NULL);
	assert_int_equal(ike_propose_accept(offer(&other, 256, 4, room), &i.propose, &choice, NULL),
		-ENOENT); // two ciphers
	list(&other, PROPOSAL_ESP, false, "aes256-sha1", NULL);
	assert_int_equal(ike_propose_accept(offer(&other, 256, 4, room), &i.propose, &choice, NULL),
		-ENOENT); // not offered
	list(&other, PROPOSAL_ESP, false, "aes128-sha1", NULL);
	assert_int_equal(ike_propose_accept(offer(&other, 0, 0, room), &i.propose, &choice, NULL),
		-ENOENT); // without its SPI
	(void)offer(&other, 256, 4, room);
	room[4] = 3;
	assert_int_equal(ike_propose_accept(rd_of(room, 40), &i.propose, &choice, NULL), -ENOENT);
}

static void the_group_of_ke_is_written_first(void **)
{
	uint8_t room[1024];
	struct wr wr = wr_of(room, sizeof(room));
	char text[256];
	struct list i;

	list(&i, PROPOSAL_IKE, true, "aes128-sha256-modp2048-x25519", NULL);
	ike_propose_write(&i.propose, 0, 0, alg(ALG_X25519), &wr);
	assert_string_equal(ike_propose_show_peer(rd_of(room, wr_len(&wr)), text, sizeof(text)),
		"aes128-prfsha256-sha256-group31-group14");
}

static void shows_numbers_that_it_does_not_know(void **)
{
	uint8_t body[sizeof(plain)];
	char text[256];

	memcpy(body, plain, sizeof(plain));
	body[19] = 77;
	body[31] = 88;
	body[36] = 9;
	assert_string_equal(ike_propose_show_peer(rd_of(body, sizeof(body)), text, sizeof(text)),
		"ENCR77-INTEG88-type9:0");
}

// One parameter alone is named, of the nearest pair of proposals; several are shown whole.
static void names_the_parameter_that_differs(void **)
{
	static const struct {
		enum proposal_for purpose;
		const char *theirs[2], *ours[2];
		enum ike_reason code;
		const char *what, *expected, *got;
	} rows[] = {
		{PROPOSAL_IKE, {"aes128-sha256-modp2048"}, {"aes192-aes256-sha256-modp2048"},
			IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH,
			"no common IKE encryption algorithm", "aes192, aes256", "aes128"},
		{PROPOSAL_IKE, {"aes128-sha1-modp2048"}, {"aes128-sha256-modp2048"},
			IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH,
			"no common IKE authentication algorithm", "sha256", "sha1"},
		{PROPOSAL_IKE, {"aes128gcm16-prfsha1-modp2048"}, {"aes128gcm16-prfsha256-modp2048"},
			IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH,
			"no common IKE pseudo-random function", "prfsha256", "prfsha1"},
		{PROPOSAL_IKE, {"aes128-sha256-modp1024-modp1536"}, {"aes128-sha256-modp2048"},
			IKE_REASON_DH_GROUP_MISMATCH, "no common IKE Diffie-Hellman group",
			"group14", "group2, group5"},
		{PROPOSAL_IKE, {"aes128-sha1-modp2048", "aes256-sha512-x25519"},
			{"aes128-sha256-modp1024", "aes256-sha512-modp2048"},
			IKE_REASON_DH_GROUP_MISMATCH, "no common IKE Diffie-Hellman group",
			"group14", "group31"},
		{PROPOSAL_IKE, {"aes128-sha1-modp2048"}, {"aes128-sha256-modp1024"},
			IKE_REASON_ALGORITHM_MISMATCH, "no common IKE proposal",
			"aes128-sha256-group2", "aes128-prfsha1-sha1-group14"},
		{PROPOSAL_IKE, {"aes128-sha256-modp2048"}, {"aes128gcm16-prfsha256-modp2048"},
			IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH,
			"no common IKE encryption algorithm", "aes128gcm16", "aes128"},
		{PROPOSAL_ESP, {"aes128gcm16"}, {"aes128-sha256"},
			IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH,
			"no common ESP encryption algorithm", "aes128", "aes128gcm16"},
		{PROPOSAL_ESP, {"aes128-sha256"}, {"aes128-sha256-modp2048"},
			IKE_REASON_PFS_MISMATCH, "no common Diffie-Hellman group for PFS",
			"group14", "none"},
		{PROPOSAL_ESP, {"aes128-sha256-modp2048"}, {"aes128-sha256"},
			IKE_REASON_PFS_MISMATCH, "no common Diffie-Hellman group for PFS", "none",
			"group14"},
		{PROPOSAL_ESP, {"aes128-sha256-esn"}, {"aes128-sha256"},
			IKE_REASON_ALGORITHM_MISMATCH, "no common length of ESP sequence numbers",
			"noesn", "esn"},
	};

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		uint8_t room[1024];
		struct ike_choice choice;
		struct why why = {.where = "here"};
		struct list i, r;

		list(&i, rows[n].purpose, true, rows[n].theirs[0], rows[n].theirs[1]);
		list(&r, rows[n].purpose, true, rows[n].ours[0], rows[n].ours[1]);
		assert_int_equal(ike_propose_choose(offer(&i, 256, rows[n].purpose ? 4 : 0, room),
					 &r.propose, 0, &choice, &why),
			-ENOENT);
		assert_string_equal(why.what, rows[n].what);
		assert_string_equal(why.where, "here");
		assert_string_equal(why.expected, rows[n].expected);
		assert_string_equal(why.got, rows[n].got);
		assert_string_equal(ike_reason(why.code)->name, ike_reason(rows[n].code)->name);
	}
}

// Every proposal holds a thing that is not ours to speak.
static void ah_and_unknown_transforms_have_codes_of_their_own(void **)
{
	static const struct {
		size_t at; // of the proposal's bytes
		uint8_t value;
		enum ike_reason code;
	} rows[] = {
		{5, IKE_PROTO_AH, IKE_REASON_SECURITY_PROTOCOL_MISMATCH},
		{5, IKE_PROTO_IKE, IKE_REASON_ALGORITHM_MISMATCH},
		{16, 6, IKE_REASON_ALGORITHM_COMPATIBILITY}, // an additional key exchange
	};

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		uint8_t room[1024];
		struct ike_choice choice;
		struct why why = {};
		struct list l;
		struct rd rd;

		list(&l, PROPOSAL_ESP, true, "aes128-sha256", NULL);
		rd = offer(&l, 256, 4, room);
		room[rows[n].at] = rows[n].value;
		assert_int_equal(ike_propose_choose(rd, &l.propose, 0, &choice, &why), -ENOENT);
		assert_string_equal(ike_reason(why.code)->name, ike_reason(rows[n].code)->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_agree_on_one),
		cmocka_unit_test(the_group_in_ke_is_preferred),
		cmocka_unit_test(groups_count_only_where_they_take_part),
		cmocka_unit_test(says_what_both_wanted),
		cmocka_unit_test(refuses_malformed_and_strange_proposals),
		cmocka_unit_test(a_peer_without_esn_means_no),
		cmocka_unit_test(an_answer_must_be_one_of_ours),
		cmocka_unit_test(the_group_of_ke_is_written_first),
		cmocka_unit_test(shows_numbers_that_it_does_not_know),
		cmocka_unit_test(names_the_parameter_that_differs),
		cmocka_unit_test(ah_and_unknown_transforms_have_codes_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
