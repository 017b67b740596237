// Every reader of IKEv1 bytes: chains of payloads in clear or as decrypted, and datagrams with
// their fragments and encryption. What was read must survive being written.
//
// Input: messages: what (1; with a bit also what we would write), first payload (1), length (2),
// payloads or a whole datagram.
#include <errno.h>
#include <stdlib.h>

#include "ike/packet.h"
#include "ike/v1/id.h"
#include "ike/v1/natt.h"
#include "ike/v1/packet.h"
#include "ike/v1/payload.h"
#include "ike/v1/propose.h"

enum { CLEAR, PHASE1, PHASE2, DATAGRAM, WHAT = 3, SEAL = 4, OFFER = 8, CHILD = 16, MESSAGES = 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const wanted[][2] = {
	[PROPOSAL_IKE] = {"aes256-aes128-3des-sha256-sha1-md5-group14-group2",
		"des-sha512-sha384-group5-group31"},
	[PROPOSAL_ESP] = {"aes256-aes128-3des-sha256-sha1-md5-group14-group2-noesn-esn",
		"aes128gcm16-group2"},
};

static bool same(const struct suite *a, const struct suite *b)
{
	return a->encr == b->encr && a->integ == b->integ && a->prf == b->prf && a->ke == b->ke &&
	       a->esn == b->esn;
}

// What we want, the same in every call.
static struct v1_propose propose_of(enum proposal_for purpose)
{
	static struct proposal ours[PROPOSAL_ESP + 1][2];

	for (size_t i = 0; i < 2; i++) {
		if (!ours[purpose][i].n[ALG_ENCR] &&
			proposal_read(wanted[purpose][i], purpose, &ours[purpose][i], NULL))
			abort();
	}
	return (struct v1_propose){.purpose = purpose,
		.ours = ours[purpose],
		.count = 2,
		.mode = V1_MODE_TUNNEL,
		.life_s = 86400};
}

static void propose(struct rd sa, enum proposal_for purpose)
{
	struct v1_propose propose = propose_of(purpose);
	struct v1_choice choice, again;
	struct why why = {};
	uint8_t room[IKE_MESSAGE_MAX];
	struct wr wr = wr_of(room, sizeof(room));

	if (v1_propose_choose(sa, &propose, &choice, &why)) {
		if (!why.what[0] || !why.code || !choice.differs)
			abort();
	} else {
		v1_propose_answer(purpose, &choice, 0x1234567, &wr);
		propose.group = choice.suite.ke;
		if (wr.bad || v1_propose_accept(rd_of(room, wr_len(&wr)), &propose, &again, NULL) ||
			!same(&again.suite, &choice.suite))
			abort();
	}
	propose.group = alg(ALG_MODP1024);
	(void)v1_propose_accept(sa, &propose, &choice, &why);
}

static void identity(struct rd body)
{
	struct selector ts, again;
	uint8_t room[V1_ID_BODY];
	struct ike_id id, same;
	int len;

	if (!v1_id_read(body, &id) &&
		(v1_id_read(rd_of(room, v1_id_write(&id, room)), &same) || !ike_id_eq(&id, &same)))
		abort();
	if (v1_ts_read(body, &ts))
		return;
	len = v1_ts_write(&ts, room);
	if (len < 0 || v1_ts_read(rd_of(room, (size_t)len), &again) || !selector_eq(&ts, &again))
		abort();
}

static void payloads(const struct v1_keys *keys, const struct v1_msg *msg)
{
	const struct endpoint us = {.addr = addr_v4(0x0a000001), .port = 500};
	uint32_t life_s, life_kb;
	struct ike_natt natt;

	if (msg->present & V1_BIT(V1_HAS_SA)) {
		propose(msg->sa, PROPOSAL_IKE);
		propose(msg->sa, PROPOSAL_ESP);
	}
	for (uint8_t i = 0; i < msg->ids; i++)
		identity(msg->id[i]);
	for (uint8_t i = 0; i < msg->notifies; i++)
		(void)v1_life_read(msg->notify[i].data, PROPOSAL_ESP, &life_s, &life_kb);
	if (v1_natt_read(msg, alg(ALG_PRF_MD5), &us, &us, &natt))
		abort();
	for (unsigned int n = V1_HASH_1; n <= V1_HASH_3; n++) {
		const struct ike_nonces nonces = {msg->nonce, msg->nonce};

		(void)v1_hash_is_right(keys, (enum v1_hash)n, nonces, msg);
	}
	(void)v1_msg_error(msg);
}

static void chain(
	const struct v1_keys *keys, struct rd body, uint8_t first, uint8_t flags, uint32_t id)
{
	struct v1_msg msg = {.head = {.spi_i = 1, .spi_r = 2, .flags = flags, .id = id}};

	if (!v1_msg_read(body, first, &msg))
		payloads(keys, &msg);
}

static void datagram(
	struct ike *ike, const struct v1_keys *keys, struct v1_frag *frag, struct rd bytes)
{
	const struct v1_iv iv = {};
	struct v1_iv next;
	struct ike_head head;
	uint8_t sum[V1_SUM];
	struct rd body;

