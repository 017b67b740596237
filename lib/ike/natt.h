// NAT detection: hashes of the addresses that a message was sent with (RFC 7296 s2.23).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alg/alg.h"
#include "ike/msg.h"
#include "ike/payload.h"
#include "net/addr.h"

enum { IKE_NATT_HASH = 20 };

// hash(SPIi | SPIr | address | port).
//
// row  whose hash: SHA1 in IKEv2, the negotiated one in IKEv1 (RFC 3947 s3.2)
// dst  row->out_len bytes
// returns 0 or -errno of the hash
[[nodiscard]] int ike_natt_hash(const struct alg *row, uint64_t spi_i, uint64_t spi_r,
	const struct endpoint *endpoint, uint8_t *dst);

// Append both notifications for a message from local to remote. returns 0 or -errno of the hash.
[[nodiscard]] int ike_natt_write(struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r,
	const struct endpoint *local, const struct endpoint *remote);

// What a received message says, given the addresses that it came with.
struct ike_natt {
	bool supported; // the peer detects at all
	bool local;	// we are behind a NAT
	bool remote;	// the peer is
};

// returns 0 or -errno of the hash
[[nodiscard]] int ike_natt_read(const struct ike_msg *msg, const struct endpoint *local,
	const struct endpoint *remote, struct ike_natt *natt);
