#include "ike/msg.h"

#include <errno.h>
#include <string.h>

#include "ike/payload.h"
#include "unit/unit.h"

static uint8_t room[4096];

static int read_chain(const struct ike_chain *chain, struct ike_msg *msg)
{
	*msg = (struct ike_msg){};
	assert_false(chain->wr.bad);
	return ike_msg_read(rd_of(room, wr_len(&chain->wr)), chain->first, msg);
}

static void reads_what_it_writes(void **)
{
	static const uint8_t nonce[32] = {1, 2, 3}, key[] = {9, 9}, mac[] = {7, 7, 7};
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	const struct ike_notify *n;
	struct ike_msg msg;
	struct ike_id id;

	assert_int_equal(ike_id_read("gw", &id, NULL), 0);
	ike_payload_bytes(&chain, IKE_PAYLOAD_SA, key, sizeof(key));
	ike_payload_ke(&chain, 14, key, sizeof(key));
	ike_payload_bytes(&chain, IKE_PAYLOAD_NONCE, nonce, sizeof(nonce));
	ike_payload_id(&chain, IKE_PAYLOAD_IDI, &id);
	ike_payload_auth(&chain, IKE_AUTH_PSK, mac, sizeof(mac));
	ike_payload_notify(&chain, IKE_N_REKEY_SA, 0x11223344, NULL, 0);
	ike_payload_notify(&chain, IKE_N_COOKIE, 0, nonce, 5);
	ike_payload_delete(&chain, 0xabcdef01);
	ike_payload_delete(&chain, 0);
	assert_int_equal(read_chain(&chain, &msg), 0);
	assert_int_equal(msg.group, 14);
	assert_int_equal(rd_left(&msg.ke), 2);
	assert_int_equal(rd_left(&msg.nonce), 32);
	assert_memory_equal(msg.auth.p, mac, sizeof(mac));
	n = ike_msg_notify(&msg, IKE_N_REKEY_SA);
	assert_int_equal(n->proto, IKE_PROTO_ESP);
	assert_memory_equal(n->spi.p, "\x11\x22\x33\x44", 4);
	n = ike_msg_notify(&msg, IKE_N_COOKIE);
	assert_int_equal(rd_left(&n->data), 5);
	assert_int_equal(msg.deletes, 2);
	assert_int_equal(msg.del[0].count, 1);
	assert_int_equal(msg.del[1].proto, IKE_PROTO_IKE);
	assert_null(ike_msg_error(&msg));
	assert_null(ike_msg_notify(&msg, IKE_N_INITIAL_CONTACT));
}

static void skips_unknown_payloads_unless_they_are_critical(void **)
{
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct ike_msg msg;

	ike_payload_bytes(&chain, 200, "xyz", 3);
	ike_payload_notify(&chain, IKE_N_TS_UNACCEPTABLE, 0, NULL, 0);
	assert_int_equal(read_chain(&chain, &msg), 0);
	assert_int_equal(ike_msg_error(&msg)->type, IKE_N_TS_UNACCEPTABLE);
	room[1] |= 0x80;
	assert_int_equal(read_chain(&chain, &msg), -ENOTSUP);
	assert_int_equal(msg.critical, 200);
	// The bit is ignored on what we understand.
	chain = ike_chain_of(room, sizeof(room));
	ike_payload_bytes(&chain, IKE_PAYLOAD_VENDOR, "xyz", 3);
	room[1] |= 0x80;
	assert_int_equal(read_chain(&chain, &msg), 0);
}

