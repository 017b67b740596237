// Real exchanges, read, decrypted and proved with what their log shows.
#include "ike/v1/id.h"
#include "ike/v1/natt.h"
#include "ike/v1/packet.h"
#include "ike/v1/propose.h"

#include <errno.h>
#include <stdlib.h>

#include "unit/vectors.h"

enum { MESSAGES = 10 };

// What an exchange has shown so far.
struct talk {
	struct ike *ike;
	struct proposal ike_p, esp_p;
	struct suite phase1, esp;
	struct secret psk, shared;
	struct v1_keys keys;
	struct v1_iv iv, iv2; // of phase 1, of the message id
	uint32_t mid;
	struct v1_proof proof;
	struct ike_nonces nonces, quick;
	uint32_t spi_i, spi_r;
	unsigned int quicks, proofs, deletes;
	uint8_t keep[8][512]; // of encrypted messages
	unsigned int kept;
};

static void assert_field(struct vectors *v, const char *name, const void *got, size_t len)
{
	uint8_t want[VECTOR_BYTES];

	assert_int_equal(vectors_hex(v, name, want), len);
	assert_memory_equal(got, want, len);
}

static struct secret secret_field(struct vectors *v, const char *name)
{
	uint8_t bytes[VECTOR_BYTES];
	size_t len = vectors_hex(v, name, bytes);
	struct secret s;

	assert_int_equal(secret_copy(&s, bytes, len), 0);
	return s;
}

static void talk_init(struct talk *t, struct vectors *v)
{
	char ike[64], esp[64];

	*t = (struct talk){.ike = calloc(1, sizeof(struct ike))};
	assert_int_equal(sscanf(vectors_text(v, "title"), "%60s %60s", ike, esp), 2);
	assert_int_equal(proposal_read(ike, PROPOSAL_IKE, &t->ike_p, NULL), 0);
	assert_int_equal(proposal_read(esp, PROPOSAL_ESP, &t->esp_p, NULL), 0);
	t->psk = secret_field(v, "psk");
	t->shared = secret_field(v, "shared");
}

static void talk_fini(struct talk *t)
{
	v1_keys_fini(&t->keys);
	secret_free(&t->psk);
	secret_free(&t->shared);
	free(t->ike);
}

static struct rd keep(struct talk *t, struct rd rd)
{
	uint8_t *room = t->keep[t->kept++];
	size_t len = rd_left(&rd);

	assert_true(t->kept <= 8 && len <= sizeof(t->keep[0]));
	rd_copy(&rd, room, len);
	return rd_of(room, len);
}

static void take_sa(struct talk *t, const struct v1_msg *msg, enum proposal_for purpose,
	const struct proposal *ours, bool initiator, struct v1_choice *choice)
{
	const struct v1_propose propose = {
		.purpose = purpose, .ours = ours, .count = 1, .mode = V1_MODE_TUNNEL};
	struct why why = {};

	if (initiator)
		assert_int_equal(v1_propose_choose(msg->sa, &propose, choice, &why), 0);
	else
		assert_int_equal(v1_propose_accept(msg->sa, &propose, choice, &why), 0);
	assert_string_equal(why.what, "");
}

static void take_natd(struct talk *t, const struct v1_msg *msg, bool initiator)
{
	const struct endpoint a = {addr_v4(0xc0000201), 500}, b = {addr_v4(0xc0000202), 500};
	struct ike_natt natt;

	assert_int_equal(
		v1_natt_read(msg, t->phase1.prf, initiator ? &b : &a, initiator ? &a : &b, &natt),
		0);
	assert_true(natt.supported && !natt.local && !natt.remote);
}

static void derive(struct talk *t)
{
	if (t->keys.prf || !rd_left(&t->nonces.i) || !rd_left(&t->nonces.r))
		return;
	assert_int_equal(v1_keymat_psk(&t->phase1, &t->psk, &t->shared, t->nonces, t->proof.spi_i,
				 t->proof.spi_r, &t->keys),
		0);
	assert_int_equal(v1_iv_first(&t->keys, t->proof.ke_i, t->proof.ke_r, &t->iv), 0);
}

static void take_proof(struct talk *t, const struct v1_msg *msg, bool initiator)
{
	uint8_t sum[PRF_OUT_MAX];
	struct ike_id id;
	char text[IKE_ID_TEXT];

	if (msg->ids) {
		t->proof.id = keep(t, msg->id[0]);
		assert_int_equal(v1_id_read(msg->id[0], &id), 0);
		assert_string_equal(ike_id_show(&id, text), initiator ? "192.0.2.1" : "192.0.2.2");
	}
	if (!rd_left(&msg->hash))
		return;
	if (!msg->ids) // the third message of aggressive mode: the identity was in the first
		t->proof.id = rd_of(t->keep[0], 8);
	assert_int_equal(v1_hash_proof(&t->keys, &t->proof, initiator, sum), 0);
	assert_int_equal(rd_left(&msg->hash), t->keys.prf->out_len);
	assert_memory_equal(msg->hash.p, sum, t->keys.prf->out_len);
	t->proofs++;
}

static void take_phase1(struct talk *t, const struct v1_msg *msg, bool initiator)
{
	struct v1_choice choice;

	t->proof.spi_i = msg->head.spi_i;
	if (msg->head.spi_r)
		t->proof.spi_r = msg->head.spi_r;
	if (rd_left(&msg->sa)) {
		take_sa(t, msg, PROPOSAL_IKE, &t->ike_p, initiator, &choice);
		t->phase1 = choice.suite;
		if (initiator)
			t->proof.sa_i = msg->sa;
		assert_true(msg->vendors & 1u << V1_VENDOR_DPD);
		assert_true(msg->vendors & 1u << V1_VENDOR_NATT_RFC);
		assert_true(msg->vendors & 1u << V1_VENDOR_FRAGMENTS);
	}
	if (rd_left(&msg->ke)) {
		*(initiator ? &t->proof.ke_i : &t->proof.ke_r) = msg->ke;
		*(initiator ? &t->nonces.i : &t->nonces.r) = msg->nonce;
	}
	derive(t);
	if (msg->natds)
		take_natd(t, msg, initiator);
	take_proof(t, msg, initiator);
}

