// ESP packets from the outside, as far as a forger who knows the keys could get: the back end here
// says yes to every tag and leaves the text as it is, so that trailers and inner headers are the
// fuzzer's own.
//
// Input: suite (1), flags (1), last sequence number (8), then the outer datagram.
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "esp/decap.h"
#include "esp/encap.h"
#include "net/flow.h"
#include "net/ip.h"

enum { FLAG_UDP = 1, FLAG_V6 = 2, FLAG_WINDOW = 4, FLAG_AGAIN = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct crypto_key {
	int unused;
};

static struct crypto_key the_key;

static int key_new(const struct suite *, enum crypto_dir, const uint8_t *, const uint8_t *,
	struct crypto_key **key)
{
	*key = &the_key;
	return 0;
}

static void key_free(struct crypto_key *)
{
}

static const struct crypto_driver yes = {.name = "yes", .key_new = key_new, .key_free = key_free};

static const struct suite suites[] = {
	{.encr = &alg_table[ALG_AES128_GCM16]},
	{.encr = &alg_table[ALG_AES256_GCM16], .esn = true},
	{.encr = &alg_table[ALG_AES128_CBC], .integ = &alg_table[ALG_HMAC_SHA1]},
	{.encr = &alg_table[ALG_AES256_CBC], .integ = &alg_table[ALG_HMAC_SHA512], .esn = true},
};

static struct esp_sa *sa_of(uint8_t suite, uint8_t flags, uint64_t seq, enum crypto_dir dir)
{
	static const uint8_t key[64];
	uint8_t family = flags & FLAG_V6 ? ADDR_V6 : ADDR_V4;
	struct esp_params p = {
		.suite = &suites[suite % 4],
		.driver = &yes,
		.dir = dir,
		.encr = key,
		.spi = 1,
		.src = {{.b = {1}, .family = family}, 4500},
		.dst = {{.b = {2}, .family = family}, 4500},
		.udp = flags & FLAG_UDP,
		.dscp = ESP_DSCP_COPY,
		.window = flags & FLAG_WINDOW ? 4096 : 64,
		.seq = seq,
	};
	struct esp_sa *sa;

	p.integ = p.suite->integ ? key : NULL;
	return esp_sa_new(&p, &sa, NULL) ? NULL : sa;
}

static volatile uint8_t sink;

// Touches what the back end will touch.
static void touch(const struct crypto_op *op, const struct esp_sa *sa)
{
	for (uint32_t i = 0; i < op->len; i++)
		sink = op->data[i];
	for (uint32_t i = 0; !sa->aead && i < op->auth_len; i++)
		sink = op->auth[i];
	for (uint32_t i = 0; i < sa->icv_len; i++)
		sink = op->tag[i];
}

static enum esp_verdict open(const struct esp_sa *sa, struct pkt *pkt)
{
	struct crypto_op op = {.status = CRYPTO_OK};
	enum esp_verdict verdict;
	uint64_t seq;

	verdict = esp_decap(sa, pkt, sa->outer_len, &seq, &op);
	if (verdict)
		return verdict;
	touch(&op, sa);
	return esp_decap_finish(sa, pkt, seq, &op);
}

// What came out goes in again, and must come out as it was.
static void round_trip(uint8_t suite, uint8_t flags, const struct pkt *inner)
{
	struct esp_sa *out = sa_of(suite, flags, 0, CRYPTO_ENCRYPT);
	struct esp_sa *in = sa_of(suite, flags, 0, CRYPTO_DECRYPT);
	size_t size = out->head + inner->len + out->tail + in->tail;
	uint8_t *buf = calloc(1, size);
	struct pkt pkt = {.l3 = buf + out->head, .len = inner->len, .head = out->head};
	struct crypto_op op = {0};
	uint8_t tos[2] = {inner->l3[0], inner->l3[1]};

	pkt.tail = (uint16_t)(out->tail + in->tail);
	memcpy(pkt.l3, inner->l3, inner->len);
	if (esp_encap(out, 1, &pkt, &op) == ESP_PASS) {
		touch(&op, out);
		if (out->finish)
			esp_encap_finish(out, &pkt);
		if (open(in, &pkt) || pkt.len != inner->len || memcmp(pkt.l3, tos, 2) ||
			memcmp(pkt.l3, inner->l3, pkt.len))
			abort();
	}
	free(buf);
	esp_sa_free(out);
	esp_sa_free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint8_t suite = rd_u8(&rd), flags = rd_u8(&rd);
	uint64_t seq = rd_u64(&rd);
	struct esp_sa *sa;
	struct pkt pkt = {0};
	uint8_t *buf;

	if (rd.bad || rd_left(&rd) > 4096)
		return 0;
	sa = sa_of(suite, flags, suites[suite % 4].esn ? seq : seq & UINT32_MAX, CRYPTO_DECRYPT);
	pkt.len = (uint32_t)rd_left(&rd);
	pkt.tail = sa->tail;
	buf = malloc(pkt.len + pkt.tail ? pkt.len + pkt.tail : 1);
	for (int i = 0; i < (flags & FLAG_AGAIN ? 2 : 1); i++) {
		struct flow flow;
		struct ip_info ip;

		pkt = (struct pkt){.l3 = buf, .len = (uint32_t)rd_left(&rd), .tail = sa->tail};
		memcpy(buf, rd.p, pkt.len);
		if (open(sa, &pkt))
			continue;
		if (pkt.l3 < buf || pkt_end(&pkt) > buf + rd_left(&rd))
			abort();
		if (!flow_read(pkt.l3, pkt.len, &flow, &ip))
			round_trip(suite, flags, &pkt);
	}
	free(buf);
	esp_sa_free(sa);
	return 0;
}
