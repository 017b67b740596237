#include "ike/v1/propose.h"

#include <errno.h>
#include <string.h>

#include "ike/reason.h"
#include "unit/unit.h"

enum { ROOM = 8192 };

struct list {
	struct proposal p[2];
	struct v1_propose propose;
};

static void list(struct list *l, enum proposal_for purpose, const char *a, const char *b)
{
	*l = (struct list){.propose = {.purpose = purpose,
				   .ours = l->p,
				   .count = b ? 2 : 1,
				   .mode = V1_MODE_TUNNEL,
				   .life_s = 3600}};
	assert_int_equal(proposal_read(a, purpose, &l->p[0], NULL), 0);
	if (b)
		assert_int_equal(proposal_read(b, purpose, &l->p[1], NULL), 0);
	if (purpose == PROPOSAL_ESP)
		l->propose.group = v1_propose_group(l->p, l->propose.count);
}

static struct rd offer(const struct list *l, uint32_t spi, uint8_t room[ROOM])
{
	struct wr wr = wr_of(room, ROOM);

	v1_propose_write(&l->propose, spi, &wr);
	assert_false(wr.bad);
	return rd_of(room, wr_len(&wr));
}

// Phase 1: AES-CBC 256, SHA-1, pre-shared key, group 2, 86400 s; as RFC 2408 and 2409 want it.
static const uint8_t ike_bytes[] = {0, 0, 0, 1, 0, 0, 0, 1, //
	0, 0, 0, 48, 1, 1, 0, 1,			    //
	0, 0, 0, 40, 1, 1, 0, 0,			    //
	0x80, 1, 0, 7, 0x80, 14, 1, 0, 0x80, 2, 0, 2,	    //
	0x80, 3, 0, 1, 0x80, 4, 0, 2,			    //
	0x80, 11, 0, 1, 0, 12, 0, 4, 0, 1, 0x51, 0x80};

// ESP: AES-CBC 128, HMAC-SHA-1, group 14, tunnel mode, 3600 s.
static const uint8_t esp_bytes[] = {0, 0, 0, 1, 0, 0, 0, 1, //
	0, 0, 0, 44, 1, 3, 4, 1, 0xc0, 0xff, 0xee, 1,	    //
	0, 0, 0, 32, 1, 12, 0, 0,			    //
	0x80, 6, 0, 128, 0x80, 5, 0, 2, 0x80, 3, 0, 14,	    //
	0x80, 4, 0, 1, 0x80, 1, 0, 1, 0x80, 2, 0x0e, 0x10};

static void writes_the_bytes_of_the_rfcs(void **)
{
	uint8_t room[ROOM];
	struct list l;
	struct rd rd;

	list(&l, PROPOSAL_IKE, "aes256-sha1-group2", NULL);
	l.propose.life_s = 86400;
	rd = offer(&l, 0, room);
	assert_int_equal(rd_left(&rd), sizeof(ike_bytes));
	assert_memory_equal(rd.p, ike_bytes, sizeof(ike_bytes));
	list(&l, PROPOSAL_ESP, "aes128-sha1-group14", NULL);
	rd = offer(&l, 0xc0ffee01, room);
	assert_int_equal(rd_left(&rd), sizeof(esp_bytes));
	assert_memory_equal(rd.p, esp_bytes, sizeof(esp_bytes));
}

static int choose_spoiled(const uint8_t *bytes, size_t len, enum proposal_for purpose, size_t at,
	uint8_t value, struct v1_choice *choice)
{
	uint8_t body[sizeof(ike_bytes)];
	struct list r;

	list(&r, purpose, purpose == PROPOSAL_IKE ? "aes256-sha1-group2" : "aes128-sha1-group14",
		NULL);
	memcpy(body, bytes, len);
	body[at] = value;
	return v1_propose_choose(rd_of(body, len), &r.propose, choice, NULL);
}

