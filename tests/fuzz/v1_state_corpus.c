// Write a part of the corpus of the fuzz target v1_state: v1_state_corpus DIRECTORY fills
// DIRECTORY/v1_state with talks in which something is wrong, comes twice, too early or never.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ike/ike.h"
#include "ike/packet.h"
#include "ike/v1/payload.h"
#include "ike/v1/propose.h"

// As in v1_state_fuzz.c.
enum { MAIN = 0, AGGRESSIVE = 1, BEGINS = 2, LATER = 4, DIFFERS = 8 };
enum { PASS, CHANGE, LOSE, RAW, TEXT, COMMAND, WAIT, JOB };
enum { TWICE = 1, NEWEST = 2 };
enum { CLEAR = 32, PIECES = 64, OF_QUICK = 128 };
enum { IN_MAIN = 0, IN_AGGRESSIVE = 8, IN_QUICK = 16, IN_INFORMATIONAL = 24 };
enum { UNKNOWN_ESP = 8, TERMINATE_CHILD = 10, REKEY_CHILD = 4, TRAFFIC = 6 };
enum { LONG = 128, HASH = 32, KE = 32, NONCE = 32, SPI = 0x12345678 };

static const char *directory;
static uint8_t room[16384];
static struct wr program;

static void end(const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/v1_state", directory);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/v1_state/%s", directory, name);
	file = fopen(path, "w");
	if (program.bad || !file ||
		fwrite(program.base, 1, wr_len(&program), file) != wr_len(&program) || fclose(file))
		abort();
}

static void op(unsigned int what, unsigned int which, const void *b, size_t len)
{
	wr_u8(&program, (uint8_t)what);
	wr_u8(&program, (uint8_t)which);
	wr_u16(&program, (uint16_t)len);
	wr_copy(&program, b, len);
}

static void ops(unsigned int n, unsigned int what, unsigned int which)
{
	while (n--)
		op(what, which, NULL, 0);
}

// Some of the peer's messages have arrived. Main mode has three to either side, as one begins.
static void begin(unsigned int mode, unsigned int passes)
{
	program = wr_of(room, sizeof(room));
	wr_u8(&program, (uint8_t)mode);
	ops(passes, PASS, 0);
}

// Texts

static uint8_t chain_room[8192];
static struct ike_chain chain;

static void chain_begin(void)
{
	chain = ike_chain_of(chain_room, sizeof(chain_room));
}

static void text(unsigned int how)
{
	if (chain.wr.bad)
		abort();
	op(TEXT | how, chain.first, chain.wr.base, wr_len(&chain.wr));
}

static void raw(uint8_t version, uint8_t exchange)
{
	static uint8_t datagram[4096];
	struct wr wr = wr_of(datagram, sizeof(datagram));
	const struct ike_head head = {.spi_i = 0x77,
		.version = version,
		.exchange = exchange,
		.next = chain.first,
		.len = (uint32_t)(IKE_HEAD + wr_len(&chain.wr))};

	ike_head_write(&wr, &head);
	wr_copy(&wr, chain.wr.base, wr_len(&chain.wr));
	op(RAW, 0, datagram, wr_len(&wr));
}

static void put_bytes(uint8_t type, size_t len)
{
	static const uint8_t bytes[2048] = {9};

	ike_payload_bytes(&chain, type, bytes, len);
}

static void put_sa(enum proposal_for purpose, const char *proposal)
{
	struct proposal p;
	struct v1_propose propose = {
		.purpose = purpose, .ours = &p, .count = 1, .mode = V1_MODE_TUNNEL, .life_s = 3600};

	if (proposal_read(proposal, purpose, &p, NULL))
		abort();
	propose.group = purpose == PROPOSAL_ESP ? v1_propose_group(&p, 1) : NULL;
	ike_payload_begin(&chain, V1_PAYLOAD_SA);
	v1_propose_write(&propose, SPI, &chain.wr);
	ike_payload_end(&chain);
}

static void put_id(const char *hex)
{
	uint8_t body[64];
	int len = hex_read(hex, body, sizeof(body));

	if (len < 0)
		abort();
	ike_payload_bytes(&chain, V1_PAYLOAD_ID, body, (size_t)len);
}

