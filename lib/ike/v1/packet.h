// From payloads to IKEv1 datagrams and back: the running IV, fragments of payload 132.
#pragma once

#include "ike/core.h"
#include "ike/payload.h"
#include "ike/v1/keymat.h"

// Write one message into packets, encrypted (or, with iv NULL, in clear). A long one is fragmented
// if sa->fragmentation says that the peer can. head: next, len and V1_FLAG_ENCRYPTED are filled
// here.
//
// iv  on success the IV for the next message, as the peer will have it, too
// returns 0, -E2BIG (the chain did not fit) or -ENOMEM
[[nodiscard]] int v1_packet_write(struct ike_sa *sa, const struct v1_keys *keys, struct v1_iv *iv,
	struct ike_head *head, const struct ike_chain *chain, struct ike_packets *packets);

// Decrypt an encrypted message. The text lies in the negotiator's buffer until the next one is
// opened; whether the peer wrote it, only its payloads can tell (v1_msg_read, then HASH).
//
// iv    of this phase 1 or message id, not changed
// next  the IV after this message: take it over once the message was accepted, and only then
// returns 0, -EINVAL (not encrypted, or no multiple of the block) or -ENOMEM
[[nodiscard]] int v1_packet_open(struct ike *ike, const struct v1_keys *keys, const uint8_t *data,
	const struct ike_head *head, const struct v1_iv *iv, struct v1_iv *next, struct rd *text);

// Fragments of one message, from one peer of an SA; zero-initialised: none. They come before
// decryption, so anybody who knows the cookies can spoil them; they are bounded as v2's are.
struct v1_frag {
	struct ike_frag parts;
	uint16_t last;	// number of the last one; 0: has not come
	uint8_t *whole; // malloc'ed: the last one that was complete
};

// Whether a message is a fragment.
static inline bool v1_frag_is(const struct ike_head *head)
{
	return head->next == V1_PAYLOAD_FRAGMENT;
}
// Take one. message: the whole reassembled message with a header of its own; frag's until its next
// call.
//
// returns 1 (complete: read its header anew; it may not be a fragment again), 0 (wait for more),
// -EINVAL, -E2BIG or -ENOMEM
[[nodiscard]] int v1_frag_take(
	struct v1_frag *frag, const uint8_t *data, const struct ike_head *head, struct rd *message);
void v1_frag_clear(struct v1_frag *frag);

enum { V1_SUM = 20 };

// What is kept of a received datagram to know it when it comes again: a repetition means that our
// answer to it got lost (RFC 2408 s5.1). returns 0 or -errno of the hash.
[[nodiscard]] int v1_packet_sum(const uint8_t *data, size_t len, uint8_t dst[static V1_SUM]);
