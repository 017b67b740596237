// What the tests of the codec share: a packet in roomy memory, inner packets, pairs of SAs.
#pragma once

#include "esp/decap.h"
#include "esp/encap.h"
#include "unit/esp/toy.h"
#include "net/ip.h"
#include "unit/unit.h"

enum { ROOM = 128, BUF = 2048 };

struct box {
	struct pkt pkt;
	uint8_t b[BUF];
};

static inline void box_put(struct box *box, const uint8_t *data, uint32_t len)
{
	memset(box->b, 0xee, sizeof(box->b));
	memcpy(box->b + ROOM, data, len);
	box->pkt = (struct pkt){.l3 = box->b + ROOM,
		.len = len,
		.head = ROOM,
		.tail = (uint16_t)(BUF - ROOM - len)};
}

// An inner IPv4 (DF set when df) or IPv6 packet of len bytes that counts upwards.
static inline void box_inner(struct box *box, int version, uint32_t len, uint8_t tos, bool df)
{
	uint8_t p[BUF];

	for (uint32_t i = 0; i < len; i++)
		p[i] = (uint8_t)i;
	if (version == 4) {
		static const uint8_t head[20] = {
			0x45, 0, 0, 0, 0x12, 0x34, 0, 0, 63, 17, 0, 0, 10, 1, 0, 2, 10, 2, 0, 3};

		memcpy(p, head, sizeof(head));
		p[1] = tos;
		be16_put(p + 2, (uint16_t)len);
		p[6] = df ? 0x40 : 0;
		ip4_csum_set(p, 20);
	} else {
		memset(p, 0, 40);
		p[0] = 0x60 | tos >> 4;
		p[1] = (uint8_t)(tos << 4);
		be16_put(p + 4, (uint16_t)(len - 40));
		p[6] = 17;
		p[7] = 63;
		p[8] = p[24] = 0xfd;
		p[23] = 1;
		p[39] = 2;
	}
	box_put(box, p, len);
}

static const uint8_t encr_key[36] = {
	7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xa, 0xb, 0xc, 0xd};
static const uint8_t integ_key[64] = {1};

static const struct suite gcm = {.encr = &alg_table[ALG_AES128_GCM16]};
static const struct suite gcm_esn = {.encr = &alg_table[ALG_AES128_GCM16], .esn = true};
static const struct suite cbc = {
	.encr = &alg_table[ALG_AES128_CBC], .integ = &alg_table[ALG_HMAC_SHA1]};
static const struct suite cbc_esn = {
	.encr = &alg_table[ALG_AES256_CBC], .integ = &alg_table[ALG_HMAC_SHA512], .esn = true};

static inline struct esp_params params_of(const struct suite *suite)
{
	return (struct esp_params){
		.suite = suite,
		.driver = &toy,
		.encr = encr_key,
		.integ = suite->integ ? integ_key : NULL,
		.iv_mask = {0x5a, 0xa5},
		.spi = 0xc0ffee01,
		.src = {{.b = {192, 0, 2, 1}, .family = ADDR_V4}, 4500},
		.dst = {{.b = {192, 0, 2, 2}, .family = ADDR_V4}, 4500},
		.dscp = ESP_DSCP_COPY,
		.window = 64,
	};
}

static inline struct esp_sa *sa_of(struct esp_params p, enum crypto_dir dir)
{
	struct esp_sa *sa = NULL;

	p.dir = dir;
	assert_int_equal(esp_sa_new(&p, &sa, NULL), 0);
	return sa;
}
