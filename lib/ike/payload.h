// Writing a chain of payloads: each names the type of the next, which is not known before it comes.
#pragma once

#include <stdint.h>

#include "base/bytes.h"
#include "ike/msg.h"
#include "ike/wire.h"
#include "net/ike_id.h"

struct ike_chain {
	struct wr wr;
	uint8_t first;	// type of the first payload; IKE_PAYLOAD_NONE: empty
	size_t last_at; // offset of the last payload
};

// An empty chain in size bytes of dst. A write that does not fit sets chain.wr.bad.
struct ike_chain ike_chain_of(void *dst, size_t size);

// Begin a payload; its body is written to chain->wr; then end it.
void ike_payload_begin(struct ike_chain *chain, uint8_t type);
void ike_payload_end(struct ike_chain *chain);

// Whole payloads.
void ike_payload_bytes(struct ike_chain *chain, uint8_t type, const void *body, size_t len);
void ike_payload_ke(struct ike_chain *chain, uint16_t group, const void *value, size_t len);
void ike_payload_id(struct ike_chain *chain, uint8_t type, const struct ike_id *id);
void ike_payload_auth(struct ike_chain *chain, uint8_t method, const void *data, size_t len);
// spi: of an ESP SA, 0: none.
void ike_payload_notify(
	struct ike_chain *chain, uint16_t type, uint32_t spi, const void *data, size_t len);
// Delete one ESP SA by our inbound SPI, or (spi 0) this IKE SA.
void ike_payload_delete(struct ike_chain *chain, uint32_t spi);

// The header of a message that will be len bytes with everything behind it.
void ike_head_write(struct wr *wr, const struct ike_head *head);

// The identity in an ID payload's body. returns 0, or -EINVAL (a type or length that we cannot
// hold).
[[nodiscard]] int ike_id_from_wire(struct rd body, struct ike_id *id);
// The body of an ID payload of ours, as AUTH covers it. returns its length.
size_t ike_id_to_wire(const struct ike_id *id, uint8_t dst[static IKE_ID_MAX + 4]);
