// The codec with real ciphers: published packets through every back end, and every suite from one
// back end to the other.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "codec/backends.h"
#include "esp/decap.h"
#include "esp/encap.h"
#include "net/ip.h"
#include "unit/vectors.h"

enum { ROOM = 64, BUF = 2048, OUTER = IP4_HEAD };

static uint8_t buf[BUF];

static struct pkt pkt_of(const uint8_t *data, size_t len, uint16_t before)
{
	struct pkt pkt = {.l3 = buf + ROOM, .len = (uint32_t)(len + before), .head = ROOM};

	pkt.tail = (uint16_t)(BUF - ROOM - pkt.len);
	memset(buf, 0, ROOM + before);
	memcpy(pkt.l3 + before, data, len);
	return pkt;
}

static void run(const struct crypto_driver *driver, struct crypto_op *op)
{
	struct crypto_op *ops[1] = {op};
	struct crypto_lane *lane;

	assert_int_equal(driver->lane_open(1, &lane), 0);
	assert_int_equal(driver->submit(lane, ops, 1), 1);
	while (!driver->immediate && !driver->poll(lane, ops, 1))
		;
	driver->lane_close(lane);
}

static struct esp_params params_of(
	const struct crypto_driver *driver, const struct suite *suite, enum crypto_dir dir)
{
	return (struct esp_params){
		.driver = driver,
		.suite = suite,
		.dir = dir,
		.spi = 0x4321,
		.src = {{.b = {192, 0, 2, 1}, .family = ADDR_V4}, 4500},
		.dst = {{.b = {192, 0, 2, 2}, .family = ADDR_V4}, 4500},
		.dscp = ESP_DSCP_COPY,
		.window = 64,
	};
}

static struct esp_sa *sa_of(const struct esp_params *params)
{
	struct esp_sa *sa;

	assert_int_equal(esp_sa_new(params, &sa, NULL), 0);
	return sa;
}

static void aead_packet(
	const struct crypto_driver *driver, const struct alg *encr, const struct vectors *v)
{
	uint8_t key[VECTOR_BYTES], esp[VECTOR_BYTES], text[VECTOR_BYTES], high[VECTOR_BYTES];
	size_t len = vectors_hex(v, "esp", esp);
	size_t text_len = vectors_hex(v, "text", text);
	struct suite suite = {.encr = encr};
	struct esp_params p = params_of(driver, &suite, CRYPTO_DECRYPT);
	struct crypto_op op = {0}, *const ops = &op;
	uint64_t want = be32_get(esp + 4), seq;
	struct pkt pkt = pkt_of(esp, len, OUTER);
	struct esp_sa *sa;

	assert_int_equal(vectors_hex(v, "key", key), encr->key_len + encr->salt_len);
	suite.esn = vectors_text(v, "high");
	if (suite.esn && vectors_hex(v, "high", high) == 4)
		want |= (uint64_t)be32_get(high) << 32;
	p.encr = key;
	p.seq = want - 1;
	sa = sa_of(&p);
	assert_int_equal(esp_decap(sa, &pkt, OUTER, &seq, ops), ESP_PASS);
	assert_int_equal(seq, want);
	run(driver, &op);
	assert_int_equal(op.status, CRYPTO_OK);
	assert_int_equal(op.len, text_len);
	assert_memory_equal(op.data, text, text_len);
	// Those of GCM are transport mode packets: authentic, and not for a tunnel.
	assert_int_equal(esp_decap_finish(sa, &pkt, seq, &op) == ESP_PASS,
		encr->id == ALG_CHACHA20_POLY1305);
	assert_int_equal(sa->live->seq, want);
	esp_sa_free(sa);
}

static void gcm_packets_of_the_draft_decrypt(void **)
{
	static const enum alg_id by_len[] = {ALG_AES128_GCM16, ALG_AES192_GCM16, ALG_AES256_GCM16};

	for (int b = 0; b < BACKENDS; b++) {
		struct vectors v;
		int n = 0;

		vectors_open(&v, "esp-gcm.txt");
		for (; vectors_next(&v); n++)
			aead_packet(backends[b],
				alg(by_len[strlen(vectors_text(&v, "key")) / 16 - 2]), &v);
		assert_int_equal(n, 14);
	}
}

