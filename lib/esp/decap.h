// From an ESP packet in tunnel mode to the inner IP packet.
#pragma once

#include "drv/crypto.h"
#include "esp/sa.h"
#include "net/pkt.h"

// The SPI, wherever the ESP header is; 0 when there are too few bytes. RFC 4303 s2.1.
static inline uint32_t esp_spi(const uint8_t *esp, uint32_t len)
{
	return len < ESP_HEAD ? 0 : be32_get(esp);
}

// Check a packet and prepare its decryption. Nothing of the SA's state changes.
//
// pkt       view of one contiguous outer datagram, cut to its total length; with CBC and ESN it
//           needs sa->tail bytes of tailroom
// head_len  bytes before the ESP header: IP, and UDP when encapsulated
// seq       result: the full sequence number, recovered for ESN (RFC 4303 appendix A2)
// op        filled for the crypto back end but for slot; valid until the packet moves
// returns ESP_PASS, ESP_SHORT, ESP_UNALIGNED, ESP_OLD, ESP_REPLAYED or ESP_NO_ROOM. Owning worker.
enum esp_verdict esp_decap(const struct esp_sa *sa, struct pkt *pkt, uint32_t head_len,
	uint64_t *seq, struct crypto_op *op);

// Finish a packet when its decryption has: take the sequence number into the replay window (a
// forged packet never gets that far), strip ESP, check the inner packet and cut traffic-flow
// padding off.
//
// pkt, seq, op  as esp_decap left them; on success pkt->l3 points at the inner header and pkt->len
//               is its total length; ECN is carried over as RFC 6040 s4.2 says
// returns ESP_PASS, or why the packet stops. Owning worker.
// RFC 4303 s3.4.3, s3.4.4, s2.6, s2.7
enum esp_verdict esp_decap_finish(
	const struct esp_sa *sa, struct pkt *pkt, uint64_t seq, const struct crypto_op *op);