static const char our_ike[] = "aes128-sha256-x25519", our_esp[] = "aes128-sha1-x25519";

// Phase 1

static const char *const peers[] = {
	"01000000c0000209", "63000000c0000202", "02000000632e6578616d706c65"};
static const size_t keys[] = {KE, KE - 1};
static const size_t hashes[] = {HASH, HASH - 1};

static void aggressive_chain(const char *proposal, size_t ke, const char *id, size_t hash)
{
	chain_begin();
	put_sa(PROPOSAL_IKE, proposal);
	put_bytes(V1_PAYLOAD_KE, ke);
	put_bytes(V1_PAYLOAD_NONCE, NONCE);
	put_id(id);
	if (hash)
		put_bytes(V1_PAYLOAD_HASH, hash);
}

static void phase1(void)
{
	static const char *const proposals[] = {our_ike, "aes256-sha512-modp2048"};
	static const char ours[] = "02000000622e6578616d706c65";
	char name[64];

	for (unsigned int i = 0; i < 4; i++) {
		bool ke = i == 1, id = i == 2, hash = i == 3;

		// As our message 2.
		begin(AGGRESSIVE | BEGINS, 0);
		aggressive_chain(proposals[0], keys[ke], id ? peers[2] : ours, hashes[hash]);
		text(IN_AGGRESSIVE | CLEAR);
		ops(3, PASS, 0);
		snprintf(name, sizeof(name), "aggressive_2_%u", i);
		end(name);
		// As message 1.
		begin(AGGRESSIVE, 0);
		aggressive_chain(proposals[hash], keys[ke], id ? peers[2] : ours, 0);
		raw(V1_VERSION, V1_AGGRESSIVE);
		raw(V1_VERSION, V1_AGGRESSIVE);
		snprintf(name, sizeof(name), "aggressive_1_%u", i);
		end(name);
	}
	begin(AGGRESSIVE | BEGINS, 0);
	aggressive_chain(proposals[1], KE, ours, HASH);
	text(IN_AGGRESSIVE | CLEAR);
	end("aggressive_2_proposal");
	begin(AGGRESSIVE, 1);
	chain_begin();
	put_bytes(V1_PAYLOAD_HASH, HASH - 1);
	text(IN_AGGRESSIVE);
	end("aggressive_3_hash");
	begin(MAIN | BEGINS, 0);
	chain_begin();
	put_sa(PROPOSAL_IKE, proposals[1]);
	text(IN_MAIN | CLEAR);
	ops(4, PASS, 0);
	end("main_2_proposal");
	// Messages 3 and 4, 5 and 6.
	for (unsigned int begins = 0; begins <= BEGINS; begins += BEGINS) {
		begin(begins, 1);
		chain_begin();
		put_bytes(V1_PAYLOAD_KE, KE - 1);
		put_bytes(V1_PAYLOAD_NONCE, NONCE);
		text(IN_MAIN | CLEAR);
		ops(4, PASS, 0);
		snprintf(name, sizeof(name), "main_ke_%u", begins);
		end(name);
		// The first NAT-D behind KE and nonce.
		begin(begins, 1);
		op(CHANGE, 0, "\1\0\150\125", 4);
		ops(5, PASS, 0);
		snprintf(name, sizeof(name), "main_nat_%u", begins);
		end(name);
		for (unsigned int i = 0; i < 4; i++) {
			begin(begins, 2);
			chain_begin();
			put_id(peers[i % 3]);
			put_bytes(V1_PAYLOAD_HASH, hashes[i == 3]);
			text(IN_MAIN);
			ops(2, PASS, 0);
			snprintf(name, sizeof(name), "main_id_%u_%u", begins, i);
			end(name);
		}
	}
	// The commit bit in message 2.
	begin(MAIN | BEGINS, 0);
	op(CHANGE, 0, "\1\0\23\2", 4);
	ops(4, PASS, 0);
	end("commit");
}