static void refuses_malformed_chains(void **)
{
	static const struct {
		uint8_t first;
		size_t len;
		uint8_t bytes[16];
	} rows[] = {
		{IKE_PAYLOAD_NONCE, 3, {0, 0, 0}},	  // no header
		{IKE_PAYLOAD_VENDOR, 4, {0, 0, 0, 3}},	  // shorter than its header
		{IKE_PAYLOAD_VENDOR, 4, {0, 0, 0, 5}},	  // longer than the message
		{IKE_PAYLOAD_VENDOR, 5, {0, 0, 0, 4, 0}}, // bytes behind the last one
		{IKE_PAYLOAD_NONE, 1, {0}},		  // the same
		{IKE_PAYLOAD_VENDOR, 4, {43, 0, 0, 4}},	  // announces one more
		{IKE_PAYLOAD_NONCE, 8, {0, 0, 0, 8}},	  // a nonce of 4 bytes
		{IKE_PAYLOAD_SA, 4, {0, 0, 0, 4}},	  // without proposals
		{IKE_PAYLOAD_KE, 8, {0, 0, 0, 8}},	  // without a public value
		{IKE_PAYLOAD_IDI, 7, {0, 0, 0, 7}},	  // without its type
		{IKE_PAYLOAD_IDR, 4, {0, 0, 0, 4}}, {IKE_PAYLOAD_TSI, 4, {0, 0, 0, 4}},
		{IKE_PAYLOAD_TSR, 4, {0, 0, 0, 4}}, {IKE_PAYLOAD_AUTH, 6, {0, 0, 0, 6}},
		{IKE_PAYLOAD_NOTIFY, 9, {0, 0, 0, 9, 3, 4}}, // an SPI that is not there
		{IKE_PAYLOAD_DELETE, 12, {0, 0, 0, 12, 3, 4, 0, 2}},
		{IKE_PAYLOAD_DELETE, 9, {0, 0, 0, 9, 1, 0, 0, 0}}, // bytes behind its SPIs
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ike_msg msg = {};

		assert_int_equal(
			ike_msg_read(rd_of(rows[i].bytes, rows[i].len), rows[i].first, &msg),
			-EINVAL);
	}
}

static void refuses_a_second_one_of_what_comes_once(void **)
{
	static const uint8_t nonce[16];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct ike_msg msg;

	ike_payload_bytes(&chain, IKE_PAYLOAD_NONCE, nonce, sizeof(nonce));
	ike_payload_bytes(&chain, IKE_PAYLOAD_NONCE, nonce, sizeof(nonce));
	assert_int_equal(read_chain(&chain, &msg), -EINVAL);
}

static void more_notifications_than_room_are_not_looked_at(void **)
{
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct ike_msg msg;

	for (unsigned int i = 0; i < 100; i++)
		ike_payload_notify(&chain, (uint16_t)(40000 + i), 0, NULL, 0);
	for (unsigned int i = 0; i < 10; i++)
		ike_payload_delete(&chain, i + 1);
	assert_int_equal(read_chain(&chain, &msg), 0);
	assert_int_equal(msg.notifies, IKE_NOTIFIES);
	assert_int_equal(msg.deletes, IKE_DELETES);
}

static void the_header_is_checked(void **)
{
	const struct ike_head want = {.spi_i = 1,
		.spi_r = 2,
		.next = 46,
		.version = IKE_VERSION,
		.exchange = IKE_AUTH,
		.flags = IKE_FLAG_INITIATOR,
		.id = 5,
		.len = 40};
	struct wr wr = wr_of(room, sizeof(room));
	struct ike_head got;

	ike_head_write(&wr, &want);
	wr_zero(&wr, 12);
	assert_int_equal(ike_head_read(room, 40, &got), 0);
	assert_true(got.spi_i == 1 && got.spi_r == 2 && got.next == 46 && got.id == 5);
	assert_true(got.exchange == IKE_AUTH && got.flags == IKE_FLAG_INITIATOR);
	assert_int_equal(ike_head_read(room, 39, &got), -EINVAL);
	assert_int_equal(ike_head_read(room, 41, &got), -EINVAL);
	assert_int_equal(ike_head_read(room, 27, &got), -EINVAL);
	wr_patch_u8(&wr, 17, 0x2f); // a minor version is no reason
	assert_int_equal(ike_head_read(room, 40, &got), 0);
	wr_patch_u8(&wr, 17, 0x10);
	assert_int_equal(ike_head_read(room, 40, &got), -EPROTO);
}

static void everything_has_a_name(void **)
{
	for (unsigned int i = 0; i < IKE_HAS_COUNT; i++)
		assert_non_null(ike_payload_name((enum ike_payload)i));
	assert_string_equal(ike_notify_name(IKE_N_NO_PROPOSAL_CHOSEN), "NO_PROPOSAL_CHOSEN");
	assert_null(ike_notify_name(9999));
	assert_string_equal(ike_exchange_name(IKE_AUTH), "IKE_AUTH");
	assert_string_equal(ike_exchange_name(99), "exchange");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(skips_unknown_payloads_unless_they_are_critical),
		cmocka_unit_test(refuses_malformed_chains),
		cmocka_unit_test(refuses_a_second_one_of_what_comes_once),
		cmocka_unit_test(more_notifications_than_room_are_not_looked_at),
		cmocka_unit_test(the_header_is_checked),
		cmocka_unit_test(everything_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
