// Write a part of the corpora of the IKE fuzz targets: ike_later_corpus DIRECTORY fills
// DIRECTORY/ike_payload and DIRECTORY/ike_message with what comes to IKE SAs later: hints that one
// side has forgotten something, authentication anew, requests while helpers compute.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/made.h"
#include "ike/payload.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/v2/exchange.h"
#include "net/ip.h"

// As in ike_payload_fuzz.c.
enum { LATER = 128, RENEWS = 64 }; // of the state
enum { EXCHANGE = 3, ANSWER = 4, SOON = 8, SEALED = 16, ELSEWHERE = 32, NEWEST = 32, JOB = 64 };
enum { COMMAND = 128, LONG = 4, TICK = 0, INITIATE = 1, REKEY_IKE = 5, UNKNOWN_ESP = 8 };

enum { SPI_I = 0x1111, SPI_R = 0x2222, CHILD_OUT = 0x2000 }; // of made SAs
enum { COOKIES = 10 };

static const char *directory;
static uint8_t room[65536], chain_room[16384], answer_room[16384];
static struct wr program;

static void begin(unsigned int state)
{
	program = wr_of(room, sizeof(room));
	wr_u8(&program, (uint8_t)state);
}

static void end(const char *target, const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, target);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", directory, target, name);
	file = fopen(path, "w");
	if (program.bad || !file ||
		fwrite(program.base, 1, wr_len(&program), file) != wr_len(&program) || fclose(file))
		abort();
}

static void op(unsigned int what, unsigned int first, const void *b, size_t len)
{
	wr_u8(&program, (uint8_t)what);
	wr_u8(&program, (uint8_t)first);
	wr_u16(&program, (uint16_t)len);
	wr_copy(&program, b, len);
}

static void command(unsigned int how, unsigned int which)
{
	op(COMMAND | how, which, NULL, 0);
}

// The dataplane's time passes, and the child is no longer fresh.
static void ripen(void)
{
	command(SOON, TICK);
	command(SOON, TICK);
}

static struct ike_chain notification(uint16_t type, uint32_t value)
{
	struct ike_chain chain = ike_chain_of(chain_room, sizeof(chain_room));
	uint8_t data[4];

	be32_put(data, value);
	ike_payload_notify(&chain, type, 0, data, value ? sizeof(data) : 0);
	return chain;
}

static void say(unsigned int what, const struct ike_chain *chain)
{
	op(what, chain->first, chain->wr.base, wr_len(&chain->wr));
}

// A datagram in clear.
static size_t datagram(uint8_t *b, size_t size, uint64_t spi_i, uint64_t spi_r, uint8_t exchange,
	uint8_t flags, const struct ike_chain *chain)
{
	struct wr wr = wr_of(b, size);
	const struct ike_head head = {.spi_i = spi_i,
		.spi_r = spi_r,
		.version = IKE_VERSION,
		.exchange = exchange,
		.flags = flags,
		.next = chain->first,
		.len = (uint32_t)(IKE_HEAD + wr_len(&chain->wr))};

	ike_head_write(&wr, &head);
	wr_copy(&wr, chain->wr.base, wr_len(&chain->wr));
	return wr_len(&wr);
}

static void in_clear(unsigned int what, uint64_t spi_i, uint64_t spi_r, uint8_t flags,
	const struct ike_chain *chain)
{
	uint8_t b[512];

	op(what | SEALED, 0, b,
		datagram(b, sizeof(b), spi_i, spi_r, IKE_INFORMATIONAL, flags, chain));
}

static void hints(void)
{
	struct ike_chain chain;

	// ESP that nobody expects, with an IKE SA and without.
	begin(MADE_UP);
	command(0, UNKNOWN_ESP);
	command(SOON, UNKNOWN_ESP);
	command(LONG, UNKNOWN_ESP);
	end("ike_payload", "unknown_esp");
	begin(MADE_PROVING_INITIATOR);
	command(0, UNKNOWN_ESP);
	end("ike_payload", "unknown_esp_early");
	// The peer says so in clear, and cannot be believed,
	begin(MADE_UP);
	ripen();
	chain = notification(IKE_N_INVALID_SPI, CHILD_OUT);
	for (unsigned int i = 0; i < 3; i++)
		in_clear(i ? SOON : 0, 0, 0, IKE_FLAG_INITIATOR, &chain);
	end("ike_payload", "hint_esp");
	begin(MADE_UP);
	ripen();
	chain = notification(IKE_N_INVALID_IKE_SPI, 0);
	in_clear(0, SPI_I, SPI_R, IKE_FLAG_RESPONSE, &chain);
	in_clear(ELSEWHERE, SPI_I, SPI_R, IKE_FLAG_RESPONSE, &chain);
	end("ike_payload", "hint_ike");
	// or within the IKE SA.
	begin(MADE_UP);
	ripen();
	chain = notification(IKE_N_INVALID_SPI, CHILD_OUT);
	say(EXCHANGE, &chain);
	say(EXCHANGE, &chain);
	end("ike_payload", "hint_within");
}