static void take_quick(struct talk *t, const struct v1_msg *msg)
{
	static const char *const nets[] = {"10.1.0.0/24", "10.2.0.0/24"};
	enum v1_hash n = (enum v1_hash)t->quicks++;
	struct v1_choice choice;

	if (n == V1_HASH_1)
		t->quick.i = keep(t, msg->nonce);
	if (n == V1_HASH_2)
		t->quick.r = keep(t, msg->nonce);
	assert_true(v1_hash_is_right(&t->keys, n, t->quick, msg));
	if (n == V1_HASH_3)
		return;
	take_sa(t, msg, PROPOSAL_ESP, &t->esp_p, n == V1_HASH_1, &choice);
	t->esp = choice.suite;
	*(n == V1_HASH_1 ? &t->spi_i : &t->spi_r) = choice.spi;
	assert_int_equal(msg->ids, 2);
	for (size_t i = 0; i < 2; i++) {
		char text[SELECTOR_TEXT];
		struct selector ts;

		assert_int_equal(v1_ts_read(msg->id[i], &ts), 0);
		assert_string_equal(selector_show(&ts, text), nets[i]);
	}
}

static void take_info(struct talk *t, const struct v1_msg *msg)
{
	assert_true(v1_hash_is_right(&t->keys, V1_HASH_1, (struct ike_nonces){}, msg));
	for (uint8_t i = 0; i < msg->deletes; i++) {
		struct rd spis = msg->del[i].spis;

		t->deletes++;
		if (msg->del[i].proto == V1_PROTO_ISAKMP)
			assert_true(v1_msg_is_sa(spis, t->proof.spi_i, t->proof.spi_r));
		else
			assert_int_equal(rd_u32(&spis), t->spi_i);
	}
}

static void take(struct talk *t, struct rd datagram, bool initiator)
{
	struct rd text = datagram;
	struct v1_msg msg = {};
	struct v1_iv next, *iv = &t->iv;

	assert_int_equal(ike_head_read(datagram.p, rd_left(&datagram), &msg.head), -EPROTO);
	rd_skip(&text, IKE_HEAD);
	if (msg.head.id && msg.head.id != t->mid) {
		t->mid = msg.head.id;
		assert_int_equal(v1_iv_phase2(&t->keys, &t->iv, t->mid, &t->iv2), 0);
	}
	if (msg.head.id)
		iv = &t->iv2;
	if (msg.head.flags & V1_FLAG_ENCRYPTED) {
		assert_int_equal(
			v1_packet_open(t->ike, &t->keys, datagram.p, &msg.head, iv, &next, &text),
			0);
		*iv = next;
	}
	assert_int_equal(v1_msg_read(text, msg.head.next, &msg), 0);
	if (msg.head.exchange == V1_QUICK)
		take_quick(t, &msg);
	else if (msg.head.exchange == V1_INFORMATIONAL)
		take_info(t, &msg);
	else
		take_phase1(t, &msg, initiator);
}

// The keys that strongSwan's log shows; the record of messages has been read, the keys' again.
static void check_keys(struct talk *t, struct vectors *v)
{
	struct ike_child_keys child;

	assert_field(v, "skeyid", t->keys.skeyid.b, t->keys.skeyid.len);
	assert_field(v, "d", t->keys.d.b, t->keys.d.len);
	assert_field(v, "a", t->keys.a.b, t->keys.a.len);
	assert_field(v, "e", t->keys.e.b, t->keys.e.len);
	// The initiator sends under the SPI that the responder chose.
	assert_int_equal(
		v1_keymat_child(&t->keys, &t->esp, NULL, t->quick, t->spi_i, t->spi_r, &child), 0);
	assert_field(v, "encry_i", child.encr_out.b, child.encr_out.len);
	assert_field(v, "encry_r", child.encr_in.b, child.encr_in.len);
	assert_field(v, "integ_i", child.integ_out.b, child.integ_out.len);
	assert_field(v, "integ_r", child.integ_in.b, child.integ_in.len);
	ike_child_keys_fini(&child);
}

static void a_capture_of_strongswan_is_understood(void **)
{
	static struct vectors keys, messages;
	static uint8_t room[MESSAGES + 1][VECTOR_BYTES];
	unsigned int captures = 0;

	vectors_open(&messages, "ikev1-strongswan.txt");
	for (vectors_open(&keys, "ikev1-strongswan.txt"); vectors_next(&keys); captures++) {
		struct talk t;

		talk_init(&t, &keys);
		assert_true(vectors_next(&messages) && vectors_next(&messages));
		for (unsigned int n = 1; n <= MESSAGES; n++) {
			char name[8];

			snprintf(name, sizeof(name), "m%u", n);
			if (vectors_text(&messages, name))
				take(&t, rd_of(room[n], vectors_hex(&messages, name, room[n])),
					n % 2);
		}
		assert_int_equal(t.proofs, 2);
		assert_int_equal(t.quicks, 3);
		assert_true(t.deletes > 0);
		check_keys(&t, &keys);
		talk_fini(&t);
		assert_true(vectors_next(&keys));
	}
	assert_int_equal(captures, 2);
	fclose(messages.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capture_of_strongswan_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
