// One established SA, and a peer that says what a well-behaved one would not: windows, repetitions,
// unknown and misplaced payloads, forgeries.
#include "ike/packet.h"
#include "ike/propose.h"
#include "ike/ts.h"
#include "ike/v2/exchange.h"
#include "sim/made.h"
#include "unit/unit.h"

#include <string.h>

struct fixture {
	struct made left, right; // under test; the peer
	struct why why;		 // of the last refusal
	struct ike_sa *sa, *peer;
	uint8_t room[8192];
	struct ike_chain chain; // of the next request
	struct ike_msg answer;
	size_t answers;
};

static void init(struct fixture *f, enum made_state state)
{
	made_init(&f->left, false, false, false);
	made_init(&f->right, true, false, false);
	made_begin(&f->left);
	f->sa = made_sa(&f->left, false, state);
	made_finish(&f->left);
	made_begin(&f->right);
	f->peer = made_sa(&f->right, true, MADE_UP);
	made_finish(&f->right);
	f->chain = ike_chain_of(f->room, sizeof(f->room));
}

static void fini(struct fixture *f)
{
	made_fini(&f->left);
	made_fini(&f->right);
}

// What the SA under test sends back, opened with the peer's keys; whole messages count.
static void hear(struct fixture *f)
{
	f->answers = 0;
	for (size_t i = 0; i < f->left.out.count; i++) {
		const struct ike_act_send *send = &f->left.out.act[i].send;
		struct ike_head head;
		uint8_t first;
		struct rd text;

		if (f->left.out.act[i].type == IKE_ACT_EVENT &&
			f->left.out.act[i].event.event == IKE_EVENT_REFUSED)
			f->why = f->left.out.act[i].event.why;
		if (f->left.out.act[i].type != IKE_ACT_SEND)
			continue;
		assert_int_equal(ike_head_read(send->data, send->len, &head), 0);
		if (!(head.flags & IKE_FLAG_RESPONSE))
			continue;
		if (ike_packet_open(f->peer, send->data, &head, &text, &first) != 1)
			continue;
		f->answers++;
		f->answer = (struct ike_msg){.head = head};
		assert_int_equal(ike_msg_read(text, first, &f->answer), 0);
	}
	ike_out_clear(&f->left.out);
}

static void feed(struct fixture *f, const struct ike_packets *packets)
{
	struct rd rd = rd_of(packets->bytes, packets->len);

	while (rd_left(&rd)) {
		size_t len = rd_left(&rd) < packets->each ? rd_left(&rd) : packets->each;
		struct ike_in in = {.type = IKE_IN_DATAGRAM,
			.now = f->left.now,
			.local = f->peer->remote,
			.remote = f->peer->local,
			.data = rd_take(&rd, len),
			.len = len};

		assert_int_equal(ike_step(f->left.ike, &in, &f->left.out), 0);
	}
	hear(f);
}

// Send the chain with a message id, as a request or as an answer; begin a new chain.
static void say(struct fixture *f, uint8_t exchange, bool response, uint32_t id)
{
	struct ike_packets packets = {};

	assert_int_equal(ike_packet_seal(f->peer, exchange, response, id, &f->chain, &packets), 0);
	feed(f, &packets);
	ike_packets_free(&packets);
	f->chain = ike_chain_of(f->room, sizeof(f->room));
}

static void ask(struct fixture *f, uint8_t exchange, uint32_t id)
{
	say(f, exchange, false, id);
}

static uint16_t error_of(const struct fixture *f)
{
	const struct ike_notify *n = ike_msg_error(&f->answer);

	assert_int_equal(f->answers, 1);
	return n ? n->type : 0;
}

static void answers_each_request_once_and_repeats_the_last(void **)
{
	struct fixture f;

	init(&f, MADE_UP);
	ask(&f, IKE_INFORMATIONAL, 2); // beyond the window
	assert_int_equal(f.answers, 0);
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(error_of(&f), 0);
	assert_int_equal(f.answer.head.id, 1);
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.sa->id_in, 2);
	ask(&f, IKE_INFORMATIONAL, 2);
	assert_int_equal(f.answers, 1);
	ask(&f, IKE_INFORMATIONAL, 1); // too old to be repeated
	assert_int_equal(f.answers, 0);
	fini(&f);
}

static void a_fragmented_request_is_repeated_for_its_first_fragment(void **)
{
	static const uint8_t data[100];
	struct fixture f;

	init(&f, MADE_UP);
	for (unsigned int i = 0; i < 5; i++)
		ike_payload_notify(&f.chain, 40000, 0, data, sizeof(data));
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answers, 1);
	for (unsigned int i = 0; i < 5; i++)
		ike_payload_notify(&f.chain, 40000, 0, data, sizeof(data));
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answers, 1);
	fini(&f);
}