// The IKE_SA_INIT message that one step of an end makes it send; 0: none.
static size_t sent(struct made *end, struct ike_in in, uint8_t *b)
{
	size_t len = 0;

	in.now = end->now;
	if (ike_step(end->ike, &in, &end->out))
		abort();
	for (size_t i = 0; i < end->out.count; i++) {
		const struct ike_act *act = &end->out.act[i];
		struct ike_head head;

		if (act->type == IKE_ACT_SEND &&
			!ike_head_read(act->send.data, act->send.len, &head) &&
			head.exchange == IKE_SA_INIT) {
			len = act->send.len;
			memcpy(b, act->send.data, len);
		}
	}
	ike_out_clear(&end->out);
	return len;
}

// What the other end, right or left, answers to an IKE_SA_INIT request.
static size_t hello(bool right, const uint8_t *request, size_t len, uint8_t *b)
{
	struct made end;

	made_init(&end, right, false, false);
	len = sent(&end,
		(struct ike_in){.type = IKE_IN_DATAGRAM,
			.local = end.conf.conf.local,
			.remote = end.conf.conf.remote,
			.data = request,
			.len = len},
		b);
	made_fini(&end);
	if (!len)
		abort();
	return len;
}

// An IKE_AUTH request of the left one's; proofs are taken for right.
static struct ike_chain proof(void)
{
	struct ike_chain request = ike_chain_of(chain_room, sizeof(chain_room));
	struct ike_request *req = ike_request_new(&v2_exchanges[V2_AUTH]);
	struct made left;
	struct ike_sa *sa;

	made_init(&left, false, false, false);
	made_begin(&left);
	sa = made_sa(&left, false, MADE_PROVING_RESPONDER);
	if (!req || req->row->build(sa, req, &request))
		abort();
	ike_request_free(req);
	made_finish(&left);
	made_fini(&left);
	return request;
}

// The right one's response.
static struct ike_chain proof_answered(void)
{
	struct ike_chain answer = ike_chain_of(answer_room, sizeof(answer_room)), request = proof();
	struct ike_msg msg = {.head = {.exchange = IKE_AUTH, .spi_i = SPI_I, .spi_r = SPI_R}};
	struct made right;
	struct ike_sa *sa;

	made_init(&right, true, false, false);
	made_begin(&right);
	sa = made_sa(&right, true, MADE_PROVING_RESPONDER);
	if (ike_msg_read(rd_of(request.wr.base, wr_len(&request.wr)), request.first, &msg))
		abort();
	v2_exchanges[V2_AUTH].respond(sa, &msg, &answer);
	made_finish(&right);
	made_fini(&right);
	return answer;
}

// The peer tells how long its proof holds; in time the left one begins anew. The SPI of that is
// what the fuzzer's endpoint draws, too.
static size_t began_anew(struct made *left, const struct ike_chain *told, uint8_t *request)
{
	struct ike_head head = {.spi_i = SPI_I,
		.spi_r = SPI_R,
		.version = IKE_VERSION,
		.exchange = IKE_INFORMATIONAL,
		.id = 1};
	struct ike_sa *sa;

	made_init(left, false, false, false);
	made_begin(left);
	sa = made_sa(left, false, MADE_UP);
	made_finish(left);
	made_begin(left);
	v2_take_plain(sa, &head, rd_of(told->wr.base, wr_len(&told->wr)), told->first);
	made_finish(left);
	left->now += MONO_S(11);
	return sent(left, (struct ike_in){.type = IKE_IN_TICK}, request);
}

