#include "ike/v1/packet.h"

#include <errno.h>
#include <stdlib.h>

#include "ike/packet.h"
#include "unit/unit.h"

// Both ends in one: what the SA writes it opens again.
struct ends {
	struct ike *ike;
	struct ike_sa sa;
	struct v1_keys keys;
	uint8_t room[IKE_MESSAGE_MAX];
	struct ike_chain chain;
	struct ike_packets packets;
	struct ike_head head;
};

static void ends_init(struct ends *e, const char *proposal, uint32_t fragment_len)
{
	static const uint8_t bytes[64] = {4, 5, 6};
	struct ike_nonces nonces = {rd_of(bytes, 16), rd_of(bytes, 20)};
	struct secret psk, shared;
	struct proposal p;
	struct suite suite;

	*e = (struct ends){.ike = calloc(1, sizeof(struct ike))};
	assert_non_null(e->ike);
	e->ike->params.fragment_len = fragment_len;
	e->sa = (struct ike_sa){.ike = e->ike, .local.addr.family = ADDR_V4};
	assert_int_equal(proposal_read(proposal, PROPOSAL_IKE, &p, NULL), 0);
	suite = suite_first(&p);
	assert_int_equal(secret_copy(&psk, bytes, 7), 0);
	assert_int_equal(secret_copy(&shared, bytes, sizeof(bytes)), 0);
	assert_int_equal(v1_keymat_psk(&suite, &psk, &shared, nonces, 1, 2, &e->keys), 0);
	secret_free(&psk);
	secret_free(&shared);
	e->chain = ike_chain_of(e->room, sizeof(e->room));
	e->head = (struct ike_head){.spi_i = 1,
		.spi_r = 2,
		.version = V1_VERSION,
		.exchange = V1_QUICK,
		.id = 0x01020304};
}

static void ends_fini(struct ends *e)
{
	v1_keys_fini(&e->keys);
	ike_packets_free(&e->packets);
	free(e->ike);
}

// A chain of one payload that takes len bytes.
static void fill(struct ends *e, size_t len)
{
	e->chain = ike_chain_of(e->room, sizeof(e->room));
	ike_payload_begin(&e->chain, V1_PAYLOAD_VENDOR);
	for (size_t i = IKE_PAYLOAD_HEAD; i < len; i++)
		wr_u8(&e->chain.wr, (uint8_t)(i * 7));
	ike_payload_end(&e->chain);
}

static void head_of(struct rd message, struct ike_head *head)
{
	assert_int_equal(ike_head_read(message.p, rd_left(&message), head), -EPROTO);
	assert_int_equal(head->version, V1_VERSION);
	assert_int_equal(head->len, rd_left(&message));
}

static void a_message_comes_back_and_the_iv_goes_on(void **)
{
	static const char *const proposals[] = {
		"aes128-sha1-group2", "aes256-sha512-group2", "3des-md5-group2", "des-sha1-group2"};

	for (size_t i = 0; i < sizeof(proposals) / sizeof(proposals[0]); i++) {
		struct v1_iv out = {{1}}, in = {{1}}, next;
		struct ends e;

		ends_init(&e, proposals[i], 1280);
		for (size_t len = 4; len < 100; len++) {
			struct ike_head head;
			struct rd text;

			fill(&e, len);
			assert_int_equal(v1_packet_write(&e.sa, &e.keys, &out, &e.head, &e.chain,
						 &e.packets),
				0);
			head_of(rd_of(e.packets.bytes, e.packets.len), &head);
			assert_int_equal(head.next, V1_PAYLOAD_VENDOR);
			assert_int_equal(head.flags, V1_FLAG_ENCRYPTED);
			assert_int_equal(v1_packet_open(e.ike, &e.keys, e.packets.bytes, &head, &in,
						 &next, &text),
				0);
			assert_true(rd_left(&text) >= len && rd_left(&text) < len + 16);
			assert_memory_equal(text.p, e.room, len);
			// A message that was not accepted does not move it.
			assert_int_equal(v1_packet_open(e.ike, &e.keys, e.packets.bytes, &head, &in,
						 &next, &text),
				0);
			assert_memory_equal(text.p, e.room, len);
			in = next;
			assert_memory_equal(in.b, out.b, e.keys.encr->iv_len);
		}
		ends_fini(&e);
	}
}

static void in_clear_there_is_no_padding(void **)
{
	struct ike_head head;
	struct ends e;

	ends_init(&e, "aes128-sha1-group2", 1280);
	fill(&e, 33);
	assert_int_equal(v1_packet_write(&e.sa, NULL, NULL, &e.head, &e.chain, &e.packets), 0);
	assert_int_equal(e.packets.len, IKE_HEAD + 33);
	head_of(rd_of(e.packets.bytes, e.packets.len), &head);
	assert_int_equal(head.flags, 0);
	assert_memory_equal(e.packets.bytes + IKE_HEAD, e.room, 33);
	ends_fini(&e);
}