static void unknown_payloads_and_notifications_do_no_harm(void **)
{
	struct fixture f;

	init(&f, MADE_UP);
	ike_payload_bytes(&f.chain, 200, "x", 1);
	ike_payload_notify(&f.chain, 16396, 0, NULL, 0); // MOBIKE_SUPPORTED
	ike_payload_notify(&f.chain, 16400, 0, NULL, 0); // UPDATE_SA_ADDRESSES
	ike_payload_notify(&f.chain, 7777, 0, NULL, 0);	 // an error of tomorrow
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(error_of(&f), 0);
	assert_int_equal(f.sa->state, IKE_SA_UP);
	fini(&f);
}

static void an_unknown_critical_payload_is_named(void **)
{
	const struct ike_notify *n;
	struct fixture f;

	init(&f, MADE_UP);
	ike_payload_bytes(&f.chain, 200, "x", 1);
	f.room[1] |= 0x80;
	ike_payload_delete(&f.chain, 0); // and nothing of the request is done
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(error_of(&f), IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD);
	n = ike_msg_error(&f.answer);
	assert_int_equal(rd_left(&n->data), 1);
	assert_int_equal(f.sa->state, IKE_SA_UP);
	fini(&f);
}

static void no_row_of_the_table_means_invalid_syntax(void **)
{
	static const uint8_t nonce[16];
	struct fixture f;

	init(&f, MADE_UP);
	ask(&f, 99, 1); // an exchange that nobody knows
	assert_int_equal(error_of(&f), IKE_N_INVALID_SYNTAX);
	ike_payload_bytes(&f.chain, IKE_PAYLOAD_NONCE, nonce, sizeof(nonce));
	ask(&f, IKE_CREATE_CHILD_SA, 2); // neither a child nor an IKE SA
	assert_int_equal(error_of(&f), IKE_N_INVALID_SYNTAX);
	ike_payload_notify(&f.chain, IKE_N_REKEY_SA, 5, NULL, 0);
	ask(&f, IKE_CREATE_CHILD_SA, 3); // without what a rekey needs
	assert_int_equal(error_of(&f), IKE_N_INVALID_SYNTAX);
	ike_payload_bytes(&f.chain, IKE_PAYLOAD_NONCE, nonce, 3);
	ask(&f, IKE_INFORMATIONAL, 4); // malformed
	assert_int_equal(error_of(&f), IKE_N_INVALID_SYNTAX);
	assert_int_equal(f.sa->state, IKE_SA_UP);
	fini(&f);
}

// SA, Nonce, TSi, TSr of a child that fits, seen from the peer; KE as its group wants.
static void offer(struct fixture *f, uint32_t spi, uint32_t rekeys)
{
	const struct ike_child_conf *conf = &f->peer->tunnel->conf.child[0];
	const struct ike_propose propose = {
		.purpose = PROPOSAL_ESP, .ke = true, .ours = conf->esp, .count = conf->esp_count};
	static const uint8_t nonce[32] = {1};
	struct ke *ke;

	assert_int_equal(ke_new(alg(ALG_X25519), &ke), 0);
	if (rekeys)
		ike_payload_notify(&f->chain, IKE_N_REKEY_SA, rekeys, NULL, 0);
	ike_payload_begin(&f->chain, IKE_PAYLOAD_SA);
	ike_propose_write(&propose, spi, 4, NULL, &f->chain.wr);
	ike_payload_end(&f->chain);
	ike_payload_bytes(&f->chain, IKE_PAYLOAD_NONCE, nonce, sizeof(nonce));
	ike_payload_ke(&f->chain, 31, ke_public(ke), 32);
	ike_payload_begin(&f->chain, IKE_PAYLOAD_TSI);
	ike_ts_write(conf->local, 1, &f->chain.wr);
	ike_payload_end(&f->chain);
	ike_payload_begin(&f->chain, IKE_PAYLOAD_TSR);
	ike_ts_write(conf->remote, 1, &f->chain.wr);
	ike_payload_end(&f->chain);
	ke_free(ke);
}

static void only_what_exists_and_stays_is_rekeyed(void **)
{
	uint32_t theirs;
	struct fixture f;

	init(&f, MADE_UP);
	theirs = TAILQ_FIRST(&f.sa->children)->spi_out;
	offer(&f, 0x5000, 0x4711);
	ask(&f, IKE_CREATE_CHILD_SA, 1);
	assert_int_equal(error_of(&f), IKE_N_CHILD_SA_NOT_FOUND);
	offer(&f, 0x5000, theirs);
	ask(&f, IKE_CREATE_CHILD_SA, 2);
	assert_int_equal(error_of(&f), 0);
	offer(&f, 0x6000, theirs); // which has just been replaced
	ask(&f, IKE_CREATE_CHILD_SA, 3);
	assert_int_equal(error_of(&f), IKE_N_TEMPORARY_FAILURE);
	fini(&f);
}

