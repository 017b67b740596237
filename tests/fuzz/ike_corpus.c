// Write the corpora of the IKE fuzz targets: ike_corpus DIRECTORY fills DIRECTORY/ike_payload and
// DIRECTORY/ike_message with what two endpoints would say to each other.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/made.h"
#include "ike/child.h"
#include "ike/packet.h"
#include "ike/payload.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/v2/exchange.h"

static const char *directory;
static uint8_t room[65536];

static void save(const char *target, const char *name, const struct wr *wr)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, target);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", directory, target, name);
	file = fopen(path, "w");
	if (wr->bad || !file || fwrite(wr->base, 1, wr_len(wr), file) != wr_len(wr) || fclose(file))
		abort();
}

static void put_message(struct wr *wr, uint8_t exchange, bool answer, const struct ike_chain *chain)
{
	wr_u8(wr, (uint8_t)((exchange - IKE_SA_INIT) | (answer ? 4 : 0)));
	wr_u8(wr, chain->first);
	wr_u16(wr, (uint16_t)wr_len(&chain->wr));
	wr_copy(wr, chain->wr.base, wr_len(&chain->wr));
}

// The request that one side builds in a state, or another side's answer to it.
static uint8_t chain_room[16384], answer_room[16384];

static struct ike_chain request_of(struct ike_sa *sa, enum v2_exchange_id id)
{
	struct ike_chain chain = ike_chain_of(chain_room, sizeof(chain_room));
	struct ike_request *req = ike_request_new(&v2_exchanges[id]);

	if (!req || req->row->build(sa, req, &chain))
		abort();
	ike_request_free(req);
	return chain;
}

static struct ike_chain answer_of(struct ike_sa *sa, const struct ike_chain *request, uint8_t type)
{
	struct ike_chain chain = ike_chain_of(answer_room, sizeof(answer_room));
	struct ike_msg msg = {.head = {.exchange = type, .spi_i = sa->spi_i, .spi_r = sa->spi_r}};
	const struct v2_exchange *row;

	if (ike_msg_read(rd_of(request->wr.base, wr_len(&request->wr)), request->first, &msg))
		abort();
	row = v2_exchange_of(&msg);
	row->respond(sa, &msg, &chain);
	return chain;
}

static const struct {
	const char *name;
	enum v2_exchange_id id;
	enum made_state asks;  // whose request is answered
	enum made_state hears; // who hears such a request
} talks[] = {
	{"auth", V2_AUTH, MADE_PROVING_INITIATOR, MADE_PROVING_RESPONDER},
	{"new_child", V2_NEW_CHILD, MADE_NEW_CHILD, MADE_UP},
	{"rekey_child", V2_REKEY_CHILD, MADE_REKEY_CHILD, MADE_UP},
	{"rekey_ike", V2_REKEY_IKE, MADE_REKEY_IKE, MADE_UP},
	{"delete_child", V2_DELETE_CHILD, MADE_DELETE_CHILD, MADE_UP},
	{"alive", V2_INFO, MADE_ALIVE, MADE_UP},
	{"delete_ike", V2_DELETE_IKE, MADE_CLOSING, MADE_UP},
};

// The state's own wish, as its request would be built, without sending it.
static void want(struct ike_sa *sa, enum v2_exchange_id id)
{
	struct ike_child *child = TAILQ_FIRST(&sa->children);

	if (id == V2_REKEY_CHILD)
		child->want_rekey = true;
	if (id == V2_DELETE_CHILD)
		ike_child_close(child);
}

// The peer rekeys the same thing, and then answers our rekey.
static void collide(size_t i, struct ike_sa *peer, const struct ike_chain *answer)
{
	struct wr wr = wr_of(room, sizeof(room));
	struct ike_chain request;
	char name[64];

	want(peer, talks[i].id);
	request = request_of(peer, talks[i].id);
	wr_u8(&wr, talks[i].asks);
	put_message(&wr, IKE_CREATE_CHILD_SA, false, &request);
	put_message(&wr, IKE_CREATE_CHILD_SA, true, answer);
	snprintf(name, sizeof(name), "%s_collides", talks[i].name);
	save("ike_payload", name, &wr);
}

