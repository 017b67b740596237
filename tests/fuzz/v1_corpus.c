// Write the corpus of the fuzz target v1_message: v1_corpus DIRECTORY fills DIRECTORY/v1_message
// with what IKEv1 endpoints say to each other.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ike/packet.h"
#include "ike/v1/id.h"
#include "ike/v1/natt.h"
#include "ike/v1/packet.h"
#include "ike/v1/payload.h"
#include "ike/v1/propose.h"

enum { CLEAR, PHASE1, PHASE2, DATAGRAM };

static const char *directory;

static void save(const char *name, const struct wr *wr)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/v1_message", directory);
	(void)mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/v1_message/%s", directory, name);
	file = fopen(path, "w");
	if (wr->bad || !file || fwrite(wr->base, 1, wr_len(wr), file) != wr_len(wr) || fclose(file))
		abort();
}

static void put(struct wr *wr, uint8_t what, uint8_t first, const void *bytes, size_t len)
{
	wr_u8(wr, what);
	wr_u8(wr, first);
	wr_u16(wr, (uint16_t)len);
	wr_copy(wr, bytes, len);
}

static void save_chain(const char *name, uint8_t what, const struct ike_chain *chain)
{
	uint8_t room[8192];
	struct wr wr = wr_of(room, sizeof(room));

	put(&wr, what, chain->first, chain->wr.base, wr_len(&chain->wr));
	save(name, &wr);
}

static void put_sa(struct ike_chain *chain, enum proposal_for purpose, const char *text,
	uint16_t mode, bool group)
{
	struct proposal p;
	struct v1_propose propose = {
		.purpose = purpose, .ours = &p, .count = 1, .mode = mode, .life_s = 86400};

	if (proposal_read(text, purpose, &p, NULL))
		abort();
	propose.group = group ? v1_propose_group(&p, 1) : NULL;
	ike_payload_begin(chain, V1_PAYLOAD_SA);
	v1_propose_write(&propose, 0x12345678, &chain->wr);
	ike_payload_end(chain);
}

static void put_id(struct ike_chain *chain, const char *hex)
{
	uint8_t body[64];
	int len = hex_read(hex, body, sizeof(body));

	if (len < 0)
		abort();
	ike_payload_bytes(chain, V1_PAYLOAD_ID, body, (size_t)len);
}

static const struct {
	const char *name;
	enum proposal_for purpose;
	const char *text;
	uint16_t mode;
	bool group;
} offers[] = {
	{"main_offer", PROPOSAL_IKE, "aes256-aes128-3des-sha256-sha1-group14-group2", 0, false},
	{"aggressive_offer", PROPOSAL_IKE, "3des-md5-group2", 0, true},
	{"main_other", PROPOSAL_IKE, "aes192-sha512-group19", 0, false},
	{"quick_offer", PROPOSAL_ESP, "aes256-aes128-3des-sha256-sha1", 1, true},
	{"quick_pfs", PROPOSAL_ESP, "aes256-sha256-group14", 1, true},
	{"quick_udp", PROPOSAL_ESP, "aes128-sha1-group2", 61443, true},
	{"quick_gcm", PROPOSAL_ESP, "aes128gcm16-group2-esn-noesn", 1, true},
	{"quick_transport", PROPOSAL_ESP, "aes128-sha1-group2", 2, true},
};

static void offer(size_t i)
{
	uint8_t room[4096];
	static const uint8_t zero[256];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	bool ike = offers[i].purpose == PROPOSAL_IKE;

	if (!ike)
		v1_payload_hash_room(&chain, 16);
	put_sa(&chain, offers[i].purpose, offers[i].text, offers[i].mode, offers[i].group);
	ike_payload_bytes(&chain, V1_PAYLOAD_KE, zero, 128);
	ike_payload_bytes(&chain, V1_PAYLOAD_NONCE, zero, 20);
	if (ike) {
		v1_vendor_write(&chain, (1u << V1_VENDORS) - 1);
	} else {
		put_id(&chain, "040000000a010000ffff0000");
		put_id(&chain, "070000000a0200010a020009");
	}
	save_chain(offers[i].name, ike ? CLEAR : PHASE2, &chain);
}