static void the_chacha_packet_of_rfc_7634_decrypts(void **)
{
	for (int b = 0; b < BACKENDS; b++) {
		struct vectors v;
		int n = 0;

		vectors_open(&v, "rfc7634.txt");
		for (; vectors_next(&v); n++)
			aead_packet(backends[b], alg(ALG_CHACHA20_POLY1305), &v);
		assert_int_equal(n, 1);
	}
}

static const uint8_t integ_key[20] = "twenty bytes of key.";
static const struct suite cbc_sha1 = {
	.encr = &alg_table[ALG_AES128_CBC], .integ = &alg_table[ALG_HMAC_SHA1]};

struct rfc3602 {
	uint8_t key[VECTOR_BYTES], esp[VECTOR_BYTES], inner[VECTOR_BYTES];
	size_t len, inner_len;
	bool tunnel;
};

// The RFC's packets have no integrity; the suites that we offer have: the ICV is put behind.
static void rfc3602_read(const struct vectors *v, struct rfc3602 *c)
{
	uint8_t mac[EVP_MAX_MD_SIZE];

	assert_int_equal(vectors_hex(v, "key", c->key), 16);
	c->len = vectors_hex(v, "esp", c->esp);
	c->inner_len = vectors_hex(v, "inner", c->inner);
	c->tunnel = strstr(vectors_text(v, "case"), "tunnel");
	HMAC(EVP_sha1(), integ_key, sizeof(integ_key), c->esp, c->len, mac, NULL);
	memcpy(c->esp + c->len, mac, 12);
	c->len += 12;
}

static void rfc3602_decrypts(const struct crypto_driver *driver, const struct rfc3602 *c)
{
	struct esp_params p = params_of(driver, &cbc_sha1, CRYPTO_DECRYPT);
	struct pkt pkt = pkt_of(c->esp, c->len, OUTER);
	struct crypto_op op = {0};
	enum esp_verdict verdict;
	struct esp_sa *sa;
	uint64_t seq;

	p.encr = c->key;
	p.integ = integ_key;
	sa = sa_of(&p);
	assert_int_equal(esp_decap(sa, &pkt, OUTER, &seq, &op), ESP_PASS);
	run(driver, &op);
	assert_int_equal(op.status, CRYPTO_OK);
	assert_memory_equal(op.data, c->inner, c->inner_len);
	verdict = esp_decap_finish(sa, &pkt, seq, &op);
	assert_int_equal(verdict, c->tunnel ? ESP_PASS : ESP_NEXT);
	if (c->tunnel) {
		assert_int_equal(pkt.len, c->inner_len);
		assert_memory_equal(pkt.l3, c->inner, c->inner_len);
	}
	esp_sa_free(sa);
}

// Our IV is the encryption of mask ^ number. The mask that leads to a published IV follows from
// decrypting that IV.
static void rfc3602_encrypts(const struct crypto_driver *driver, const struct rfc3602 *c)
{
	struct esp_params p = params_of(driver, &cbc_sha1, CRYPTO_ENCRYPT);
	struct pkt pkt = pkt_of(c->inner, c->inner_len, 0);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint64_t seq = be32_get(c->esp + 4);
	struct crypto_op op = {0};
	struct esp_sa *sa;
	int len;

	EVP_DecryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, c->key, NULL);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	assert_int_equal(EVP_DecryptUpdate(ctx, p.iv_mask, &len, c->esp + 8, 16), 1);
	EVP_CIPHER_CTX_free(ctx);
	for (size_t i = 0; i < sizeof(seq); i++)
		p.iv_mask[i] ^= ((uint8_t *)&seq)[i];
	p.encr = c->key;
	p.integ = integ_key;
	p.spi = be32_get(c->esp);
	sa = sa_of(&p);
	pkt.head = ROOM;
	memmove(buf + 2 * ROOM, pkt.l3, pkt.len);
	pkt = (struct pkt){.l3 = buf + 2 * ROOM,
		.len = pkt.len,
		.head = 2 * ROOM,
		.tail = (uint16_t)(BUF - 2 * ROOM - pkt.len)};
	assert_int_equal(esp_encap(sa, seq, &pkt, &op), ESP_PASS);
	run(driver, &op);
	assert_int_equal(pkt.len, OUTER + c->len);
	assert_memory_equal(pkt.l3 + OUTER, c->esp, c->len);
	esp_sa_free(sa);
}