static void what_cannot_be_decrypted_is_malformed(void **)
{
	struct v1_iv iv = {}, next;
	struct ike_head head;
	struct ends e;
	struct rd text;

	ends_init(&e, "aes128-sha1-group2", 1280);
	fill(&e, 32);
	assert_int_equal(v1_packet_write(&e.sa, &e.keys, &iv, &e.head, &e.chain, &e.packets), 0);
	head_of(rd_of(e.packets.bytes, e.packets.len), &head);
	for (uint32_t len = IKE_HEAD; len < e.packets.len; len++) {
		int want = len > IKE_HEAD && (len - IKE_HEAD) % 16 == 0 ? 0 : -EINVAL;

		head.len = len;
		assert_int_equal(
			v1_packet_open(e.ike, &e.keys, e.packets.bytes, &head, &iv, &next, &text),
			want);
	}
	head.len = e.packets.len;
	head.flags = 0;
	assert_int_equal(
		v1_packet_open(e.ike, &e.keys, e.packets.bytes, &head, &iv, &next, &text), -EINVAL);
	ends_fini(&e);
}

// The datagrams of what is in e->packets.
static size_t datagrams(const struct ends *e, struct rd datagram[8])
{
	struct rd rd = rd_of(e->packets.bytes, e->packets.len);
	size_t n = 0;

	while (rd_left(&rd)) {
		size_t len = rd_left(&rd) < e->packets.each ? rd_left(&rd) : e->packets.each;

		assert_true(n < 8);
		datagram[n++] = rd_sub(&rd, len);
	}
	return n;
}

static int take(struct v1_frag *frag, struct rd datagram, struct rd *message)
{
	struct ike_head head;

	head_of(datagram, &head);
	assert_true(v1_frag_is(&head));
	return v1_frag_take(frag, datagram.p, &head, message);
}

// A message of three datagrams, encrypted.
static size_t fragments(struct ends *e, struct rd datagram[8])
{
	struct v1_iv iv = {{7}};

	ends_init(e, "aes128-sha1-group2", 600);
	e->sa.fragmentation = true;
	fill(e, 1500);
	assert_int_equal(
		v1_packet_write(&e->sa, &e->keys, &iv, &e->head, &e->chain, &e->packets), 0);
	return datagrams(e, datagram);
}

static void assert_whole(struct ends *e, struct rd message)
{
	struct v1_iv iv = {{7}}, next;
	struct ike_head head;
	struct rd text;

	head_of(message, &head);
	assert_int_equal(head.exchange, V1_QUICK);
	assert_int_equal(head.id, 0x01020304);
	assert_int_equal(v1_packet_open(e->ike, &e->keys, message.p, &head, &iv, &next, &text), 0);
	assert_memory_equal(text.p, e->room, 1500);
}

static void fragments_come_together_in_any_order(void **)
{
	static const uint8_t orders[][4] = {
		{0, 1, 2, 0}, {2, 1, 0, 0}, {1, 0, 2, 0}, {2, 2, 0, 1}, {0, 0, 1, 2}};
	struct v1_frag frag = {};
	struct rd datagram[8], message;
	struct ends e;

	assert_int_equal(fragments(&e, datagram), 3);
	for (size_t i = 0; i < 3; i++) {
		struct ike_head head;

		assert_true(rd_left(&datagram[i]) + 28 <= 600);
		head_of(datagram[i], &head);
		assert_int_equal(head.flags, 0);
		assert_int_equal(head.id, 0);
	}
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		int done = 0;

		for (size_t k = 0; k < 4 && !done; k++)
			done = take(&frag, datagram[orders[i][k]], &message);
		assert_int_equal(done, 1);
		assert_whole(&e, message);
	}
	v1_frag_clear(&frag);
	ends_fini(&e);
}

static void another_message_begins_anew(void **)
{
	uint8_t copy[600];
	struct v1_frag frag = {};
	struct rd datagram[8], message, other;
	struct ends e;

	assert_int_equal(fragments(&e, datagram), 3);
	// The same id and number, other bytes: what came first is forgotten.
	other = rd_of(copy, rd_left(&datagram[0]));
	memcpy(copy, datagram[0].p, rd_left(&datagram[0]));
	copy[100] ^= 1;
	assert_int_equal(take(&frag, other, &message), 0);
	assert_int_equal(take(&frag, datagram[1], &message), 0);
	assert_int_equal(take(&frag, datagram[0], &message), 0);
	assert_int_equal(take(&frag, datagram[2], &message), 0);
	assert_int_equal(take(&frag, datagram[1], &message), 1);
	assert_whole(&e, message);
	// Another id.
	copy[100] ^= 1;
	copy[33] ^= 1;
	assert_int_equal(take(&frag, other, &message), 0);
	assert_int_equal(take(&frag, datagram[1], &message), 0);
	assert_int_equal(take(&frag, datagram[2], &message), 0);
	assert_int_equal(take(&frag, datagram[0], &message), 1);
	v1_frag_clear(&frag);
	ends_fini(&e);
}