static void talk(size_t i)
{
	bool auth = talks[i].id == V2_AUTH;
	uint8_t type = v2_exchanges[talks[i].id].type;
	struct ike_chain request, answer;
	struct made left, right;
	struct ike_sa *asks, *hears;
	char name[64];
	struct wr wr;

	// To be heard: AUTH goes from left to right; otherwise the fuzzer's SA is the left one.
	made_init(&left, false, false, false);
	made_init(&right, true, false, false);
	made_begin(&left);
	made_begin(&right);
	asks = made_sa(&left, false, auth ? MADE_PROVING_RESPONDER : MADE_UP);
	hears = made_sa(&right, true, auth ? MADE_PROVING_RESPONDER : MADE_UP);
	want(auth ? asks : hears, talks[i].id);
	request = request_of(auth ? asks : hears, talks[i].id);
	wr = wr_of(room, sizeof(room));
	wr_u8(&wr, talks[i].hears);
	put_message(&wr, type, false, &request);
	put_message(&wr, type, false, &request);
	snprintf(name, sizeof(name), "%s_request", talks[i].name);
	save("ike_payload", name, &wr);
	// The same while we are busy with each other exchange.
	for (uint8_t state = MADE_NEW_CHILD; !auth && state < MADE_STATES; state++) {
		wr = wr_of(room, sizeof(room));
		wr_u8(&wr, state);
		put_message(&wr, type, false, &request);
		snprintf(name, sizeof(name), "%s_request_in_%u", talks[i].name, state);
		save("ike_payload", name, &wr);
	}
	made_finish(&left);
	made_finish(&right);
	made_fini(&left);
	made_fini(&right);

	// To be answered: the left one asks.
	made_init(&left, false, false, false);
	made_init(&right, true, false, false);
	made_begin(&left);
	made_begin(&right);
	asks = made_sa(&left, false, auth ? MADE_PROVING_RESPONDER : MADE_UP);
	hears = made_sa(&right, true, talks[i].hears);
	want(asks, talks[i].id);
	request = request_of(asks, talks[i].id);
	answer = answer_of(hears, &request, type);
	wr = wr_of(room, sizeof(room));
	wr_u8(&wr, talks[i].asks);
	put_message(&wr, type, true, &answer);
	snprintf(name, sizeof(name), "%s_answer", talks[i].name);
	save("ike_payload", name, &wr);
	if (talks[i].id == V2_REKEY_CHILD || talks[i].id == V2_REKEY_IKE)
		collide(i, hears, &answer);
	made_finish(&left);
	made_finish(&right);
	made_fini(&left);
	made_fini(&right);
}

// Error notifications as answers to everything.
static void refuse(uint16_t type)
{
	static const uint8_t group[2] = {0, 19};

	for (uint8_t state = MADE_PROVING_INITIATOR; state < MADE_STATES; state++) {
		struct ike_chain chain = ike_chain_of(chain_room, sizeof(chain_room));
		struct wr wr = wr_of(room, sizeof(room));
		char name[64];

		ike_payload_notify(
			&chain, type, 0, group, type == IKE_N_INVALID_KE_PAYLOAD ? 2 : 0);
		wr_u8(&wr, state);
		put_message(&wr, IKE_INFORMATIONAL, true, &chain);
		snprintf(name, sizeof(name), "refused_%u_in_%u", type, state);
		save("ike_payload", name, &wr);
	}
}