static void rfc3602_packets_decrypt_and_come_out_the_same(void **)
{
	for (int b = 0; b < BACKENDS; b++) {
		struct vectors v;
		int n = 0;

		vectors_open(&v, "rfc3602-esp.txt");
		for (; vectors_next(&v); n++) {
			struct rfc3602 c;

			rfc3602_read(&v, &c);
			rfc3602_decrypts(backends[b], &c);
			if (c.tunnel)
				rfc3602_encrypts(backends[b], &c);
		}
		assert_int_equal(n, 4);
	}
}

static void from_one_to_the_other(
	const struct suite *suite, const struct crypto_driver *from, const struct crypto_driver *to)
{
	static const uint64_t start = UINT64_C(0xfffffff0); // ESN passes a lap on the way
	struct esp_params out = params_of(from, suite, CRYPTO_ENCRYPT);
	struct esp_params in = params_of(to, suite, CRYPTO_DECRYPT);
	uint8_t key[2][128], inner[1400];
	struct esp_sa *sa[2];
	uint64_t seq = suite->esn ? start : 0;

	for (size_t i = 0; i < sizeof(key[0]); i++)
		key[0][i] = key[1][i] = (uint8_t)(i * 29 + 3);
	for (size_t i = 0; i < sizeof(inner); i++)
		inner[i] = (uint8_t)(i * 7);
	inner[0] = 0x45;
	out.encr = in.encr = key[0];
	out.integ = in.integ = suite->integ ? key[1] : NULL;
	out.seq = in.seq = seq;
	sa[0] = sa_of(&out);
	sa[1] = sa_of(&in);
	for (uint16_t len = 20; len <= sizeof(inner);
		len = (uint16_t)(len + (len < 100 ? 1 : 61))) {
		struct pkt pkt;
		struct crypto_op op = {0};
		uint64_t got;

		be16_put(inner + 2, len);
		pkt = pkt_of(inner, len, OUTER + 32);
		pkt_pull(&pkt, OUTER + 32);
		seq++;
		assert_int_equal(esp_encap(sa[0], seq, &pkt, &op), ESP_PASS);
		run(from, &op);
		assert_int_equal(op.status, CRYPTO_OK);
		assert_int_equal(esp_decap(sa[1], &pkt, OUTER, &got, &op), ESP_PASS);
		run(to, &op);
		assert_int_equal(esp_decap_finish(sa[1], &pkt, got, &op), ESP_PASS);
		assert_int_equal(got, seq);
		assert_int_equal(pkt.len, len);
		assert_memory_equal(pkt.l3, inner, len);
	}
	assert_true(seq > start + 64 || !suite->esn);
	esp_sa_free(sa[0]);
	esp_sa_free(sa[1]);
}

// Returns how many pairs of back ends can do the suite.
static int between_all(const struct suite *suite)
{
	int pairs = 0;

	for (int k = 0; k < BACKENDS * BACKENDS; k++) {
		const struct crypto_driver *from = backends[k / BACKENDS];
		const struct crypto_driver *to = backends[k % BACKENDS];

		if (!from->can(suite) || !to->can(suite))
			continue;
		from_one_to_the_other(suite, from, to);
		pairs++;
	}
	return pairs;
}

// Every row of the algorithm table with every other that goes with it.
static void every_suite_passes_between_all_back_ends(void **)
{
	int pairs = 0;

	for (int id = 0; id < 2 * ALG_COUNT; id++) {
		struct suite suite = {.encr = alg((enum alg_id)(id / 2)), .esn = id & 1};

		if (suite.encr->kind != ALG_ENCR)
			continue;
		if (suite.encr->aead)
			pairs += between_all(&suite);
		for (int k = 0; k < ALG_COUNT && !suite.encr->aead; k++) {
			suite.integ = alg((enum alg_id)k);
			if (suite.integ->kind == ALG_INTEG)
				pairs += between_all(&suite);
		}
	}
	// Every suite by both back ends, with and without ESN, both ways and across.
	assert_int_equal(pairs, (4 + 5 * 5) * 2 * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gcm_packets_of_the_draft_decrypt),
		cmocka_unit_test(the_chacha_packet_of_rfc_7634_decrypts),
		cmocka_unit_test(rfc3602_packets_decrypt_and_come_out_the_same),
		cmocka_unit_test(every_suite_passes_between_all_back_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
