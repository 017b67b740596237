// Informational exchanges: notifications and deletes, acknowledged by nobody (RFC 2409 s5.7).
#pragma once

#include "ike/payload.h"
#include "ike/v1/sa.h"

// A message from the peer, authentic or not.
void v1_info_take(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data);

// A protected message with room for HASH in front: begin it, write payloads, send it. Deletes are
// sent a few times: nobody says that they came.
struct ike_chain v1_info_begin(struct ike_sa *sa);
void v1_info_send(struct ike_sa *sa, struct ike_chain *chain, bool again);

void v1_info_delete_sa(struct ike_sa *sa);
void v1_info_delete_child(struct ike_sa *sa, uint32_t spi_in);
// A refusal of a quick mode: spi is what the peer offered.
void v1_info_refuse(struct ike_sa *sa, uint16_t type, uint32_t spi);

// A refusal in clear, when there are no keys for it yet.
void v1_info_clear(struct ike_sa *sa, uint16_t type);

// Deletes that are to be sent again: when, and do it.
mono_us_t v1_info_again_at(const struct ike_sa *sa);
void v1_info_again(struct ike_sa *sa);
