// NAT detection in IKEv1: NAT-D payloads (RFC 3947 s3.2 and the drafts before it).
#pragma once

#include "alg/alg.h"
#include "ike/natt.h"
#include "ike/v1/msg.h"
#include "ike/v1/vendor.h"

// Append both for a message from local to remote: the remote address first. version decides the
// payload's number. returns 0 or -errno of the hash.
[[nodiscard]] int v1_natt_write(struct ike_chain *chain, enum v1_vendor version,
	const struct alg *row, uint64_t spi_i, uint64_t spi_r, const struct endpoint *local,
	const struct endpoint *remote);

// What a received message says, given the addresses that it came with. returns 0 or -errno.
[[nodiscard]] int v1_natt_read(const struct v1_msg *msg, const struct alg *row,
	const struct endpoint *local, const struct endpoint *remote, struct ike_natt *natt);

// The encapsulation mode that children of an SA are offered and accepted with.
uint16_t v1_natt_mode(enum v1_vendor version, const struct ike_natt *natt);