// The operator's commands in each state, with the arithmetic done in the step or by helpers.
static void commanded(void)
{
	enum { WAIT = 8, JOB = 64, COMMAND = 128, LATER = 128, CHILD = 8, COMMANDS = 8 };
	char name[64];

	for (uint8_t state = 0; state < MADE_STATES; state++) {
		for (uint8_t later = 0; later < 2; later++) {
			struct wr wr = wr_of(room, sizeof(room));

			wr_u8(&wr, state | (later ? LATER : 0));
			for (uint8_t i = 0; i < COMMANDS; i++) {
				wr_u8(&wr, COMMAND | WAIT | (i % 2 ? JOB : 0));
				wr_u8(&wr, (uint8_t)((i + 3) % COMMANDS) | (later ? CHILD : 0));
				wr_u16(&wr, 0);
			}
			snprintf(name, sizeof(name), "commands_%u_%u", state, later);
			save("ike_payload", name, &wr);
		}
	}
}

// A request that is heard while helpers compute, and the result that comes between.
static void talk_later(size_t i)
{
	struct ike_chain request;
	struct made right;
	struct ike_sa *asks;
	char name[64];

	if (v2_exchanges[talks[i].id].type != IKE_CREATE_CHILD_SA)
		return;
	made_init(&right, true, false, false);
	made_begin(&right);
	asks = made_sa(&right, true, MADE_UP);
	want(asks, talks[i].id);
	request = request_of(asks, talks[i].id);
	for (uint8_t state = MADE_UP; state < MADE_STATES; state++) {
		struct wr wr = wr_of(room, sizeof(room));

		if (state == MADE_PROVING_RESPONDER || state == MADE_PROVING_INITIATOR)
			continue;
		wr_u8(&wr, 128 | state);
		put_message(&wr, IKE_CREATE_CHILD_SA, false, &request);
		put_message(&wr, IKE_CREATE_CHILD_SA, false, &request);
		wr_u32(&wr, 0xc0000000); // the job comes back
		snprintf(name, sizeof(name), "%s_later_in_%u", talks[i].name, state);
		save("ike_payload", name, &wr);
	}
	made_finish(&right);
	made_fini(&right);
}

static struct wr datagrams;

static void put_datagram(const struct ike_act_send *send)
{
	bool marked = send->local.port == 4500;

	wr_u8(&datagrams, marked);
	wr_u16(&datagrams, (uint16_t)send->len);
	wr_copy(&datagrams, send->data, send->len);
}

// Let one side take what the other one sent; both lists of datagrams become corpus entries.
static void deliver(struct made *from, struct made *to)
{
	for (size_t i = 0; i < from->out.count; i++) {
		const struct ike_act_send *send = &from->out.act[i].send;
		struct ike_in in = {.type = IKE_IN_DATAGRAM, .now = to->now};

		if (from->out.act[i].type != IKE_ACT_SEND)
			continue;
		in.local = send->remote;
		in.remote = send->local;
		in.data = send->data;
		in.len = send->len;
		put_datagram(send);
		if (ike_step(to->ike, &in, &to->out))
			abort();
	}
	ike_out_clear(&from->out);
}

static void initiate(struct made *end)
{
	struct ike_in in = {.type = IKE_IN_INITIATE, .now = end->now, .tunnel = 1};

	if (ike_step(end->ike, &in, &end->out))
		abort();
}

// Everything once more, when the half-open exchanges are over and the secret behind the cookies has
// changed: an empty datagram lets the time pass.
static void repeat_late(void)
{
	size_t len = wr_len(&datagrams) - 1;

	wr_u8(&datagrams, 8);
	wr_u16(&datagrams, 0);
	wr_copy(&datagrams, memcpy(answer_room, datagrams.base + 1, len), len);
}

