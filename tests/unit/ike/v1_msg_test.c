#include "ike/v1/msg.h"

#include <errno.h>
#include <string.h>

#include "ike/v1/payload.h"
#include "ike/v1/vendor.h"
#include "unit/unit.h"

static int read_as(const uint8_t *body, size_t len, uint8_t first, uint8_t flags, uint32_t id,
	struct v1_msg *msg)
{
	*msg = (struct v1_msg){.head = {.flags = flags, .id = id}};
	return v1_msg_read(rd_of(body, len), first, msg);
}

// In clear, as phase 1 begins.
static int read_clear(const uint8_t *body, size_t len, uint8_t first)
{
	struct v1_msg msg;

	return read_as(body, len, first, 0, 0, &msg);
}

static int read_sealed(const uint8_t *body, size_t len, uint8_t first, uint32_t id)
{
	struct v1_msg msg;

	return read_as(body, len, first, V1_FLAG_ENCRYPTED, id, &msg);
}

static void refuses_what_is_malformed(void **)
{
	const uint8_t nonce[] = {0, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8};
	uint8_t spoiled[sizeof(nonce)];

	assert_int_equal(read_clear(nonce, sizeof(nonce), V1_PAYLOAD_NONCE), 0);
	for (size_t len = 0; len < sizeof(nonce); len++)
		assert_int_equal(read_clear(nonce, len, V1_PAYLOAD_NONCE), -EINVAL);
	memcpy(spoiled, nonce, sizeof(nonce));
	spoiled[3] = 13; // longer than the message
	assert_int_equal(read_clear(spoiled, sizeof(spoiled), V1_PAYLOAD_NONCE), -EINVAL);
	spoiled[3] = 3; // shorter than its header
	assert_int_equal(read_clear(spoiled, sizeof(spoiled), V1_PAYLOAD_NONCE), -EINVAL);
	memcpy(spoiled, nonce, sizeof(nonce));
	spoiled[1] = 1; // reserved (RFC 2408 s5.3)
	assert_int_equal(read_clear(spoiled, sizeof(spoiled), V1_PAYLOAD_NONCE), -EINVAL);
	memcpy(spoiled, nonce, sizeof(nonce));
	spoiled[0] = V1_PAYLOAD_KE; // one more, which is not there
	assert_int_equal(read_clear(spoiled, sizeof(spoiled), V1_PAYLOAD_NONCE), -EINVAL);
}

static void refuses_bodies_that_are_too_short_or_long(void **)
{
	uint8_t body[4 + 300] = {};
	static const struct {
		uint8_t type;
		size_t good_min, good_max;
	} rows[] = {
		{V1_PAYLOAD_SA, 8, 299}, {V1_PAYLOAD_KE, 1, 299}, {V1_PAYLOAD_ID, 4, 299},
		{V1_PAYLOAD_HASH, 1, 299}, {V1_PAYLOAD_NONCE, 8, 256}, {V1_PAYLOAD_NOTIFY, 8, 299},
		{V1_PAYLOAD_DELETE, 8, 8}, // of no SPIs
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t len = 0; len < 300; len++) {
			bool good = len >= rows[i].good_min && len <= rows[i].good_max;

			body[2] = (uint8_t)((4 + len) >> 8);
			body[3] = (uint8_t)(4 + len);
			assert_int_equal(
				read_clear(body, 4 + len, rows[i].type), good ? 0 : -EINVAL);
		}
	}
}

// Two payloads of one type, of 8 bytes each that suit any.
static int twice(uint8_t type)
{
	uint8_t body[24] = {type, 0, 0, 12, [12] = 0, 0, 0, 12};

	return read_clear(body, sizeof(body), type);
}

static void what_may_come_once_may_not_come_twice(void **)
{
	assert_int_equal(twice(V1_PAYLOAD_SA), -EINVAL);
	assert_int_equal(twice(V1_PAYLOAD_KE), -EINVAL);
	assert_int_equal(twice(V1_PAYLOAD_HASH), -EINVAL);
	assert_int_equal(twice(V1_PAYLOAD_NONCE), -EINVAL);
	assert_int_equal(twice(V1_PAYLOAD_ID), 0);
	assert_int_equal(twice(V1_PAYLOAD_NOTIFY), 0);
	assert_int_equal(twice(V1_PAYLOAD_DELETE), 0);
	assert_int_equal(twice(V1_PAYLOAD_VENDOR), 0);
	assert_int_equal(twice(V1_PAYLOAD_NATD), 0);
	assert_int_equal(twice(V1_PAYLOAD_CERT), 0);
}

static void a_third_identity_is_malformed(void **)
{
	uint8_t body[24] = {5, 0, 0, 8, 1, 0, 0, 0, 5, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0};
	struct v1_msg msg;

	assert_int_equal(read_as(body, sizeof(body), V1_PAYLOAD_ID, 0, 0, &msg), -EINVAL);
	body[8] = 0;
	assert_int_equal(read_as(body, 16, V1_PAYLOAD_ID, 0, 0, &msg), 0);
	assert_int_equal(msg.ids, 2);
}

