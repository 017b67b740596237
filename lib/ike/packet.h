// From payloads to datagrams and back: SK and SKF payloads, and what is kept for repetition.
#pragma once

#include "ike/core.h"
#include "ike/payload.h"

// Seal a chain into the datagrams of one message. A long one is fragmented if the peer can.
//
// returns 0, -E2BIG (the chain did not fit) or -ENOMEM
[[nodiscard]] int ike_packet_seal(struct ike_sa *sa, uint8_t exchange, bool response, uint32_t id,
	const struct ike_chain *chain, struct ike_packets *packets);

// Open a protected message. The text lies in the negotiator's buffer until the next one is opened.
//
// returns 1 (whole: text, and the type of its first payload), 0 (a fragment; more are to come),
// -EINVAL (malformed), -EBADMSG (not by the peer), -E2BIG or -ENOMEM
[[nodiscard]] int ike_packet_open(struct ike_sa *sa, const uint8_t *data,
	const struct ike_head *head, struct rd *text, uint8_t *first);

// Whether a request that was answered before is truly the peer's, and asks for the answer again:
// of a fragmented one only the first fragment does (RFC 7383 s2.6.1).
bool ike_packet_asks_again(struct ike_sa *sa, const uint8_t *data, const struct ike_head *head);

// Largest IKE message that fits the limit of an IP datagram.
size_t ike_packet_max(const struct ike_sa *sa);
// Keep datagrams, written one behind the other, each (the last one: at most each) bytes long, in
// the place of what is there. returns 0 or -ENOMEM.
[[nodiscard]] int ike_packets_keep(const struct wr *wr, uint32_t each, struct ike_packets *packets);

// Send, or send again, all datagrams of a message.
void ike_packets_send(struct ike_sa *sa, const struct ike_packets *packets);
void ike_packets_free(struct ike_packets *packets);
