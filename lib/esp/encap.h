// From an inner IP packet to ESP in tunnel mode.
#pragma once

#include "drv/crypto.h"
#include "esp/sa.h"
#include "net/pkt.h"

// Encapsulate one packet in ESP tunnel mode, up to but not including encryption.
//
// pkt   view of one contiguous inner packet, checked by ip_read, with its TTL already decremented;
//       needs sa->head bytes of headroom and sa->tail of tailroom; on success it grows by both and
//       pkt->l3 points at the finished outer header
// seq   64-bit sequence number reserved for this packet, host order, never reused
// op    filled for the crypto back end but for slot; valid until the packet moves
// returns ESP_PASS or ESP_NO_ROOM (packet untouched). Any worker.
// RFC 4303 s2-3.3; ESN bytes go into the ICV but not on the wire (s2.2.1). RFC 4301 s5.1.2 for the
// outer header, RFC 6040 s4.1 for ECN, RFC 3948 s2.1 for UDP.
enum esp_verdict esp_encap(
	const struct esp_sa *sa, uint64_t seq, struct pkt *pkt, struct crypto_op *op);

// The same for n packets of one SA, numbered seq, seq + 1, ...; verdict[i] says what became of
// pkt[i].
//
// returns how many did not pass
unsigned int esp_encap_run(const struct esp_sa *sa, uint64_t seq, unsigned int n, struct pkt pkt[],
	struct crypto_op op[], uint8_t verdict[]);

// What remains after encryption, for SAs with sa->finish only: the UDP checksum that IPv6 demands
// (RFC 8200 s8.1).
void esp_encap_finish(const struct esp_sa *sa, struct pkt *pkt);
