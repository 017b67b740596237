// Writing IKEv1 payloads into a chain (ike/payload.h: begin, end, bytes serve here as well; KE,
// NONCE and ID bodies go with ike_payload_bytes).
#pragma once

#include <stdint.h>

#include "ike/payload.h"
#include "ike/v1/wire.h"

// About an ISAKMP SA: the SPI is both cookies.
void v1_payload_notify(struct ike_chain *chain, uint16_t type, uint64_t spi_i, uint64_t spi_r,
	const void *data, size_t len);
// About an ESP SA; spi 0: none.
void v1_payload_notify_esp(
	struct ike_chain *chain, uint16_t type, uint32_t spi, const void *data, size_t len);
// R-U-THERE and its answer (RFC 3706 s5.3).
void v1_payload_dpd(
	struct ike_chain *chain, uint16_t type, uint64_t spi_i, uint64_t spi_r, uint32_t sequence);

// Delete this ISAKMP SA, or one ESP SA by our inbound SPI.
void v1_payload_delete(struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r);
void v1_payload_delete_esp(struct ike_chain *chain, uint32_t spi);

// Room for HASH, which must be the first payload: v1_hash_sign (v1/keymat.h) fills it in when the
// others stand behind it.
void v1_payload_hash_room(struct ike_chain *chain, size_t len);