	if (ike_head_read(bytes.p, rd_left(&bytes), &head) != -EPROTO || head.version != V1_VERSION)
		return;
	if (v1_packet_sum(bytes.p, rd_left(&bytes), sum))
		abort();
	if (v1_frag_is(&head)) {
		if (v1_frag_take(frag, bytes.p, &head, &bytes) != 1)
			return;
		if (ike_head_read(bytes.p, rd_left(&bytes), &head) != -EPROTO || v1_frag_is(&head))
			return;
	}
	body = bytes;
	rd_skip(&body, IKE_HEAD);
	if (!(head.flags & V1_FLAG_ENCRYPTED) ||
		!v1_packet_open(ike, keys, bytes.p, &head, &iv, &next, &body))
		chain(keys, body, head.next, head.flags, head.id);
}

// Our own offers are such as we would take.
static void offer(enum proposal_for purpose)
{
	struct v1_propose propose = propose_of(purpose);
	uint8_t room[IKE_MESSAGE_MAX];
	struct wr wr = wr_of(room, sizeof(room));
	struct v1_choice choice;

	if (purpose == PROPOSAL_ESP)
		propose.group = v1_propose_group(propose.ours, propose.count);
	v1_propose_write(&propose, 0x1234567, &wr);
	if (wr.bad || v1_propose_choose(rd_of(room, wr_len(&wr)), &propose, &choice, NULL))
		abort();
}

// Any text comes back from the datagrams that it was sent in, and so does where it came from.
static void seal(struct ike *ike, const struct v1_keys *keys, struct rd text)
{
	const struct endpoint us = {.addr = addr_v4(0x0a000001), .port = 500};
	struct ike_sa sa = {.ike = ike, .local = us, .fragmentation = true};
	struct ike_head head = {.spi_i = 1, .spi_r = 2, .version = V1_VERSION, .id = 7};
	uint8_t room[IKE_MESSAGE_MAX];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct ike_packets packets = {};
	struct v1_iv iv = {}, before = iv, next;
	struct v1_frag frag = {};
	struct rd rd, message = {};
	struct v1_msg msg = {};
	struct ike_natt natt;
	struct ike_nonces none = {};

	ike->params.fragment_len = (uint32_t)(200 + rd_left(&text) % 100);
	v1_payload_hash_room(&chain, keys->prf->out_len);
	ike_payload_bytes(&chain, V1_PAYLOAD_VENDOR, text.p, rd_left(&text));
	v1_payload_dpd(&chain, V1_N_R_U_THERE, 1, 2, 3);
	v1_vendor_write(&chain, V1_VENDOR_NATT_ALL);
	if (v1_natt_write(&chain, V1_VENDOR_NATT_02, keys->prf, 1, 2, &us, &us) ||
		v1_hash_sign(keys, V1_HASH_1, head.id, none, &chain) !=
			(chain.wr.bad ? -EINVAL : 0))
		abort();
	if (v1_packet_write(&sa, keys, &iv, &head, &chain, &packets))
		return;
	for (rd = rd_of(packets.bytes, packets.len); rd_left(&rd);) {
		size_t len = rd_left(&rd) < packets.each ? rd_left(&rd) : packets.each;

		message = rd_sub(&rd, len);
		(void)ike_head_read(message.p, len, &head);
		if (v1_frag_is(&head) &&
			v1_frag_take(&frag, message.p, &head, &message) != !rd_left(&rd))
			abort();
	}
	(void)ike_head_read(message.p, rd_left(&message), &msg.head);
	if (v1_packet_open(ike, keys, message.p, &msg.head, &before, &next, &message) ||
		v1_msg_read(message, msg.head.next, &msg) ||
		!v1_hash_is_right(keys, V1_HASH_1, none, &msg) ||
		v1_natt_read(&msg, keys->prf, &us, &us, &natt) || natt.local || natt.remote ||
		v1_natt_mode(v1_vendor_natt(msg.vendors), &natt) != V1_MODE_TUNNEL ||
		!v1_msg_is_sa(v1_msg_notify(&msg, V1_N_R_U_THERE)->spi, 1, 2))
		abort();
	v1_frag_clear(&frag);
	ike_packets_free(&packets);
}

static void child(const struct v1_keys *keys, struct rd bytes)
{
	struct ike_child_keys child;
	const struct suite suite = {.encr = alg(ALG_DES_CBC), .integ = alg(ALG_HMAC_SHA512)};
	const struct ike_nonces nonces = {bytes, bytes};
	const struct v1_proof proof = {.ke_i = bytes, .sa_i = bytes};
	uint8_t sum[PRF_OUT_MAX];
	struct v1_iv iv;
	int err = v1_keymat_child(keys, &suite, &keys->a, nonces, 1, 2, &child);

	if ((err && err != -EKEYREJECTED) || v1_hash_proof(keys, &proof, true, sum) ||
		v1_iv_first(keys, bytes, bytes, &iv) || v1_iv_phase2(keys, &iv, 7, &iv))
		abort();
	ike_child_keys_fini(&child);
}

static void keys_init(struct v1_keys *keys)
{
	static const uint8_t bytes[32] = {1};
	const struct suite suite = {.encr = alg(ALG_3DES_CBC), .prf = alg(ALG_PRF_MD5)};
	const struct ike_nonces nonces = {rd_of(bytes, 16), rd_of(bytes, 16)};
	struct secret shared;

	if (secret_copy(&shared, bytes, sizeof(bytes)) ||
		v1_keymat_psk(&suite, &shared, &shared, nonces, 1, 2, keys))
		abort();
	secret_free(&shared);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	struct ike *ike = calloc(1, sizeof(*ike));
	struct v1_frag frag = {};
	struct v1_keys keys;

	if (!ike)
		abort();
	keys_init(&keys);
	for (unsigned int i = 0; i < MESSAGES && rd_left(&rd); i++) {
		uint8_t what = rd_u8(&rd), first = rd_u8(&rd);
		size_t take = rd_u16(&rd);
		struct rd bytes;

		if (take > rd_left(&rd))
			take = rd_left(&rd);
		bytes = rd_sub(&rd, take);
		if ((what & WHAT) == DATAGRAM)
			datagram(ike, &keys, &frag, bytes);
		else
			chain(&keys, bytes, first, (what & WHAT) == CLEAR ? 0 : V1_FLAG_ENCRYPTED,
				(what & WHAT) == PHASE2 ? 7 : 0);
		if (what & SEAL)
			seal(ike, &keys, bytes);
		if (what & OFFER)
			offer((enum proposal_for)(first % 2));
		if (what & CHILD)
			child(&keys, bytes);
	}
	v1_frag_clear(&frag);
	v1_keys_fini(&keys);
	free(ike);
	return 0;
}