static void unknown_payloads_are_refused_unless_private(void **)
{
	const uint8_t empty[] = {0, 0, 0, 4};
	struct v1_msg msg;

	for (unsigned int type = 1; type < 256; type++) {
		int err = read_as(empty, sizeof(empty), (uint8_t)type, 0, 0, &msg);

		if (type >= V1_PAYLOAD_PRIVATE) {
			assert_int_equal(err, 0);
		} else if ((type > V1_PAYLOAD_ATTRIBUTES && type < V1_PAYLOAD_NATD) ||
			   type > V1_PAYLOAD_NATOA || type == V1_PAYLOAD_PROPOSAL ||
			   type == V1_PAYLOAD_TRANSFORM) {
			assert_int_equal(err, -ENOTSUP);
			assert_int_equal(msg.unknown, type);
		} else {
			assert_int_not_equal(err, -ENOTSUP);
		}
	}
}

static void padding_is_for_encrypted_messages(void **)
{
	const uint8_t nonce[] = {0, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0xff, 3};

	assert_int_equal(read_clear(nonce, sizeof(nonce), V1_PAYLOAD_NONCE), -EINVAL);
	assert_int_equal(read_sealed(nonce, sizeof(nonce), V1_PAYLOAD_NONCE, 0), 0);
}

// What libreswan sends when its identity's length is no multiple of four.
static void up_to_three_zero_bytes_round_up_a_clear_message(void **)
{
	const uint8_t nonce[] = {0, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0};
	const uint8_t dirty[] = {0, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1};

	for (size_t zeros = 0; zeros < 4; zeros++)
		assert_int_equal(read_clear(nonce, 12 + zeros, V1_PAYLOAD_NONCE), 0);
	assert_int_equal(read_clear(nonce, 16, V1_PAYLOAD_NONCE), -EINVAL);
	assert_int_equal(read_clear(dirty, sizeof(dirty), V1_PAYLOAD_NONCE), -EINVAL);
}

// RFC 2409 s5.5, s5.7: nothing that it does not cover may stand in front of it.
static void hash_comes_first_in_phase_2(void **)
{
	const uint8_t vendor_hash[] = {V1_PAYLOAD_HASH, 0, 0, 5, 1, 0, 0, 0, 6, 1, 2};
	const uint8_t hash_vendor[] = {V1_PAYLOAD_VENDOR, 0, 0, 6, 1, 2, 0, 0, 0, 5, 1, 0, 0};
	struct v1_msg msg;

	assert_int_equal(
		read_sealed(vendor_hash, sizeof(vendor_hash), V1_PAYLOAD_VENDOR, 7), -EINVAL);
	assert_int_equal(read_sealed(vendor_hash, sizeof(vendor_hash), V1_PAYLOAD_VENDOR, 0), 0);
	assert_int_equal(read_sealed(vendor_hash, 0, V1_PAYLOAD_NONE, 7), -EINVAL);
	assert_int_equal(read_as(hash_vendor, sizeof(hash_vendor), V1_PAYLOAD_HASH,
				 V1_FLAG_ENCRYPTED, 7, &msg),
		0);
	assert_ptr_equal(msg.hashed.p, hash_vendor + 6);
	assert_int_equal(rd_left(&msg.hashed), 5); // without the padding
}