// Notifications while proofs are on their way: with a HASH, without, and in front of it.
static void proving(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		char name[64];

		begin(MAIN | BEGINS, 2);
		chain_begin();
		if (!i)
			v1_payload_hash_room(&chain, HASH);
		v1_payload_notify(&chain, V1_N_AUTHENTICATION_FAILED, 1, 2, NULL, 0);
		if (i == 2)
			put_bytes(V1_PAYLOAD_HASH, HASH);
		text(IN_INFORMATIONAL);
		ops(2, PASS, 0);
		text(IN_INFORMATIONAL);
		snprintf(name, sizeof(name), "proving_%u", i);
		end(name);
	}
}

// What is the same in every mode

static void modes(void)
{
	char name[64];

	for (unsigned int mode = 0; mode < 4; mode++) {
		begin(mode, 0);
		ops(6, PASS, TWICE);
		op(COMMAND, REKEY_CHILD, NULL, 0);
		ops(3, PASS, TWICE);
		snprintf(name, sizeof(name), "twice_%u", mode);
		end(name);
		begin(mode, 0);
		ops(12, PASS, NEWEST);
		snprintf(name, sizeof(name), "newest_%u", mode);
		end(name);
		begin(mode | DIFFERS, 6);
		op(COMMAND, REKEY_CHILD, NULL, 0);
		ops(3, PASS, 0);
		snprintf(name, sizeof(name), "lifetimes_%u", mode);
		end(name);
		// While a helper computes, the next message comes.
		for (unsigned int i = 0; i < 5; i++) {
			begin(mode | LATER, 0);
			ops(1, JOB, 0);
			for (unsigned int k = 0; k < 5; k++) {
				ops(1, PASS, k == i ? TWICE : 0);
				ops(k == 4 ? 3 : 2, JOB, 0);
			}
			ops(3, PASS, 0);
			snprintf(name, sizeof(name), "deferred_%u_%u", mode, i);
			end(name);
		}
	}
}

// A long message in fragments.
static void fragments(unsigned int begins)
{
	char name[64];

	begin(begins, 5);
	chain_begin();
	v1_payload_hash_room(&chain, HASH);
	v1_payload_dpd(&chain, V1_N_R_U_THERE, 1, 2, 7);
	put_bytes(V1_PAYLOAD_VENDOR, 2000);
	text(IN_INFORMATIONAL | PIECES);
	snprintf(name, sizeof(name), "fragments_%u", begins);
	end(name);
}

// Quick mode

static const char ours_10_1[] = "040000000a010000ffff0000",
		  theirs_10_2[] = "040000000a020000ffff0000";

static void quick_chain(const char *proposal, bool ke, size_t hash)
{
	chain_begin();
	v1_payload_hash_room(&chain, hash);
	put_sa(PROPOSAL_ESP, proposal);
	put_bytes(V1_PAYLOAD_NONCE, NONCE);
	if (ke)
		put_bytes(V1_PAYLOAD_KE, KE);
}

static const struct {
	const char *name, *proposal;
	bool ke;
	size_t hash;
	unsigned int mine, theirs; // 0: none, 1: right, 2: another network, 3: malformed
} quicks[] = {
	{"right", our_esp, true, HASH, 1, 1},
	{"without_ids", our_esp, true, HASH, 0, 0},
	{"one_id", our_esp, true, HASH, 0, 1},
	{"other_network", our_esp, true, HASH, 2, 1},
	{"malformed_id", our_esp, true, HASH, 1, 3},
	{"without_ke", our_esp, false, HASH, 1, 1},
	{"wrong_hash", our_esp, true, HASH - 1, 1, 1},
	{"proposal", "aes256-sha512-modp2048", true, HASH, 1, 1},
	{"pfs", "aes128-sha1", false, HASH, 1, 1},
};

static void put_network(unsigned int which, const char *right)
{
	static const char *const wrong[] = {[2] = "040000000a630000ffff0000", [3] = "09000000ff00"};

	if (which)
		put_id(which == 1 ? right : wrong[which]);
}