static void spoil_ike(size_t at, uint8_t value, int err, enum v1_differs differs)
{
	struct v1_choice choice;

	assert_int_equal(
		choose_spoiled(ike_bytes, sizeof(ike_bytes), PROPOSAL_IKE, at, value, &choice),
		err);
	assert_int_equal(choice.differs, differs);
}

static void spoil_esp(size_t at, uint8_t value, int err, enum v1_differs differs)
{
	struct v1_choice choice;

	assert_int_equal(
		choose_spoiled(esp_bytes, sizeof(esp_bytes), PROPOSAL_ESP, at, value, &choice),
		err);
	assert_int_equal(choice.differs, differs);
}

static void refuses_malformed_and_strange_offers_of_phase_1(void **)
{
	spoil_ike(0, 0, 0, V1_DIFFERS_NOT);
	spoil_ike(3, 2, -ENOENT, V1_DIFFERS_DOI);
	spoil_ike(7, 2, -ENOENT, V1_DIFFERS_DOI);	  // secrecy
	spoil_ike(11, 49, -EINVAL, V1_DIFFERS_FORM);	  // longer than the payload
	spoil_ike(11, 47, -EINVAL, V1_DIFFERS_FORM);	  // shorter: a proposal of one byte behind
	spoil_ike(11, 3, -EINVAL, V1_DIFFERS_FORM);	  // shorter than its header
	spoil_ike(13, 3, -ENOENT, V1_DIFFERS_PROTO);	  // ESP
	spoil_ike(14, 200, -EINVAL, V1_DIFFERS_FORM);	  // an SPI beyond its end
	spoil_ike(15, 2, -EINVAL, V1_DIFFERS_FORM);	  // counts one too many
	spoil_ike(15, 0, -EINVAL, V1_DIFFERS_FORM);	  // and none
	spoil_ike(19, 41, -EINVAL, V1_DIFFERS_FORM);	  // a transform beyond its end
	spoil_ike(19, 7, -EINVAL, V1_DIFFERS_FORM);	  // shorter than its header
	spoil_ike(21, 2, -ENOENT, V1_DIFFERS_PROTO);	  // not KEY_IKE
	spoil_ike(27, 5, -ENOENT, V1_DIFFERS_ENCRYPTION); // 3DES with a key length
	spoil_ike(30, 0, -ENOENT, V1_DIFFERS_ENCRYPTION); // no key length
	spoil_ike(35, 1, -ENOENT, V1_DIFFERS_HASH);
	spoil_ike(39, 3, -ENOENT, V1_DIFFERS_AUTH); // signatures
	spoil_ike(43, 5, -ENOENT, V1_DIFFERS_GROUP);
	spoil_ike(45, 99, -ENOENT, V1_DIFFERS_ATTRIBUTE);
	spoil_ike(47, 3, -ENOENT, V1_DIFFERS_ATTRIBUTE); // a lifetime in something else
	spoil_ike(49, 99, -ENOENT, V1_DIFFERS_ATTRIBUTE);
	spoil_ike(51, 5, -EINVAL, V1_DIFFERS_FORM); // an attribute beyond its end
	spoil_ike(51, 3, -EINVAL, V1_DIFFERS_FORM); // and one byte behind the last one
}

static void refuses_malformed_and_strange_offers_of_phase_2(void **)
{
	spoil_esp(0, 0, 0, V1_DIFFERS_NOT);
	spoil_esp(13, V1_PROTO_AH, -ENOENT, V1_DIFFERS_PROTO);
	spoil_esp(14, 3, -EINVAL, V1_DIFFERS_FORM);	  // the SPI's length: nothing fits behind
	spoil_esp(25, 3, -ENOENT, V1_DIFFERS_ENCRYPTION); // 3DES
	spoil_esp(31, 0xff, -ENOENT, V1_DIFFERS_ENCRYPTION);
	spoil_esp(35, 5, -ENOENT, V1_DIFFERS_HASH);
	spoil_esp(39, 2, -ENOENT, V1_DIFFERS_PFS);
	spoil_esp(43, V1_MODE_TRANSPORT, -ENOENT, V1_DIFFERS_MODE);
	spoil_esp(43, V1_MODE_UDP_TUNNEL, -ENOENT, V1_DIFFERS_MODE);
	spoil_esp(45, 11, -ENOENT, V1_DIFFERS_ESN); // ESN, and a lifetime without its type
}