static void informational(void)
{
	uint8_t room[1024], life[32];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct wr wr = wr_of(life, sizeof(life));

	v1_payload_hash_room(&chain, 16);
	v1_payload_dpd(&chain, V1_N_R_U_THERE, 1, 2, 99);
	v1_payload_delete(&chain, 1, 2);
	v1_payload_delete_esp(&chain, 0x12345678);
	v1_payload_notify(&chain, V1_N_INITIAL_CONTACT, 1, 2, NULL, 0);
	v1_life_write(PROPOSAL_ESP, 3600, &wr);
	v1_payload_notify_esp(&chain, V1_N_RESPONDER_LIFETIME, 0x12345678, life, wr_len(&wr));
	v1_payload_notify_esp(&chain, V1_N_NO_PROPOSAL_CHOSEN, 0, NULL, 0);
	save_chain("informational", PHASE2, &chain);
}

static void identities(void)
{
	static const char *const bodies[] = {"0111"
					     "01f4"
					     "0a000001",
		"02000000"
		"61622e6364",
		"03000000"
		"614062",
		"050000002001"
		"0db8000000000000000000000001",
		"0b000000"
		"ff00",
		"0400000000000000"
		"00000000",
		"0106"
		"0050"
		"08080808",
		"0600000020010db8000000000000000000000000ffffffffffff00000000000000000000",
		"0800000020010db800000000000000000000000120010db8000000000000000000000003"};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		uint8_t room[1024];
		struct ike_chain chain = ike_chain_of(room, sizeof(room));
		char name[32];

		put_id(&chain, bodies[i]);
		ike_payload_bytes(&chain, V1_PAYLOAD_HASH, room, 16);
		snprintf(name, sizeof(name), "id_%zu", i);
		save_chain(name, PHASE1, &chain);
	}
}

static void nat(void)
{
	const struct endpoint us = {.addr = addr_v4(0x0a000001), .port = 500};

	for (unsigned int version = V1_VENDOR_NATT_RFC; version <= V1_VENDOR_NATT_02;
		version += 3) {
		uint8_t room[1024];
		struct ike_chain chain = ike_chain_of(room, sizeof(room));

		if (v1_natt_write(
			    &chain, (enum v1_vendor)version, alg(ALG_PRF_MD5), 1, 2, &us, &us))
			abort();
		save_chain(version ? "nat_draft" : "nat", CLEAR, &chain);
	}
}

// A long message in datagrams.
static void fragments(struct ike *ike)
{
	uint8_t room[4096], out[16384];
	struct ike_sa sa = {.ike = ike, .local.addr.family = ADDR_V4, .fragmentation = true};
	struct ike_head head = {
		.spi_i = 1, .spi_r = 2, .version = V1_VERSION, .exchange = V1_MAIN, .id = 0};
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct ike_packets packets = {};
	struct wr wr = wr_of(out, sizeof(out));
	struct rd rd;

	ike->params.fragment_len = 400;
	put_sa(&chain, PROPOSAL_IKE,
		"aes128-aes192-aes256-3des-sha1-sha256-sha512-group2-group5-group14", 0, false);
	if (v1_packet_write(&sa, NULL, NULL, &head, &chain, &packets))
		abort();
	rd = rd_of(packets.bytes, packets.len);
	while (rd_left(&rd)) {
		size_t len = rd_left(&rd) < packets.each ? rd_left(&rd) : packets.each;

		put(&wr, DATAGRAM, 0, rd_take(&rd, len), len);
	}
	save("fragments", &wr);
	ike_packets_free(&packets);
}

// What we write beside what we read: bits of the target.
static void own(void)
{
	uint8_t room[8192];
	static const uint8_t text[3000] = {1};
	struct wr wr = wr_of(room, sizeof(room));

	put(&wr, 4, 0, text, 10);
	put(&wr, 4, 0, text, sizeof(text));
	put(&wr, 8, PROPOSAL_IKE, NULL, 0);
	put(&wr, 8, PROPOSAL_ESP, NULL, 0);
	put(&wr, 16, 0, text, 30);
	save("own", &wr);
}

int main(int argc, char **argv)
{
	static struct ike ike;

	if (argc != 2) {
		fprintf(stderr, "usage: v1_corpus DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		offer(i);
	informational();
	identities();
	nat();
	fragments(&ike);
	own();
	return 0;
}