static void reads_what_the_writers_write(void **)
{
	uint8_t room[512];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	const uint8_t ke[] = {1, 2, 3}, nonce[] = {8, 7, 6, 5, 4, 3, 2, 1};
	struct v1_msg msg;
	const struct v1_notify *n;

	ike_payload_bytes(&chain, V1_PAYLOAD_KE, ke, sizeof(ke));
	ike_payload_bytes(&chain, V1_PAYLOAD_NONCE, nonce, sizeof(nonce));
	v1_payload_notify(&chain, V1_N_INITIAL_CONTACT, 0x1111, 0x2222, NULL, 0);
	v1_payload_notify_esp(&chain, V1_N_NO_PROPOSAL_CHOSEN, 0, "x", 1);
	v1_payload_dpd(&chain, V1_N_R_U_THERE, 0x1111, 0x2222, 0xabcdef01);
	v1_payload_delete(&chain, 0x1111, 0x2222);
	v1_payload_delete_esp(&chain, 0xc0ffee);
	v1_vendor_write(&chain, 1u << V1_VENDOR_DPD | 1u << V1_VENDOR_NATT_RFC);
	assert_int_equal(read_as(room, wr_len(&chain.wr), chain.first, 0, 0, &msg), 0);
	assert_int_equal(msg.present, V1_BIT(V1_HAS_KE) | V1_BIT(V1_HAS_NONCE) |
					      V1_BIT(V1_HAS_NOTIFY) | V1_BIT(V1_HAS_DELETE) |
					      V1_BIT(V1_HAS_VENDOR));
	assert_memory_equal(msg.ke.p, ke, sizeof(ke));
	assert_int_equal(rd_left(&msg.nonce), sizeof(nonce));
	assert_int_equal(msg.notifies, 3);
	n = v1_msg_notify(&msg, V1_N_INITIAL_CONTACT);
	assert_true(v1_msg_is_sa(n->spi, 0x1111, 0x2222));
	assert_false(v1_msg_is_sa(n->spi, 0x1111, 0x2223));
	assert_false(v1_msg_is_sa(rd_of(room, 0), 0, 0));
	n = v1_msg_error(&msg);
	assert_int_equal(n->type, V1_N_NO_PROPOSAL_CHOSEN);
	assert_int_equal(n->proto, V1_PROTO_ESP);
	assert_int_equal(rd_left(&n->spi), 0);
	assert_int_equal(rd_left(&n->data), 1);
	assert_null(v1_msg_notify(&msg, V1_N_RESPONDER_LIFETIME));
	n = v1_msg_notify(&msg, V1_N_R_U_THERE);
	assert_int_equal(rd_u32(&(struct rd){.p = n->data.p, .end = n->data.end}), 0xabcdef01);
	assert_int_equal(msg.deletes, 2);
	assert_int_equal(msg.del[0].proto, V1_PROTO_ISAKMP);
	assert_true(v1_msg_is_sa(msg.del[0].spis, 0x1111, 0x2222));
	assert_int_equal(msg.del[1].spi_len, 4);
	assert_int_equal(rd_u32(&msg.del[1].spis), 0xc0ffee);
	assert_int_equal(msg.vendors, 1u << V1_VENDOR_DPD | 1u << V1_VENDOR_NATT_RFC);
}

static void a_delete_counts_its_spis(void **)
{
	// DOI, ESP, 4 bytes each, two of them
	uint8_t body[20] = {0, 0, 0, 20, 0, 0, 0, 1, 3, 4, 0, 2, 0, 0, 1, 0, 0, 0, 2, 0};

	assert_int_equal(read_clear(body, sizeof(body), V1_PAYLOAD_DELETE), 0);
	body[11] = 3;
	assert_int_equal(read_clear(body, sizeof(body), V1_PAYLOAD_DELETE), -EINVAL);
	body[11] = 1;
	assert_int_equal(read_clear(body, sizeof(body), V1_PAYLOAD_DELETE), -EINVAL);
	body[9] = 200;
	assert_int_equal(read_clear(body, sizeof(body), V1_PAYLOAD_DELETE), -EINVAL);
}

static void more_than_there_is_room_for_is_not_looked_at(void **)
{
	uint8_t room[1024];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct v1_msg msg;

	for (uint32_t i = 1; i <= 12; i++) {
		v1_payload_delete_esp(&chain, i);
		v1_payload_notify_esp(&chain, V1_N_CONNECTED, i, NULL, 0);
		ike_payload_bytes(&chain, V1_PAYLOAD_NATD, "natd", 4);
	}
	assert_int_equal(read_as(room, wr_len(&chain.wr), chain.first, 0, 0, &msg), 0);
	assert_int_equal(msg.deletes, V1_DELETES);
	assert_int_equal(msg.notifies, V1_NOTIFIES);
	assert_int_equal(msg.natds, V1_NATDS);
}

static void names_are_for_people(void **)
{
	assert_string_equal(v1_notify_name(V1_N_NO_PROPOSAL_CHOSEN), "NO-PROPOSAL-CHOSEN");
	assert_null(v1_notify_name(9999));
	assert_string_equal(v1_exchange_name(V1_QUICK), "quick mode");
	assert_string_equal(v1_exchange_name(77), "exchange");
	for (unsigned int i = 0; i < V1_HAS_COUNT; i++)
		assert_non_null(v1_payload_name((enum v1_payload)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_malformed),
		cmocka_unit_test(refuses_bodies_that_are_too_short_or_long),
		cmocka_unit_test(what_may_come_once_may_not_come_twice),
		cmocka_unit_test(a_third_identity_is_malformed),
		cmocka_unit_test(unknown_payloads_are_refused_unless_private),
		cmocka_unit_test(padding_is_for_encrypted_messages),
		cmocka_unit_test(up_to_three_zero_bytes_round_up_a_clear_message),
		cmocka_unit_test(hash_comes_first_in_phase_2),
		cmocka_unit_test(reads_what_the_writers_write),
		cmocka_unit_test(a_delete_counts_its_spis),
		cmocka_unit_test(more_than_there_is_room_for_is_not_looked_at),
		cmocka_unit_test(names_are_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