static void quick(size_t i, unsigned int begins)
{
	char name[64];

	begin(begins, 3);
	quick_chain(quicks[i].proposal, quicks[i].ke, quicks[i].hash);
	// From who began to who answers.
	put_network(quicks[i].theirs, begins ? ours_10_1 : theirs_10_2);
	put_network(quicks[i].mine, begins ? theirs_10_2 : ours_10_1);
	text(IN_QUICK | (begins ? OF_QUICK : 0));
	chain_begin();
	v1_payload_hash_room(&chain, HASH);
	text(IN_QUICK | (begins ? OF_QUICK : 0));
	snprintf(name, sizeof(name), "quick_%u_%s", begins ? 2 : 1, quicks[i].name);
	end(name);
}

static void put_lifetime(uint32_t life_s)
{
	uint8_t life[32];
	struct wr wr = wr_of(life, sizeof(life));

	v1_life_write(PROPOSAL_ESP, life_s, &wr);
	v1_payload_notify_esp(&chain, V1_N_RESPONDER_LIFETIME, SPI, life, wr_len(&wr));
}

static void inform(void)
{
	chain_begin();
	v1_payload_hash_room(&chain, HASH);
}

// Our quick mode, answered by hand: the child's SPI is known then.
static void answered(void)
{
	quick_chain(our_esp, true, HASH);
	put_lifetime(900);
	text(IN_QUICK | OF_QUICK);
}

static void under_way(void)
{
	static const uint16_t types[] = {V1_N_INVALID_ID_INFORMATION, V1_N_NO_PROPOSAL_CHOSEN, 99};
	char name[64];

	begin(BEGINS, 3);
	answered();
	inform();
	put_lifetime(600);
	v1_payload_delete_esp(&chain, SPI);
	text(IN_INFORMATIONAL);
	end("lifetime_told");
	begin(BEGINS, 3);
	inform();
	v1_payload_delete_esp(&chain, SPI);
	text(IN_INFORMATIONAL);
	answered();
	end("deleted_before");
	begin(BEGINS, 3);
	op(COMMAND, TERMINATE_CHILD, NULL, 0);
	ops(3, PASS, 0);
	end("unwanted");
	begin(MAIN, 4);
	ops(2, COMMAND, TRAFFIC);
	ops(1, PASS, 0);
	end("confirmed");
	for (unsigned int i = 0; i < 6; i++) {
		begin(BEGINS, i < 3 ? 3 : 4);
		if (i >= 3)
			op(COMMAND, REKEY_CHILD, NULL, 0);
		inform();
		v1_payload_notify_esp(&chain, types[i % 3], 0, NULL, 0);
		text(IN_INFORMATIONAL);
		ops(2, WAIT, LONG);
		snprintf(name, sizeof(name), "quick_refused_%u", i);
		end(name);
	}
}

// Nothing more comes, or only signs of life.
static void silence(void)
{
	char name[64];

	for (unsigned int i = 0; i < 4; i++) {
		begin(i & 1 ? BEGINS : 0, i & 1 ? 3 : 4);
		for (unsigned int k = 0; k < 9; k++) {
			ops(1, WAIT, LONG);
			inform();
			v1_payload_dpd(&chain, V1_N_R_U_THERE, 1, 2, k);
			if (i & 2)
				text(IN_INFORMATIONAL);
		}
		snprintf(name, sizeof(name), "silence_%u", i);
		end(name);
	}
}

// ESP that nobody expects, and a peer that says so.
static void hints(void)
{
	const uint8_t spi[4] = {0x12, 0x34, 0x56, 0x78};

	for (unsigned int passes = 0; passes < 6; passes += 5) {
		begin(BEGINS, passes);
		op(COMMAND, UNKNOWN_ESP, NULL, 0);
		ops(2, WAIT, 0);
		chain_begin();
		ike_payload_notify(&chain, IKE_N_INVALID_SPI, 0, spi, sizeof(spi));
		raw(IKE_VERSION, IKE_INFORMATIONAL);
		end(passes ? "hint_up" : "hint");
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: v1_state_corpus DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	phase1();
	proving();
	modes();
	for (unsigned int begins = 0; begins <= BEGINS; begins += BEGINS) {
		fragments(begins);
		for (size_t i = 0; i < sizeof(quicks) / sizeof(quicks[0]); i++)
			quick(i, begins);
	}
	under_way();
	silence();
	hints();
	return 0;
}