static void a_reserved_spi_is_refused(void **)
{
	uint8_t body[sizeof(esp_bytes)];
	struct v1_choice choice;
	struct list r;

	list(&r, PROPOSAL_ESP, "aes128-sha1-group14", NULL);
	memcpy(body, esp_bytes, sizeof(body));
	memcpy(body + 16, "\0\0\0\377", 4);
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, NULL), -ENOENT);
	assert_int_equal(choice.differs, V1_DIFFERS_FORM);
	memcpy(body + 16, "\0\0\1\0", 4);
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, NULL), 0);
	assert_int_equal(choice.spi, 256);
}

static void survives_every_cut(void **)
{
	struct v1_choice choice;
	struct list r;

	list(&r, PROPOSAL_IKE, "aes256-sha1-group2", NULL);
	for (size_t len = 0; len < sizeof(ike_bytes); len++) {
		assert_int_equal(
			v1_propose_choose(rd_of(ike_bytes, len), &r.propose, &choice, NULL),
			-EINVAL);
		assert_int_equal(
			v1_propose_accept(rd_of(ike_bytes, len), &r.propose, &choice, NULL),
			-EINVAL);
	}
}

static void both_sides_agree_on_one(void **)
{
	uint8_t room[ROOM], answer[256];
	struct wr wr = wr_of(answer, sizeof(answer));
	struct v1_choice choice, accepted;
	struct list i, r;

	list(&i, PROPOSAL_ESP, "aes128-aes256-3des-md5-sha1-group5", "aes256gcm16-group5");
	list(&r, PROPOSAL_ESP, "aes256-sha256-sha1-group14-group5", NULL);
	assert_int_equal(v1_propose_choose(offer(&i, 0x1234, room), &r.propose, &choice, NULL), 0);
	assert_int_equal(choice.spi, 0x1234);
	assert_int_equal(choice.mode, V1_MODE_TUNNEL);
	assert_int_equal(choice.life_s, 3600);
	assert_ptr_equal(choice.suite.encr, alg(ALG_AES256_CBC));
	assert_ptr_equal(choice.suite.integ, alg(ALG_HMAC_SHA1));
	assert_ptr_equal(choice.suite.ke, alg(ALG_MODP1536));
	assert_null(choice.suite.prf);
	v1_propose_answer(PROPOSAL_ESP, &choice, 0x5678, &wr);
	assert_int_equal(
		v1_propose_accept(rd_of(answer, wr_len(&wr)), &i.propose, &accepted, NULL), 0);
	assert_int_equal(accepted.spi, 0x5678);
	assert_ptr_equal(accepted.suite.encr, choice.suite.encr);
	assert_ptr_equal(accepted.suite.integ, choice.suite.integ);
	assert_ptr_equal(accepted.suite.ke, choice.suite.ke);
	// The chosen transform, its number and attributes as they were.
	assert_int_equal(rd_left(&accepted.transform), rd_left(&choice.transform));
	assert_memory_equal(
		accepted.transform.p + 4, choice.transform.p + 4, rd_left(&choice.transform) - 4);
}

