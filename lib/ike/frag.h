// Reassembly of fragmented IKE messages (RFC 7383 s2.6), bounded.
//
// Fragments come here decrypted and authenticated: only a party of the SA can make them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { IKE_FRAGMENTS = 48 };

// One message under reassembly; zero-initialised: none. Owner: the direction of an IKE SA.
struct ike_frag {
	uint8_t *part[IKE_FRAGMENTS]; // by number - 1; malloc'ed
	uint16_t len[IKE_FRAGMENTS];
	uint32_t id; // the message's
	uint16_t total;
	uint16_t have;
	uint32_t bytes;
	uint8_t first; // type of the first payload, from fragment 1
};

// Take one fragment's content.
//
// number, total  from its header, checked here
// returns 1 (complete: read it with ike_frag_join), 0 (wait for more, or a repetition), -EINVAL
// (numbers out of range, or it disagrees with what is there), -E2BIG or -ENOMEM
[[nodiscard]] int ike_frag_add(struct ike_frag *frag, uint32_t id, uint16_t number, uint16_t total,
	uint8_t first, struct rd content);

// The whole message in dst, of at least frag->bytes; forgets the fragments. returns its length.
size_t ike_frag_join(struct ike_frag *frag, uint8_t *dst);

// Forget everything.
void ike_frag_clear(struct ike_frag *frag);
