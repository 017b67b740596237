#include "esp/decap.h"

#include <string.h>

#include "esp/replay.h"
#include "net/ip.h"

typedef uint32_t vec4 __attribute__((vector_size(16)));

static void op_gcm(const struct esp_sa *sa, uint64_t seq, const uint8_t *esp, struct crypto_op *op)
{
	uint32_t word[4];

	memcpy(word, esp, sizeof(word)); // SPI, sequence number, IV
	vec4 nonce = {sa->salt, word[2], word[3], __builtin_bswap32(1)};
	vec4 aad = {
		word[0], sa->esn ? __builtin_bswap32((uint32_t)(seq >> 32)) : word[1], word[1], 0};
	memcpy(op->iv, &nonce, sizeof(nonce));
	memcpy(op->aad, &aad, sizeof(aad));
	op->aad_len = sa->aad_len;
}

// RFC 4303 s2.2.1: the high half of the sequence number counts as standing between the ciphertext
// and the ICV. There it is put, and the ICV moved up.
static void esn_insert(const struct esp_sa *sa, uint64_t seq, struct crypto_op *op)
{
	memmove(op->tag + 4, op->tag, sa->icv_len);
	be32_put(op->tag, (uint32_t)(seq >> 32));
	op->tag += 4;
	op->auth_len += 4;
}

enum esp_verdict esp_decap(const struct esp_sa *sa, struct pkt *pkt, uint32_t head_len,
	uint64_t *seq, struct crypto_op *op)
{
	uint32_t fixed = head_len + ESP_HEAD + sa->iv_len + sa->icv_len;
	uint8_t *esp = pkt->l3 + head_len;
	enum esp_verdict verdict;

	if (pkt->len < fixed + ESP_TRAILER)
		return ESP_SHORT;
	if ((pkt->len - fixed) & (uint32_t)(sa->align - 1))
		return ESP_UNALIGNED;
	if (pkt->tail < sa->tail)
		return ESP_NO_ROOM;
	*seq = be32_get(esp + 4);
	if (sa->esn)
		*seq = replay_recover(sa->live, (uint32_t)*seq);
	verdict = replay_check(sa->live, *seq);
	if (verdict)
		return verdict;

	op->key = sa->key;
	op->data = esp + ESP_HEAD + sa->iv_len;
	op->len = pkt->len - fixed;
	op->tag = op->data + op->len;
	if (sa->aead) {
		op_gcm(sa, *seq, esp, op);
		return ESP_PASS;
	}
	op->auth = esp;
	memcpy(op->iv, esp + ESP_HEAD, sizeof(op->iv)); // an IV of 8 has a block of 8 behind
	op->auth_len = ESP_HEAD + sa->iv_len + op->len;
	if (sa->esn)
		esn_insert(sa, *seq, op);
	return ESP_PASS;
}

typedef int8_t vec16 __attribute__((vector_size(16)));

// Whether n bytes before end count 1, 2, 3 (RFC 4303 s2.4): up to 15 of them, which is all that
// anybody pads without hiding lengths, in one comparison with the 16 bytes before end.
static bool padding_counts(const uint8_t *end, uint32_t n)
{
	static const int8_t row[32] = {-15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2,
		-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	vec16 want, got;
	uint64_t bad[2];

	for (; n > 15; n--)
		if (*--end != n)
			return false;
	memcpy(&want, row + n, sizeof(want));
	memcpy(&got, end - sizeof(got), sizeof(got));
	got = (got != want) & (want > 0);
	memcpy(bad, &got, sizeof(bad));
	return !(bad[0] | bad[1]);
}

// The length of the inner datagram in room bytes, by its own header; 0 when it is not the version
// that next announces or does not fit.
static uint32_t inner_len(const uint8_t *l3, uint32_t room, uint8_t next)
{
	bool v4 = next == IP_IPIP;
	uint32_t head = v4 ? IP4_HEAD : IP6_HEAD, len;

	if (room < head || l3[0] >> 4 != (v4 ? 4 : 6))
		return 0;
	len = v4 ? be16_get(l3 + 2) : IP6_HEAD + (uint32_t)be16_get(l3 + 4);
	return len >= head && len <= room ? len : 0;
}

static enum esp_verdict ecn_carry(uint8_t *inner, uint8_t outer_tos)
{
	uint8_t tos = ip_tos_get(inner);
	int new = ecn_decap(tos, outer_tos);

	if (new < 0)
		return ESP_ECN;
	if (new != tos)
		ip_tos_set(inner, (uint8_t) new);
	return ESP_PASS;
}

static enum esp_verdict strip(struct pkt *pkt, const struct crypto_op *op)
{
	uint8_t *inner = op->data, *end = inner + op->len;
	uint8_t next = end[-1], outer_tos = ip_tos_get(pkt->l3);
	uint32_t pad = end[-2], room = op->len - ESP_TRAILER, len;

	if (pad > room || !padding_counts(end - ESP_TRAILER, pad))
		return ESP_PADDING;
	if (next == IP_NONE)
		return ESP_DUMMY;
	if (next != IP_IPIP && next != IP_IPV6)
		return ESP_NEXT;
	len = inner_len(inner, room - pad, next);
	if (!len)
		return ESP_INNER;
	pkt_trim(pkt, (uint16_t)(pkt_end(pkt) - (inner + len)));
	pkt_pull(pkt, (uint16_t)(inner - pkt->l3));
	return outer_tos & 3 ? ecn_carry(inner, outer_tos) : ESP_PASS;
}

enum esp_verdict esp_decap_finish(
	const struct esp_sa *sa, struct pkt *pkt, uint64_t seq, const struct crypto_op *op)
{
	enum esp_verdict verdict;

	if (op->status != CRYPTO_OK)
		return op->status == CRYPTO_BAD_TAG ? ESP_BAD_TAG : ESP_FAILED;
	// RFC 4303 s3.4.3: the window moves as soon as the packet is known to be authentic.
	verdict = replay_commit(sa->live, seq);
	return verdict ? verdict : strip(pkt, op);
}