static void the_responders_order_decides(void **)
{
	uint8_t room[ROOM];
	struct v1_choice choice;
	struct list i, r;

	list(&i, PROPOSAL_IKE, "aes128-aes256-sha1-sha256-group2-group14", NULL);
	list(&r, PROPOSAL_IKE, "aes256-aes128-sha256-sha1-group14-group2", NULL);
	assert_int_equal(v1_propose_choose(offer(&i, 0, room), &r.propose, &choice, NULL), 0);
	assert_ptr_equal(choice.suite.encr, alg(ALG_AES256_CBC));
	assert_ptr_equal(choice.suite.prf, alg(ALG_PRF_SHA256));
	assert_ptr_equal(choice.suite.integ, alg(ALG_HMAC_SHA256));
	assert_ptr_equal(choice.suite.ke, alg(ALG_MODP2048));
	list(&r, PROPOSAL_IKE, "3des-sha1-group2", "aes128-sha1-group2");
	assert_int_equal(v1_propose_choose(offer(&i, 0, room), &r.propose, &choice, NULL), 0);
	assert_ptr_equal(choice.suite.encr, alg(ALG_AES128_CBC));
}

static unsigned int transforms(struct rd body)
{
	rd_skip(&body, 15);
	return rd_u8(&body);
}

static void offers_each_combination_once(void **)
{
	uint8_t room[ROOM];
	struct list l;

	list(&l, PROPOSAL_IKE, "aes128-aes256-sha1-sha256-sha512-group2-group14",
		"3des-md5-group2");
	assert_int_equal(transforms(offer(&l, 0, room)), 2 * 3 * 2 + 1);
	l.propose.group = alg(ALG_MODP1024); // aggressive mode
	assert_int_equal(transforms(offer(&l, 0, room)), 2 * 3 + 1);
	l.propose.group = alg(ALG_MODP2048);
	assert_int_equal(transforms(offer(&l, 0, room)), 2 * 3);
	list(&l, PROPOSAL_ESP, "aes128-aes256-sha1-sha256-group2-group14", "3des-md5");
	assert_int_equal(transforms(offer(&l, 256, room)), 2 * 2); // what goes with KE of group 2
	list(&l, PROPOSAL_ESP, "3des-md5-esn-noesn", "aes128gcm16");
	assert_int_equal(transforms(offer(&l, 256, room)), 2 + 1);
}

static void what_has_no_number_is_not_offered(void **)
{
	uint8_t room[ROOM];
	struct wr wr = wr_of(room, sizeof(room));
	struct list l;

	list(&l, PROPOSAL_IKE, "aes256gcm16-prfsha256-group14", "aes128-sha256-group14");
	assert_int_equal(transforms(offer(&l, 0, room)), 1);
	list(&l, PROPOSAL_ESP, "chacha20poly1305", NULL);
	v1_propose_write(&l.propose, 256, &wr);
	assert_true(wr.bad);
}

static void a_full_list_stays_within_one_byte(void **)
{
	uint8_t room[2 * ROOM];
	struct wr wr = wr_of(room, sizeof(room));
	struct v1_choice choice;
	struct list l;

	list(&l, PROPOSAL_IKE,
		"aes128-aes192-aes256-3des-des-md5-sha1-sha256-sha384-sha512-group1-group2-group5-"
		"group14-group15-group16-group17-group18-group19-group20-group21",
		NULL);
	v1_propose_write(&l.propose, 0, &wr);
	assert_false(wr.bad);
	assert_int_equal(transforms(rd_of(room, wr_len(&wr))), 255);
	assert_int_equal(v1_propose_choose(rd_of(room, wr_len(&wr)), &l.propose, &choice, NULL), 0);
	assert_ptr_equal(choice.suite.encr, alg(ALG_AES128_CBC));
}