static int spoiled(struct v1_frag *frag, struct rd datagram, size_t at, uint8_t value)
{
	uint8_t copy[600];
	struct rd message;

	memcpy(copy, datagram.p, rd_left(&datagram));
	copy[at] = value;
	return take(frag, rd_of(copy, rd_left(&datagram)), &message);
}

static void refuses_malformed_fragments(void **)
{
	enum { LENGTH = 31, NUMBER = 34, FLAGS = 35 };
	struct v1_frag frag = {};
	struct rd datagram[8], message;
	struct ike_head head;
	struct ends e;

	assert_int_equal(fragments(&e, datagram), 3);
	assert_int_equal(spoiled(&frag, datagram[0], LENGTH, 1), -EINVAL);
	assert_int_equal(spoiled(&frag, datagram[0], NUMBER, 0), -EINVAL);
	assert_int_equal(spoiled(&frag, datagram[0], NUMBER, IKE_FRAGMENTS + 1), -EINVAL);
	head_of(datagram[0], &head);
	for (head.len = IKE_HEAD; head.len < IKE_HEAD + 9; head.len++)
		assert_int_equal(v1_frag_take(&frag, datagram[0].p, &head, &message), -EINVAL);
	// The last one has number 3: none behind it, and no other one is the last.
	assert_int_equal(take(&frag, datagram[2], &message), 0);
	assert_int_equal(spoiled(&frag, datagram[1], NUMBER, 4), -EINVAL);
	assert_int_equal(spoiled(&frag, datagram[1], FLAGS, 1), -EINVAL);
	v1_frag_clear(&frag);
	// And none may be the last when there is one behind it already.
	assert_int_equal(spoiled(&frag, datagram[1], NUMBER, 5), 0);
	assert_int_equal(take(&frag, datagram[2], &message), -EINVAL);
	v1_frag_clear(&frag);
	ends_fini(&e);
}

static void fragments_are_bounded(void **)
{
	struct v1_frag frag = {};
	struct rd datagram[8];
	struct ends e;
	int err = 0;

	assert_int_equal(fragments(&e, datagram), 3);
	for (uint8_t number = 1; number <= IKE_FRAGMENTS && !err; number++)
		err = spoiled(&frag, datagram[0], 34, number);
	assert_int_equal(err, -E2BIG);
	assert_int_equal(frag.parts.bytes, 0);
	v1_frag_clear(&frag);
	ends_fini(&e);
}

static void a_short_message_is_not_fragmented(void **)
{
	struct ends e;
	struct rd datagram[8];
	struct v1_iv iv = {};

	ends_init(&e, "aes128-sha1-group2", 600);
	fill(&e, 1500);
	assert_int_equal(v1_packet_write(&e.sa, &e.keys, &iv, &e.head, &e.chain, &e.packets), 0);
	assert_int_equal(datagrams(&e, datagram), 1); // the peer cannot
	e.sa.fragmentation = true;
	fill(&e, 500);
	assert_int_equal(v1_packet_write(&e.sa, &e.keys, &iv, &e.head, &e.chain, &e.packets), 0);
	assert_int_equal(datagrams(&e, datagram), 1);
	ends_fini(&e);
}

static void what_does_not_fit_is_not_sent(void **)
{
	struct v1_iv iv = {{3}}, before = iv;
	struct ends e;

	ends_init(&e, "aes128-sha1-group2", 600);
	fill(&e, IKE_MESSAGE_MAX + 1);
	assert_int_equal(
		v1_packet_write(&e.sa, &e.keys, &iv, &e.head, &e.chain, &e.packets), -E2BIG);
	assert_memory_equal(iv.b, before.b, sizeof(iv.b));
	// More fragments than anybody puts together.
	e.ike->params.fragment_len = 200;
	e.sa.fragmentation = true;
	fill(&e, 10000);
	assert_int_equal(
		v1_packet_write(&e.sa, &e.keys, &iv, &e.head, &e.chain, &e.packets), -E2BIG);
	assert_memory_equal(iv.b, before.b, sizeof(iv.b));
	ends_fini(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_comes_back_and_the_iv_goes_on),
		cmocka_unit_test(in_clear_there_is_no_padding),
		cmocka_unit_test(what_cannot_be_decrypted_is_malformed),
		cmocka_unit_test(fragments_come_together_in_any_order),
		cmocka_unit_test(another_message_begins_anew),
		cmocka_unit_test(refuses_malformed_fragments),
		cmocka_unit_test(fragments_are_bounded),
		cmocka_unit_test(a_short_message_is_not_fragmented),
		cmocka_unit_test(what_does_not_fit_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