static void children_wait_while_the_ike_sa_is_renewed(void **)
{
	struct fixture f;

	init(&f, MADE_REKEY_IKE);
	offer(&f, 0x5000, 0);
	ask(&f, IKE_CREATE_CHILD_SA, 1);
	assert_int_equal(error_of(&f), IKE_N_TEMPORARY_FAILURE);
	offer(&f, 0x5000, TAILQ_FIRST(&f.sa->children)->spi_out);
	ask(&f, IKE_CREATE_CHILD_SA, 2);
	assert_int_equal(error_of(&f), IKE_N_TEMPORARY_FAILURE);
	fini(&f);
}

static void nothing_new_begins_in_an_sa_that_closes(void **)
{
	struct fixture f;

	init(&f, MADE_CLOSING);
	offer(&f, 0x5000, 0);
	ask(&f, IKE_CREATE_CHILD_SA, 1);
	assert_int_equal(error_of(&f), IKE_N_TEMPORARY_FAILURE);
	fini(&f);
}

// What we do not do is not answered, and does no harm.
static void transport_mode_and_wider_windows_are_passed_over(void **)
{
	static const uint8_t window[] = {0, 0, 0, 16};
	struct fixture f;

	init(&f, MADE_UP);
	ike_payload_notify(&f.chain, 16385, 0, window, sizeof(window)); // SET_WINDOW_SIZE
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(error_of(&f), 0);
	ask(&f, IKE_INFORMATIONAL, 3); // our window is and stays one
	assert_int_equal(f.answers, 0);
	ike_payload_notify(&f.chain, IKE_N_USE_TRANSPORT_MODE, 0, NULL, 0);
	ike_payload_notify(&f.chain, IKE_N_ESP_TFC_PADDING_NOT_SUPPORTED, 0, NULL, 0);
	ike_payload_notify(&f.chain, 16392, 0, NULL, 0);	   // HTTP_CERT_LOOKUP_SUPPORTED
	ike_payload_notify(&f.chain, 16387, 0, "\x01\x02\x03", 3); // IPCOMP_SUPPORTED
	offer(&f, 0x5000, 0);
	ask(&f, IKE_CREATE_CHILD_SA, 2);
	assert_int_equal(error_of(&f), 0);
	assert_true(f.answer.present & IKE_BIT(IKE_HAS_TSI));
	assert_null(ike_msg_notify(&f.answer, IKE_N_USE_TRANSPORT_MODE));
	assert_null(ike_msg_notify(&f.answer, 16387));
	fini(&f);
}

static void a_child_of_transport_mode_is_not_taken(void **)
{
	struct fixture f;

	init(&f, MADE_NEW_CHILD);
	ike_payload_notify(&f.chain, IKE_N_USE_TRANSPORT_MODE, 0, NULL, 0);
	offer(&f, 0x5000, 0);
	say(&f, IKE_CREATE_CHILD_SA, true, 1);
	assert_string_equal(f.why.what, "the peer makes it a child of transport mode");
	assert_int_equal(f.sa->state, IKE_SA_CLOSING);
	fini(&f);
}

static void there_is_an_end_to_children(void **)
{
	unsigned int made = 1;
	struct fixture f;

	init(&f, MADE_UP);
	for (uint32_t id = 1; id < 80; id++) {
		offer(&f, 0x5000 + id, 0);
		ask(&f, IKE_CREATE_CHILD_SA, id);
		if (error_of(&f) == IKE_N_NO_ADDITIONAL_SAS)
			break;
		made++;
	}
	assert_int_equal(made, 64);
	fini(&f);
}

static void a_delete_names_both_halves(void **)
{
	uint32_t theirs, ours;
	struct fixture f;

	init(&f, MADE_UP);
	theirs = TAILQ_FIRST(&f.sa->children)->spi_out;
	ours = TAILQ_FIRST(&f.sa->children)->spi_in;
	ike_payload_delete(&f.chain, 0x4711); // unknown ones are passed over
	ike_payload_delete(&f.chain, theirs);
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answer.deletes, 1);
	assert_int_equal(rd_u32(&f.answer.del[0].spis), ours);
	assert_true(TAILQ_EMPTY(&f.sa->children));
	fini(&f);
}