// Attributes in the long encoding, of odd lengths.
static void reads_both_encodings(void **)
{
	static const uint8_t body[] = {0, 0, 0, 1, 0, 0, 0, 1,		//
		0, 0, 0, 79, 0, 1, 8, 1, 1, 2, 3, 4, 5, 6, 7, 8,	//
		0, 0, 0, 63, 0, 1, 0, 0,				//
		0, 1, 0, 1, 7, 0, 14, 0, 4, 0, 0, 0, 128,		//
		0, 2, 0, 3, 0, 0, 2, 0x80, 3, 0, 1, 0, 4, 0, 2, 0, 2,	//
		0x80, 11, 0, 1, 0, 12, 0, 9, 0, 0, 0, 0, 1, 0, 0, 0, 0, //
		0x80, 11, 0, 2, 0x80, 12, 0, 99};
	struct v1_choice choice;
	struct list r;

	list(&r, PROPOSAL_IKE, "aes128-sha1-group2", NULL);
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, NULL), 0);
	assert_ptr_equal(choice.suite.encr, alg(ALG_AES128_CBC));
	assert_int_equal(choice.life_s, UINT32_MAX); // more than 32 bits
	assert_int_equal(choice.life_kb, 99);
	assert_int_equal(choice.number, 0);
}

static void an_attribute_that_contradicts_itself_is_refused(void **)
{
	uint8_t body[sizeof(ike_bytes) + 4];
	struct v1_choice choice;
	struct list r;

	memcpy(body, ike_bytes, sizeof(ike_bytes));
	memcpy(body + sizeof(ike_bytes), "\x80\1\0\7", 4);
	body[11] += 4;
	body[19] += 4;
	list(&r, PROPOSAL_IKE, "aes256-3des-sha1-group2", NULL);
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, NULL), 0);
	body[sizeof(body) - 1] = 5;
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, NULL), -ENOENT);
}

// Two proposals of one number mean both at once.
static void bundles_are_refused(void **)
{
	uint8_t body[8 + 2 * (sizeof(esp_bytes) - 8)];
	struct why why = {};
	struct v1_choice choice;
	struct list r;

	memcpy(body, esp_bytes, sizeof(esp_bytes));
	memcpy(body + sizeof(esp_bytes), esp_bytes + 8, sizeof(esp_bytes) - 8);
	body[8] = V1_PAYLOAD_PROPOSAL;
	body[sizeof(esp_bytes) + 5] = V1_PROTO_AH;
	list(&r, PROPOSAL_ESP, "aes128-sha1-group14", NULL);
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, &why), -ENOENT);
	assert_int_equal(choice.differs, V1_DIFFERS_PROTO);
	body[sizeof(esp_bytes) + 4] = 2; // another number: the first alone is an alternative
	assert_int_equal(
		v1_propose_choose(rd_of(body, sizeof(body)), &r.propose, &choice, &why), 0);
	assert_int_equal(choice.number, 1);
}

static void udp_modes_are_one(void **)
{
	uint8_t room[ROOM];
	struct v1_choice choice;
	struct list i, r;

	list(&i, PROPOSAL_ESP, "aes128-sha1", NULL);
	list(&r, PROPOSAL_ESP, "aes128-sha1", NULL);
	i.propose.mode = V1_MODE_UDP_TUNNEL_DRAFT;
	r.propose.mode = V1_MODE_UDP_TUNNEL;
	assert_int_equal(v1_propose_choose(offer(&i, 256, room), &r.propose, &choice, NULL), 0);
	assert_int_equal(choice.mode, V1_MODE_UDP_TUNNEL_DRAFT);
	r.propose.mode = V1_MODE_TUNNEL;
	assert_int_equal(
		v1_propose_choose(offer(&i, 256, room), &r.propose, &choice, NULL), -ENOENT);
}