// An exchange between given proposals, NULL: the fuzzer's own. state 0 and 3 hear the requests, 1
// the answers, 2 everything.
static void handshake(const char *name, uint8_t state, const char *left_ike, const char *right_ike)
{
	struct made left, right;

	made_init(&left, false, false, false);
	made_init(&right, true, false, state == 3);
	if (left_ike) {
		sim_conf_ike(&left.conf, left_ike);
		left.conf.conf.ike = left.conf.ike;
	}
	if (right_ike) {
		sim_conf_ike(&right.conf, right_ike);
		right.conf.conf.ike = right.conf.ike;
	}
	if (ike_conf_set(left.ike, &left.conf.conf, left.now, &left.out, NULL) ||
		ike_conf_set(right.ike, &right.conf.conf, right.now, &right.out, NULL))
		abort();
	datagrams = wr_of(room, sizeof(room));
	wr_u8(&datagrams, state);
	for (unsigned int again = 0; again <= (state == 3); again++) {
		initiate(&left);
		for (unsigned int turn = 0; turn < 4; turn++) {
			struct wr keep = datagrams;

			// The first one's request arrives, its answer never: it stays half-open.
			deliver(&left, &right);
			if (state == 1)
				datagrams = keep;
			keep = datagrams;
			if (state == 3 && !again)
				break;
			deliver(&right, &left);
			if (state != 1)
				datagrams = keep;
		}
		ike_out_clear(&right.out);
		if (state == 3 && !again && ike_conf_del(left.ike, 1, left.now, &left.out))
			abort();
		ike_out_clear(&left.out);
		if (state == 3 && !again &&
			ike_conf_set(left.ike, &left.conf.conf, left.now, &left.out, NULL))
			abort();
	}
	if (state == 3)
		repeat_late();
	save("ike_message", name, &datagrams);
	made_fini(&left);
	made_fini(&right);
}

// A bare notification as a request or as the answer to IKE_SA_INIT; its SPI is the one that the
// fuzzer's endpoint draws.
static void bare(const char *name, uint8_t flags, uint8_t version, uint16_t type, size_t len)
{
	static const uint8_t data[40] = {0, 19};
	struct ike_chain chain = ike_chain_of(chain_room, sizeof(chain_room));
	struct wr wr = wr_of(answer_room, sizeof(answer_room));
	struct made left;
	struct ike_head head;

	made_init(&left, false, true, false);
	head = (struct ike_head){.spi_i = left.ike->sas->spi,
		.version = version,
		.exchange = IKE_SA_INIT,
		.flags = flags};
	made_fini(&left);
	ike_payload_notify(&chain, type, 0, data, len);
	head.next = chain.first;
	head.len = (uint32_t)(IKE_HEAD + wr_len(&chain.wr));
	ike_head_write(&wr, &head);
	wr_copy(&wr, chain.wr.base, wr_len(&chain.wr));
	datagrams = wr_of(room, sizeof(room));
	wr_u8(&datagrams, 1);
	wr_u8(&datagrams, 0);
	wr_u16(&datagrams, (uint16_t)wr_len(&wr));
	wr_copy(&datagrams, wr.base, wr_len(&wr));
	save("ike_message", name, &datagrams);
}

// Protected messages of the established SA with a wrong tag, whole and in fragments.
static void forge(const char *name, uint8_t next)
{
	const struct ike_head head = {.spi_i = 0x1111,
		.spi_r = 0x2222,
		.next = next,
		.version = IKE_VERSION,
		.exchange = IKE_INFORMATIONAL,
		.id = 1,
		.len = IKE_HEAD + 4 + 4 + 64};

	datagrams = wr_of(room, sizeof(room));
	wr_u8(&datagrams, 2);
	wr_u8(&datagrams, 0);
	wr_u16(&datagrams, (uint16_t)head.len);
	ike_head_write(&datagrams, &head);
	wr_u16(&datagrams, 0x2900);
	wr_u16(&datagrams, 4 + 4 + 64);
	wr_u32(&datagrams, 0x00010002);
	wr_zero(&datagrams, 64);
	save("ike_message", name, &datagrams);
}

