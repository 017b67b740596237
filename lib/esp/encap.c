#include "esp/encap.h"

#include <string.h>

#include "net/ip.h"

static_assert(ESP_OUTER_MAX + 4 <= 24 + 32);

// The template is copied in two fixed pieces; the shortest head of each family is long enough that
// they stay before the inner packet: 20 + 8 + 8 and 40 + 8 + 8.
static void copy_outer(const struct esp_sa *sa, uint8_t *h)
{
	memcpy(h, sa->outer, 16);
	memcpy(h + 16, sa->outer + 16, 16);
	if (sa->v6)
		memcpy(h + 24, sa->outer + 24, 32);
}

static uint8_t outer_tos(const struct esp_sa *sa, uint8_t inner_tos)
{
	return sa->outer_tos | (inner_tos & (sa->dscp_mask | 3));
}

// The fields of the outer IPv4 header that change, in one store, and the checksum over them and the
// template's sum. RFC 6864: only datagrams that may be fragmented need an ID of their own.
static void outer4_set(
	const struct esp_sa *sa, uint8_t *h, uint32_t len, uint8_t tos, bool df, uint16_t id)
{
	uint32_t flags = df ? IP4_DF : 0;
	uint64_t words = UINT64_C(0x45) << 56 | (uint64_t)tos << 48 | (uint64_t)len << 32 |
			 (uint32_t)id << 16 | flags;

	words = __builtin_bswap64(words);
	memcpy(h, &words, sizeof(words));
	be16_put(h + 10, csum_fold(sa->csum + tos + len + id + flags));
}

static void outer6_set(uint8_t *h, uint32_t len, uint8_t tos)
{
	h[0] = 0x60 | tos >> 4;
	h[1] = (uint8_t)(tos << 4);
	be16_put(h + 4, (uint16_t)(len - IP6_HEAD));
}

// Four 32-bit words, the first in the lowest bytes: one 16-byte store.
typedef uint32_t vec4 __attribute__((vector_size(16)));

static void iv_gcm(const struct esp_sa *sa, uint64_t seq, uint8_t *wire, struct crypto_op *op)
{
	uint64_t be = __builtin_bswap64(seq);
	vec4 nonce = {sa->salt, (uint32_t)be, (uint32_t)(be >> 32), __builtin_bswap32(1)};

	// RFC 4106 s3.1: unique under one key, not unpredictable: the sequence number itself.
	memcpy(wire, &be, sizeof(be));
	memcpy(op->iv, &nonce, sizeof(nonce));
}

// The IV must be unpredictable (RFC 3602 s2.1): it is the encryption of a number used once, under
// the SA's own key (NIST SP 800-38A appendix C). The cipher makes it on its way: encryption starts
// at the IV's place with the number there, so that its first ciphertext block is the IV, chained
// into the next as CBC does. The secret mask keeps the number itself unknown.
static void iv_cbc(const struct esp_sa *sa, uint64_t seq, uint8_t *wire, struct crypto_op *op)
{
	memcpy(op->iv, sa->iv_mask, sizeof(op->iv));
	memcpy(wire, &seq, sizeof(seq));
	if (sa->iv_len > sizeof(seq))
		memset(wire + sizeof(seq), 0, 8);
}

// RFC 4303 s2.4: pad bytes count 1, 2, 3; then their number and the next header.
static void trailer(uint8_t *end, uint32_t pad, uint8_t next)
{
	static const uint8_t count[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

	memcpy(end, count, sizeof(count));
	memcpy(end + pad, &(uint16_t){(uint16_t)(next << 8 | pad)}, ESP_TRAILER);
}

// RFC 4106 s5: SPI and sequence number, the high half between them with ESN.
static void aad_gcm(const struct esp_sa *sa, uint64_t seq, struct crypto_op *op)
{
	uint32_t aad[4] = {__builtin_bswap32(sa->spi), __builtin_bswap32((uint32_t)seq), 0, 0};

	if (sa->esn) {
		aad[2] = aad[1];
		aad[1] = __builtin_bswap32((uint32_t)(seq >> 32));
	}
	memcpy(op->aad, aad, sizeof(aad));
	op->aad_len = sa->aad_len;
}

static inline enum esp_verdict encap_one(
	const struct esp_sa *sa, uint64_t seq, struct pkt *pkt, struct crypto_op *op)
{
	uint8_t *inner = pkt->l3, *outer = inner - sa->head, *esp = outer + sa->outer_len;
	uint8_t *iv = esp + ESP_HEAD;
	bool v4 = inner[0] >> 4 == 4;
	uint8_t tos = ip_tos_get(inner);
	bool df = sa->df == ESP_DF_SET ||
		  (sa->df == ESP_DF_COPY && (!v4 || (inner[6] & IP4_DF >> 8)));
	uint32_t pad = -(pkt->len + ESP_TRAILER) & (uint32_t)(sa->align - 1);
	uint32_t text = pkt->len + pad + ESP_TRAILER;
	uint32_t len = sa->head + text + sa->icv_len;

	if (pkt->head < sa->head || pkt->tail < sa->tail || len > UINT16_MAX)
		return ESP_NO_ROOM;
	trailer(inner + pkt->len, pad, v4 ? IP_IPIP : IP_IPV6);
	copy_outer(sa, outer);
	tos = outer_tos(sa, tos);
	if (sa->v6)
		outer6_set(outer, len, tos);
	else
		outer4_set(sa, outer, len, tos, df, (uint16_t)seq);
	if (sa->udp)
		be16_put(esp - 4, (uint16_t)(outer + len - (esp - UDP_HEAD)));
	be32_put(esp + 4, (uint32_t)seq);

	op->key = sa->key;
	op->tag = inner + text;
	if (sa->aead) {
		iv_gcm(sa, seq, iv, op);
		aad_gcm(sa, seq, op);
		op->data = inner;
		op->len = text;
	} else {
		iv_cbc(sa, seq, iv, op);
		op->data = iv;
		op->auth = esp;
		op->len = sa->iv_len + text;
		op->auth_len = ESP_HEAD + sa->iv_len + text;
		if (sa->esn) {
			be32_put(op->tag, (uint32_t)(seq >> 32));
			op->auth_len += 4;
		}
	}
	*pkt = (struct pkt){
		.l3 = outer,
		.len = len,
		.head = (uint16_t)(pkt->head - sa->head),
		.tail = (uint16_t)(pkt->tail - (len - sa->head - pkt->len)),
		.buf = pkt->buf,
	};
	return ESP_PASS;
}

unsigned int esp_encap_run(const struct esp_sa *sa, uint64_t seq, unsigned int n, struct pkt pkt[],
	struct crypto_op op[], uint8_t verdict[])
{
	unsigned int stopped = 0;

	for (unsigned int i = 0; i < n; i++) {
		verdict[i] = (uint8_t)encap_one(sa, seq + i, &pkt[i], &op[i]);
		stopped += verdict[i] != ESP_PASS;
	}
	return stopped;
}

enum esp_verdict esp_encap(
	const struct esp_sa *sa, uint64_t seq, struct pkt *pkt, struct crypto_op *op)
{
	uint8_t verdict;

	esp_encap_run(sa, seq, 1, pkt, op, &verdict);
	return (enum esp_verdict)verdict;
}

void esp_encap_finish(const struct esp_sa *sa, struct pkt *pkt)
{
	uint8_t *udp = pkt->l3 + sa->outer_len - UDP_HEAD;

	be16_put(udp + 6, l4_csum(&sa->outer_src.addr, &sa->outer_dst.addr, IP_UDP, udp,
				  pkt->len - (uint32_t)(udp - pkt->l3)));
}