static void accept_wants_one_of_what_was_offered(void **)
{
	uint8_t room[ROOM];
	struct v1_choice choice;
	struct list i, r;

	list(&i, PROPOSAL_ESP, "aes128-aes256-sha1-group2-group14", NULL);
	list(&r, PROPOSAL_ESP, "aes256-sha1-group2", NULL);
	assert_int_equal(v1_propose_accept(offer(&r, 256, room), &i.propose, &choice, NULL), 0);
	// A group that we have, but did not offer.
	list(&r, PROPOSAL_ESP, "aes256-sha1-group14", NULL);
	assert_int_equal(
		v1_propose_accept(offer(&r, 256, room), &i.propose, &choice, NULL), -ENOENT);
	assert_int_equal(choice.differs, V1_DIFFERS_PFS);
	list(&r, PROPOSAL_ESP, "aes256-sha1", NULL);
	assert_int_equal(
		v1_propose_accept(offer(&r, 256, room), &i.propose, &choice, NULL), -ENOENT);
	list(&r, PROPOSAL_ESP, "aes256-aes128-sha1-group2", NULL);
	assert_int_equal(
		v1_propose_accept(offer(&r, 256, room), &i.propose, &choice, NULL), -EINVAL);
	list(&i, PROPOSAL_IKE, "aes128-sha1-group2-group14", NULL);
	list(&r, PROPOSAL_IKE, "aes128-sha1-group14", NULL);
	assert_int_equal(v1_propose_accept(offer(&r, 0, room), &i.propose, &choice, NULL), 0);
	i.propose.group = alg(ALG_MODP1024); // aggressive mode
	assert_int_equal(v1_propose_accept(offer(&r, 0, room), &i.propose, &choice, NULL), -ENOENT);
}

static void says(enum proposal_for purpose, const char *theirs, const char *ours, const char *what,
	const char *expected, const char *got, enum ike_reason code)
{
	uint8_t room[ROOM];
	struct why why = {.where = "main mode 1"};
	struct v1_choice choice;
	struct list i, r;

	list(&i, purpose, theirs, NULL);
	list(&r, purpose, ours, NULL);
	assert_int_equal(
		v1_propose_choose(offer(&i, 256, room), &r.propose, &choice, &why), -ENOENT);
	assert_string_equal(why.where, "main mode 1");
	assert_string_equal(why.what, what);
	assert_string_equal(why.expected, expected);
	assert_string_equal(why.got, got);
	assert_int_equal(why.code, code);
}

static void says_which_parameter_differs(void **)
{
	says(PROPOSAL_IKE, "aes128-aes192-sha1-group2", "3des-aes256-sha1-group2",
		"no common IKE encryption algorithm", "3des, aes256", "aes128, aes192",
		IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH);
	says(PROPOSAL_IKE, "aes128-md5-group2", "aes128-sha1-sha256-group2",
		"no common IKE authentication algorithm", "sha1, sha256", "md5",
		IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH);
	says(PROPOSAL_IKE, "aes128-sha1-group2-group5", "aes128-sha1-group14",
		"no common IKE Diffie-Hellman group", "group14", "group2, group5",
		IKE_REASON_DH_GROUP_MISMATCH);
	says(PROPOSAL_IKE, "aes128-sha1-group2", "3des-md5-group2", "no common IKE proposal",
		"3des-md5-group2", "aes128-sha1-group2", IKE_REASON_ALGORITHM_MISMATCH);
	says(PROPOSAL_ESP, "aes128-sha1-group2", "aes128-sha1",
		"no common Diffie-Hellman group for PFS", "none", "group2",
		IKE_REASON_PFS_MISMATCH);
	says(PROPOSAL_ESP, "aes128-sha1", "aes128-sha1-group2",
		"no common Diffie-Hellman group for PFS", "group2", "none",
		IKE_REASON_PFS_MISMATCH);
	says(PROPOSAL_ESP, "aes128-sha1-esn", "aes128-sha1-noesn",
		"no common length of ESP sequence numbers", "noesn", "esn",
		IKE_REASON_ALGORITHM_MISMATCH);
	says(PROPOSAL_ESP, "aes128gcm16", "aes128-sha256", "no common ESP proposal",
		"aes128-sha256", "aes128gcm16", IKE_REASON_ALGORITHM_MISMATCH);
}