static void the_answer_to_the_last_delete_is_repeated(void **)
{
	struct fixture f;

	init(&f, MADE_UP);
	ike_payload_delete(&f.chain, 0);
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answers, 1);
	ike_payload_delete(&f.chain, 0);
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answers, 1);
	f.left.now += MONO_S(11);
	made_begin(&f.left);
	made_finish(&f.left);
	ike_payload_delete(&f.chain, 0);
	ask(&f, IKE_INFORMATIONAL, 1);
	assert_int_equal(f.answers, 0);
	fini(&f);
}

static void forgeries_count_for_nothing(void **)
{
	struct ike_packets packets = {};
	struct fixture f;

	init(&f, MADE_UP);
	f.left.now += MONO_S(5);
	ike_payload_delete(&f.chain, 0);
	assert_int_equal(
		ike_packet_seal(f.peer, IKE_INFORMATIONAL, false, 1, &f.chain, &packets), 0);
	for (uint32_t i = 0; i < packets.len; i++) {
		packets.bytes[i] ^= 0x40;
		feed(&f, &packets);
		packets.bytes[i] ^= 0x40;
		assert_int_equal(f.answers, 0);
	}
	assert_int_equal(f.sa->id_in, 1);
	assert_true(f.sa->last_in < f.left.now);
	assert_int_equal(f.sa->state, IKE_SA_UP);
	feed(&f, &packets);
	assert_int_equal(f.sa->state, IKE_SA_CLOSING);
	ike_packets_free(&packets);
	fini(&f);
}

// The answer to IKE_AUTH of one who says to be id, with a proof that is none.
static void claim(struct fixture *f, const char *text)
{
	static const uint8_t mac[32] = {1};
	struct ike_id id;

	init(f, MADE_PROVING_INITIATOR);
	assert_int_equal(ike_id_read(text, &id, NULL), 0);
	ike_payload_id(&f->chain, IKE_PAYLOAD_IDR, &id);
	ike_payload_auth(&f->chain, IKE_AUTH_PSK, mac, sizeof(mac));
	say(f, IKE_AUTH, true, 1);
}

static void a_responder_that_is_another_is_sent_away(void **)
{
	struct fixture f;

	claim(&f, "192.0.2.99");
	assert_string_equal(f.why.what, "the peer has another identity");
	assert_string_equal(f.why.expected, "192.0.2.2");
	assert_string_equal(f.why.got, "192.0.2.99");
	// It believes that all is well: it is told by a delete.
	assert_int_equal(f.sa->state, IKE_SA_CLOSING);
	assert_ptr_equal(f.sa->req->row, &v2_exchanges[V2_DELETE_IKE]);
	fini(&f);
}

static void a_responder_without_the_key_is_sent_away(void **)
{
	struct fixture f;

	claim(&f, "192.0.2.2");
	assert_string_equal(f.why.what, "the pre-shared keys differ");
	assert_int_equal(f.sa->state, IKE_SA_CLOSING);
	fini(&f);
}

static void a_malformed_answer_ends_the_sa(void **)
{
	struct fixture f;

	init(&f, MADE_REKEY_CHILD);
	ike_payload_notify(&f.chain, 40000, 0, NULL, 0); // neither child nor error
	say(&f, IKE_CREATE_CHILD_SA, true, 1);
	assert_string_equal(f.why.what, "malformed answer");
	assert_int_equal(f.sa->state, IKE_SA_CLOSING);
	assert_true(TAILQ_EMPTY(&f.sa->children));
	fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_each_request_once_and_repeats_the_last),
		cmocka_unit_test(a_fragmented_request_is_repeated_for_its_first_fragment),
		cmocka_unit_test(unknown_payloads_and_notifications_do_no_harm),
		cmocka_unit_test(an_unknown_critical_payload_is_named),
		cmocka_unit_test(no_row_of_the_table_means_invalid_syntax),
		cmocka_unit_test(only_what_exists_and_stays_is_rekeyed),
		cmocka_unit_test(children_wait_while_the_ike_sa_is_renewed),
		cmocka_unit_test(nothing_new_begins_in_an_sa_that_closes),
		cmocka_unit_test(transport_mode_and_wider_windows_are_passed_over),
		cmocka_unit_test(a_child_of_transport_mode_is_not_taken),
		cmocka_unit_test(there_is_an_end_to_children),
		cmocka_unit_test(a_delete_names_both_halves),
		cmocka_unit_test(the_answer_to_the_last_delete_is_repeated),
		cmocka_unit_test(forgeries_count_for_nothing),
		cmocka_unit_test(a_responder_that_is_another_is_sent_away),
		cmocka_unit_test(a_responder_without_the_key_is_sent_away),
		cmocka_unit_test(a_malformed_answer_ends_the_sa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
