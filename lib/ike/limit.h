// What strangers may cost us: half-open exchanges, altogether and of one source, and failed proofs.
// Both versions of IKE ask here before they compute or store anything.
//
// A source is an IPv4 address or an IPv6 /64. Nobody but its holder can fill its share: beyond a
// few half-opens its address must be proven. Nor may a crowd make us look for its tunnels: beyond
// 1,000 requests a second each needs a proof, whether it is then refused or not.
#pragma once

#include "ike/core.h"

// Somebody with half-open exchanges, or a wrong proof not long ago.
struct ike_source {
	UT_hash_handle hh; // ike->sources by key, oldest first
	uint8_t key[17];
	uint32_t halves, unproven;
	mono_us_t failures_until; // one FAIL_GAP_S for each that is not forgotten
};

// What is known about who asks.
enum ike_proof {
	IKE_PROOF_NONE,
	IKE_PROOF_NAMED,  // nothing, but a tunnel names its address (for IKEv1, which has no
			  // cookies)
	IKE_PROOF_COOKIE, // the address is its own: a cookie came back
};

enum ike_limit {
	IKE_LIMIT_PASS,
	IKE_LIMIT_PROVE,  // a cookie first; IKEv1: no answer
	IKE_LIMIT_REFUSE, // no answer
};

// Whether one more half-open exchange with this address may begin.
enum ike_limit ike_limit_ask(struct ike *ike, const struct addr *remote, enum ike_proof proof);

// Count a half-open exchange as this address's; until ike_limit_close. returns 0 or -ENOMEM.
[[nodiscard]] int ike_limit_open(
	struct ike *ike, struct ike_half *half, const struct addr *remote, enum ike_proof proof);
// The address is its own: it answered what we sent there (IKEv1's third message). Idempotent.
void ike_limit_proven(struct ike *ike, struct ike_half *half);
void ike_limit_close(struct ike *ike, struct ike_half *half); // idempotent

// Keys were agreed, but the proof of identity was wrong. Too many in a row and the source must
// wait: each costs us a Diffie-Hellman.
void ike_limit_failed(struct ike *ike, const struct addr *remote);

void ike_limit_fini(struct ike *ike);