static void says_what_only_ikev1_can_differ_in(void **)
{
	static const struct {
		bool esp;
		size_t at;
		uint8_t value;
		const char *what, *expected, *got;
		enum ike_reason code;
	} rows[] = {
		{false, 39, 3, "no common IKE authentication method", "pre-shared key",
			"RSA signature", IKE_REASON_ALGORITHM_COMPATIBILITY},
		{true, 13, V1_PROTO_AH, "no common security protocol", "ESP", "AH",
			IKE_REASON_SECURITY_PROTOCOL_MISMATCH},
		{true, 43, V1_MODE_TRANSPORT, "no common encapsulation mode", "tunnel", "transport",
			IKE_REASON_ENCAPSULATION_MODE_MISMATCH},
		{true, 25, 7, "no common ESP encryption algorithm", "aes128",
			"ENCR 7 with 128 bits", IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH},
		{true, 41, 10, "an ESP attribute that nobody knows", "", "attribute 10 = 1",
			IKE_REASON_ALGORITHM_COMPATIBILITY},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t body[sizeof(ike_bytes)];
		size_t len = rows[i].esp ? sizeof(esp_bytes) : sizeof(ike_bytes);
		struct why why = {};
		struct v1_choice choice;
		struct list r;

		memcpy(body, rows[i].esp ? esp_bytes : ike_bytes, len);
		body[rows[i].at] = rows[i].value;
		list(&r, rows[i].esp ? PROPOSAL_ESP : PROPOSAL_IKE,
			rows[i].esp ? "aes128-sha1-group14" : "aes256-sha1-group2", NULL);
		assert_int_equal(
			v1_propose_choose(rd_of(body, len), &r.propose, &choice, &why), -ENOENT);
		assert_string_equal(why.what, rows[i].what);
		assert_string_equal(why.expected, rows[i].expected);
		assert_string_equal(why.got, rows[i].got);
		assert_int_equal(why.code, rows[i].code);
	}
}

static void lifetimes_come_and_go(void **)
{
	uint8_t room[64];
	uint32_t life_s, life_kb;
	struct wr wr;

	for (unsigned int purpose = PROPOSAL_IKE; purpose <= PROPOSAL_ESP; purpose++) {
		wr = wr_of(room, sizeof(room));
		v1_life_write((enum proposal_for)purpose, 86400, &wr);
		assert_int_equal(v1_life_read(rd_of(room, wr_len(&wr)), (enum proposal_for)purpose,
					 &life_s, &life_kb),
			0);
		assert_int_equal(life_s, 86400);
		assert_int_equal(life_kb, 0);
		assert_int_equal(v1_life_read(rd_of(room, wr_len(&wr) - 1),
					 (enum proposal_for)purpose, &life_s, &life_kb),
			-EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_malformed_and_strange_offers_of_phase_1),
		cmocka_unit_test(refuses_malformed_and_strange_offers_of_phase_2),
		cmocka_unit_test(a_reserved_spi_is_refused),
		cmocka_unit_test(survives_every_cut),
		cmocka_unit_test(writes_the_bytes_of_the_rfcs),
		cmocka_unit_test(both_sides_agree_on_one),
		cmocka_unit_test(the_responders_order_decides),
		cmocka_unit_test(offers_each_combination_once),
		cmocka_unit_test(what_has_no_number_is_not_offered),
		cmocka_unit_test(a_full_list_stays_within_one_byte),
		cmocka_unit_test(reads_both_encodings),
		cmocka_unit_test(an_attribute_that_contradicts_itself_is_refused),
		cmocka_unit_test(bundles_are_refused),
		cmocka_unit_test(udp_modes_are_one),
		cmocka_unit_test(accept_wants_one_of_what_was_offered),
		cmocka_unit_test(says_which_parameter_differs),
		cmocka_unit_test(says_what_only_ikev1_can_differ_in),
		cmocka_unit_test(lifetimes_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