static const struct {
	const char *name;
	uint8_t state;
	const char *left, *right;
} handshakes[] = {
	{"handshake_0", 0, NULL, NULL},
	{"handshake_1", 1, NULL, NULL},
	{"handshake_2", 2, NULL, NULL},
	{"handshake_3", 3, NULL, NULL},
	{"gcm_0", 0, "aes256gcm16-prfsha384-x25519", NULL},
	{"gcm_1", 1, NULL, "aes256gcm16-prfsha384-x25519"},
	{"another_group_0", 0, "aes128-sha256-modp2048-ecp256", NULL},
	{"another_group_1", 1, NULL, "aes128-sha256-ecp256"},
	{"no_proposal_0", 0, "aes256-sha512-modp2048", NULL},
	{"no_proposal_1", 1, NULL, "aes256-sha512-modp2048"},
};

// Requests of the right one, sealed with the keys that the fuzzer's SA has: whole or in fragments,
// each twice.
static void sealed(const char *name, uint8_t elsewhere, unsigned int notifications)
{
	static const uint8_t zero[60];
	struct ike_chain chain = ike_chain_of(chain_room, sizeof(chain_room));
	struct ike_packets packets = {};
	struct made right;
	struct ike_sa *sa;
	char path[64];
	struct wr wr;
	struct rd rd;

	made_init(&right, true, false, false);
	made_begin(&right);
	sa = made_sa(&right, true, MADE_UP);
	for (unsigned int i = 0; i < notifications; i++)
		ike_payload_notify(&chain, 40000, 0, zero, sizeof(zero));
	if (ike_packet_seal(sa, IKE_INFORMATIONAL, false, 1, &chain, &packets))
		abort();
	wr = wr_of(room, sizeof(room));
	wr_u8(&wr, MADE_UP);
	for (unsigned int again = 0; again < 2; again++) {
		rd = rd_of(packets.bytes, packets.len);
		while (rd_left(&rd)) {
			size_t len = rd_left(&rd) < packets.each ? rd_left(&rd) : packets.each;

			wr_u8(&wr, elsewhere ? 48 : 16);
			wr_u8(&wr, 0);
			wr_u16(&wr, (uint16_t)len);
			wr_copy(&wr, rd_take(&rd, len), len);
		}
	}
	snprintf(path, sizeof(path), "%s_%u", name, elsewhere);
	save("ike_payload", path, &wr);
	ike_packets_free(&packets);
	made_finish(&right);
	made_fini(&right);
}

int main(int argc, char **argv)
{
	static const uint16_t errors[] = {IKE_N_AUTHENTICATION_FAILED, IKE_N_NO_PROPOSAL_CHOSEN,
		IKE_N_TS_UNACCEPTABLE, IKE_N_INVALID_KE_PAYLOAD, IKE_N_TEMPORARY_FAILURE,
		IKE_N_CHILD_SA_NOT_FOUND, 12345};

	if (argc != 2) {
		fprintf(stderr, "usage: ike_corpus DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++)
		talk(i);
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++)
		talk_later(i);
	commanded();
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		refuse(errors[i]);
	for (size_t i = 0; i < sizeof(handshakes) / sizeof(handshakes[0]); i++)
		handshake(handshakes[i].name, handshakes[i].state, handshakes[i].left,
			handshakes[i].right);
	for (uint8_t to = 0; to < 2; to++) {
		sealed("sealed_whole", to, 1);
		sealed("sealed_fragments", to, 12);
	}
	bare("cookie", IKE_FLAG_RESPONSE, IKE_VERSION, IKE_N_COOKIE, 40);
	bare("wrong_group", IKE_FLAG_RESPONSE, IKE_VERSION, IKE_N_INVALID_KE_PAYLOAD, 2);
	bare("refused", IKE_FLAG_RESPONSE, IKE_VERSION, IKE_N_NO_PROPOSAL_CHOSEN, 0);
	bare("unknown_error", IKE_FLAG_RESPONSE, IKE_VERSION, 12345, 0);
	bare("next_version", IKE_FLAG_INITIATOR, 0x30, IKE_N_COOKIE, 40);
	bare("other_version", IKE_FLAG_RESPONSE, 0x30, IKE_N_COOKIE, 40);
	forge("forged", IKE_PAYLOAD_SK);
	forge("forged_fragment", IKE_PAYLOAD_SKF);
	return 0;
}
