// What both sides of IKE_SA_INIT do (RFC 7296 s1.2): messages without protection, the first keys;
// for files within lib/ike alone.
#pragma once

#include "ike/core.h"
#include "ike/payload.h"
#include "ike/propose.h"

// The tunnel's proposals for the IKE SA.
struct ike_propose v2_hello_propose(const struct ike_tunnel *tunnel);

// Keep a whole message for IKE_AUTH, instead of the one before. which: 0: ours, 1: the peer's.
// returns 0 or -ENOMEM
[[nodiscard]] int v2_hello_keep(
	struct ike_half *half, unsigned int which, const void *data, size_t len);

// What both sides write behind SA: KE, nonce, NAT detection, features. returns 0 or -errno
[[nodiscard]] int v2_hello_write(
	struct ike_sa *sa, const struct ike_conf *conf, struct ike_chain *chain);

// Header and payloads of an unprotected message, into ike->sealed. returns its length, 0: it did
// not fit.
size_t v2_hello_seal(struct ike *ike, const struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r,
	uint8_t exchange, uint8_t flags, uint32_t id);

// A step for the logbook.
void v2_hello_sent(const struct ike_sa *sa, uint8_t flags, const struct ike_chain *chain);
void v2_hello_received(const struct ike_sa *sa, const struct ike_head *head, const uint8_t *data);

// The keys of sa, and what IKE_AUTH needs besides. returns 0 or -errno
[[nodiscard]] int v2_hello_keys(
	struct ike_sa *sa, const struct ike_msg *msg, const struct secret *shared);

// What the peer can, as far as we may. returns 0 or -errno
[[nodiscard]] int v2_hello_features(
	struct ike_sa *sa, const struct ike_conf *conf, const struct ike_msg *msg);

// Tell of a NAT that one side sees, and the other one may not speak of.
void v2_hello_nat(struct ike_sa *sa, struct ike_tunnel *tunnel, const struct ike_msg *msg);
