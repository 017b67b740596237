// An ESP security association as the dataplane uses it: everything that a packet needs, worked out
// once on the control core and never changed after publication. What changes is in esp/live.h.
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drv/crypto.h"
#include "esp/live.h"
#include "net/addr.h"
#include "net/flow.h"

// What the outer IPv4 header's "don't fragment" bit says (RFC 4301 s8.1).
enum esp_df { ESP_DF_COPY, ESP_DF_SET, ESP_DF_CLEAR };

enum {
	ESP_HEAD = 8,	    // SPI and sequence number
	ESP_TRAILER = 2,    // pad length and next header
	ESP_OUTER_MAX = 48, // IPv6 and UDP
	ESP_DSCP_COPY = -1,
	ESP_SELECTORS = 64, // of one side
};

// One side's traffic selector, in the form that packets are compared with.
struct esp_range {
	uint8_t first[16], last[16];	// wire order
	uint32_t v4_first, v4_last;	// host order
	uint16_t port_first, port_last; // 0..65535: any
	uint8_t proto;			// 0: any
	uint8_t family;			// enum addr_family
};

// Outbound SAs encrypt, inbound SAs decrypt. Selectors are by the direction of the packet: source
// and destination of the inner packets that this SA may carry.
struct esp_params {
	const struct suite *suite;
	const struct crypto_driver *driver;
	enum crypto_dir dir;
	const uint8_t *encr;	  // suite->encr->key_len + salt_len bytes of KEYMAT
	const uint8_t *integ;	  // suite->integ->key_len bytes; NULL with AEAD
	uint8_t iv_mask[16];	  // random, outbound: makes CBC's IVs unpredictable
	uint32_t spi;		  // host order
	struct endpoint src, dst; // outer, by the direction of the packet; ports are used with udp
	bool udp;		  // RFC 3948
	enum esp_df df;
	int dscp;	 // ESP_DSCP_COPY, or the value of every outer header (0..63)
	uint8_t ttl;	 // outer; 0: 64
	uint32_t window; // inbound: bits, 0 (off, not with ESN) or ESP_WINDOW_MIN .. MAX
	uint64_t seq;	 // last sequence number used or accepted; 0 for a new SA
	uint64_t packets_max, bytes_max; // outbound: nothing leaves beyond; 0: no such limit
	const struct selector *src_ts, *dst_ts;
	unsigned int n_src_ts, n_dst_ts; // 0: anything passes
	uint32_t tunnel, child;		 // the control core's ids, carried unread
	uint16_t owner;			 // worker
};

// Line 0 is read for every packet, line 1 for every outbound one; the rest by the control core and
// for selectors.
struct esp_sa {
	struct crypto_key *key;
	struct esp_live *live;
	const struct crypto_driver *driver;
	uint32_t spi;	// host order
	uint32_t salt;	// AEAD: the four bytes in memory order
	uint32_t csum;	// IPv4: sum over the template's fixed words
	uint16_t head;	// room before an inner packet: outer header, ESP header, IV
	uint16_t tail;	// room behind: longest padding, trailer, ICV; inbound: 4 for CBC with ESN
	uint16_t owner; // worker
	uint8_t outer_len; // IP and UDP header
	uint8_t outer_tos; // fixed DSCP << 2
	uint8_t dscp_mask; // of the inner TOS, what the outer copies: 0xfc or 0
	uint8_t iv_len;
	uint8_t icv_len;
	uint8_t align; // of the ciphertext: block or 4
	uint8_t aad_len;
	uint8_t df;  // enum esp_df
	uint8_t dir; // enum crypto_dir
	bool aead, esn, udp, v6;
	bool finish; // the packet must pass esp_encap_finish after encryption

	_Alignas(64) uint8_t outer[64]; // outer header as sent, then the SPI
	_Alignas(64) uint8_t iv_mask[16];

	uint16_t n_src, n_dst;
	uint32_t tunnel, child;
	const struct alg *encr, *integ;
	struct endpoint outer_src, outer_dst;
	bool holds; // frees key and live; false once moved. writer: control core

	struct esp_range range[]; // n_src, then n_dst
};
static_assert(offsetof(struct esp_sa, outer) == 64);
static_assert(offsetof(struct esp_sa, iv_mask) == 128);

// Make an SA: expands its key, works out sizes and template.
//
// returns 0, -EINVAL (parameters that contradict each other), -ENOTSUP (suite, by the driver) or
// -ENOMEM, with why. Control core or helper thread.
[[nodiscard]] int esp_sa_new(const struct esp_params *params, struct esp_sa **sa, struct why *why);

// The same SA with another outer header: the peer behind a NAT has moved (RFC 7296 s2.23). Shares
// key and live state with the old one, which gives their ownership up; both may be in use until
// workers have seen the new one. returns 0, -EINVAL or -ENOMEM. Control core.
[[nodiscard]] int esp_sa_move(struct esp_sa *old, const struct endpoint *src,
	const struct endpoint *dst, bool udp, struct esp_sa **sa);

// Wipe and free, with key and live state unless moved. No worker has it any more; NULL is fine.
// Control core.
void esp_sa_free(struct esp_sa *sa);

// The longest inner packet whose outer datagram fits in mtu bytes; 0 when none does.
uint32_t esp_inner_mtu(const struct esp_sa *sa, uint32_t mtu);

// Whether an inner packet lies in the SA's selectors: any source range and any destination range
// (RFC 4301 s5.1, s5.2; RFC 7296 s2.9).
bool esp_sa_passes(const struct esp_sa *sa, const struct flow *flow);

// Reserve n sequence numbers: *first .. *first + n - 1. Owning worker; once per SA and burst.
//
// returns how many were left, up to n: fewer mean that the SA is used up and must be replaced: by
// its sequence numbers (RFC 4303 s3.3.3: the counter never cycles), packets or bytes
static inline uint32_t esp_seq_take(const struct esp_sa *sa, uint32_t n, uint64_t *first)
{
	struct esp_live *live = sa->live;
	uint64_t left = live->bytes < live->bytes_max ? live->seq_max - live->seq : 0;

	if (__builtin_expect(n > left, 0))
		n = (uint32_t)left;
	*first = live->seq + 1;
	esp_live_set(&live->seq, live->seq + n);
	return n;
}