static void reauthentication(void)
{
	static uint8_t request[4096], b[4096];
	struct ike_chain told = notification(IKE_N_AUTH_LIFETIME, 5), answer;
	struct made left;
	size_t len = began_anew(&left, &told, request);

	len = hello(true, request, len, b);
	made_fini(&left);
	for (unsigned int later = 0; later <= LATER; later += LATER) {
		begin(MADE_UP | later);
		told = notification(IKE_N_AUTH_LIFETIME, 5);
		say(EXCHANGE, &told);
		command(LONG, TICK);
		if (later)
			command(JOB, TICK);
		op(SEALED, 0, b, len);
		if (later)
			command(JOB, TICK);
		answer = proof_answered();
		say(ANSWER | NEWEST, &answer);
		command(LONG, TICK);
		end("ike_payload", later ? "reauth_later" : "reauth");
	}
	// By itself, and as it is told to others.
	begin(MADE_UP | RENEWS);
	command(0, REKEY_IKE);
	command(0, REKEY_IKE);
	for (unsigned int i = 0; i < 5; i++)
		command(LONG, TICK);
	end("ike_payload", "reauth_wanted");
}

// The left one proves itself to the fuzzer's right one, which tells it of a lifetime, or which has
// begun itself meanwhile.
static void responding(void)
{
	static uint8_t request[4096], b[4096];
	struct ike_chain asked = proof();
	struct made right;
	size_t len;

	begin(MADE_PROVING_RESPONDER | RENEWS);
	say(IKE_AUTH - IKE_SA_INIT, &asked);
	end("ike_payload", "auth_lifetime");
	made_init(&right, true, false, false);
	made_begin(&right);
	made_sa(&right, true, MADE_PROVING_RESPONDER);
	made_finish(&right);
	len = sent(&right, (struct ike_in){.type = IKE_IN_INITIATE, .tunnel = 1}, request);
	made_fini(&right);
	len = hello(false, request, len, b);
	begin(MADE_PROVING_RESPONDER);
	command(0, INITIATE);
	say(IKE_AUTH - IKE_SA_INIT, &asked);
	op(SEALED, 0, b, len);
	end("ike_payload", "auth_meanwhile");
}

// Strangers' requests while helpers compute, and from behind a NAT that they do not speak of.
static void strangers(void)
{
	static uint8_t request[4096];
	char name[64];

	for (unsigned int i = 0; i < 4; i++) {
		bool silent = i & 1, later = i & 2;
		struct made right;
		size_t len;

		made_init(&right, true, false, false);
		right.conf.conf.natt = !silent;
		if (ike_conf_set(right.ike, &right.conf.conf, right.now, &right.out, NULL))
			abort();
		len = sent(&right, (struct ike_in){.type = IKE_IN_INITIATE, .tunnel = 1}, request);
		begin(MADE_UP | (later ? LATER : 0));
		for (unsigned int again = 0; again < 2; again++)
			op(SEALED | (silent ? ELSEWHERE : 0), 0, request, len);
		command(JOB, TICK);
		op(SEALED | (silent ? ELSEWHERE : 0), 0, request, len);
		snprintf(name, sizeof(name), "stranger_%u", i);
		end("ike_payload", name);
		made_fini(&right);
	}
}

// The answer to IKE_SA_INIT is a notification, again and again.
static void refusals(void)
{
	static const struct {
		const char *name;
		uint16_t type;
		unsigned int times;
	} row[] = {{"cookies", IKE_N_COOKIE, COOKIES},
		{"unwanted_version", IKE_N_INVALID_MAJOR_VERSION, 1}};
	struct made left;
	uint64_t spi;

	made_init(&left, false, true, false);
	spi = left.ike->sas->spi;
	made_fini(&left);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		begin(1);
		for (unsigned int k = 0; k < row[i].times; k++) {
			struct ike_chain chain = notification(
				row[i].type, row[i].type == IKE_N_COOKIE ? k + 1 : 0);
			uint8_t b[512];
			size_t len = datagram(
				b, sizeof(b), spi, 0, IKE_SA_INIT, IKE_FLAG_RESPONSE, &chain);

			wr_u8(&program, 0);
			wr_u16(&program, (uint16_t)len);
			wr_copy(&program, b, len);
		}
		end("ike_message", row[i].name);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: ike_later_corpus DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	hints();
	reauthentication();
	responding();
	strangers();
	refusals();
	return 0;
}
