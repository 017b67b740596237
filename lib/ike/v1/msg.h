// An IKEv1 message: the chain of payloads behind the header (struct ike_head is shared with v2:
// spi_i and spi_r are the cookies), read into views.
//
// Nothing is copied: every struct rd points into the datagram or the decrypted text, which must
// outlive the message.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ike/msg.h"
#include "ike/v1/wire.h"

// Payloads that a message may hold; the bits of v1_msg.present.
enum v1_payload {
	V1_HAS_SA,
	V1_HAS_KE,
	V1_HAS_ID,
	V1_HAS_HASH,
	V1_HAS_NONCE,
	V1_HAS_NOTIFY,
	V1_HAS_DELETE,
	V1_HAS_VENDOR,
	V1_HAS_NATD,
	V1_HAS_OTHER, // understood and without meaning for us: CERT, CERTREQ, SIG, NAT-OA, private
		      // ones
	V1_HAS_COUNT,
};

#define V1_BIT(payload) (1u << (payload))

struct v1_notify {
	uint16_t type;
	uint8_t proto; // enum v1_proto
	struct rd spi; // ISAKMP: both cookies, or nothing; ESP: 4 bytes
	struct rd data;
};

struct v1_delete {
	uint8_t proto;
	uint8_t spi_len; // ISAKMP: 16 (both cookies); ESP: 4
	uint16_t count;
	struct rd spis; // count * spi_len bytes
};

enum { V1_IDS = 2, V1_NATDS = 8, V1_NOTIFIES = 8, V1_DELETES = 8 };

struct v1_msg {
	struct ike_head head;
	uint32_t present;
	uint8_t unknown;      // type of the unknown payload, after -ENOTSUP
	struct rd sa;	      // whole body from the DOI on: for v1/propose.h, and SAi_b of HASH_I
	struct rd ke;	      // public value
	struct rd nonce;      // Ni_b, Nr_b
	struct rd id[V1_IDS]; // whole bodies (IDii_b): one in phase 1; IDci, IDcr in quick mode
	struct rd hash;
	struct rd hashed; // what stands behind HASH, without padding: for HASH(1), HASH(2)
	struct rd natd[V1_NATDS];
	bool natd_draft;  // they came as payload 130
	uint32_t vendors; // bits of enum v1_vendor
	uint8_t ids, natds, notifies, deletes;
	struct v1_notify notify[V1_NOTIFIES];
	struct v1_delete del[V1_DELETES];
};

// Read a chain of payloads whose first is of type next. msg->head is already there; the rest of
// msg is zero.
//
// Encrypted messages may have padding of any kind behind the last payload, others up to three zero
// bytes. In an encrypted one with a message id (quick mode, informational), HASH comes first (RFC
// 2409 s5.5, s5.7). More notifications, deletes or NAT-D payloads than there is room for are not
// looked at; more of the others are malformed. Payloads of private use that we do not know are
// skipped.
//
// returns 0, -EINVAL (malformed, a reserved byte that is not zero, or one that may come once came
// twice: what the wrong pre-shared key looks like in main mode) or -ENOTSUP (a payload type that
// is not assigned: msg->unknown)
[[nodiscard]] int v1_msg_read(struct rd body, uint8_t next, struct v1_msg *msg);

// The first notification of a type, or of any error type; NULL when there is none.
const struct v1_notify *v1_msg_notify(const struct v1_msg *msg, uint16_t type);
const struct v1_notify *v1_msg_error(const struct v1_msg *msg);

// Whether an SPI in an ISAKMP notification or delete is this SA's cookies. (A notification with
// none names the SA that it came under, too.)
bool v1_msg_is_sa(struct rd spi, uint64_t spi_i, uint64_t spi_r);

// "SA", "KE", ...: the payload's name.
const char *v1_payload_name(enum v1_payload payload);
