// An IKEv2 message: its header, and the chain of payloads behind it, read into views.
//
// Nothing is copied: every struct rd points into the datagram or the decrypted text, which must
// outlive the message.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ike/wire.h"

struct ike_head {
	uint64_t spi_i, spi_r;
	uint8_t next; // enum ike_payload_type
	uint8_t version;
	uint8_t exchange;
	uint8_t flags;
	uint32_t id;
	uint32_t len;
};

// The header, checked: the length is the datagram's, the major version is 2.
//
// returns 0, -EINVAL (shorter than it says, or malformed) or -EPROTO (another major version; head
// is filled). RFC 7296 s3.1
[[nodiscard]] int ike_head_read(const uint8_t *data, size_t len, struct ike_head *head);

// Payloads that a message may hold; the bits of ike_msg.present.
enum ike_payload {
	IKE_HAS_SA,
	IKE_HAS_KE,
	IKE_HAS_IDI,
	IKE_HAS_IDR,
	IKE_HAS_AUTH,
	IKE_HAS_NONCE,
	IKE_HAS_TSI,
	IKE_HAS_TSR,
	IKE_HAS_NOTIFY,
	IKE_HAS_DELETE,
	IKE_HAS_OTHER, // understood and without meaning for us: CERT, CERTREQ, VENDOR, CP, EAP
	IKE_HAS_COUNT,
};

#define IKE_BIT(payload) (1u << (payload))

struct ike_notify {
	uint16_t type;
	uint8_t proto;
	struct rd spi;
	struct rd data;
};

struct ike_delete {
	uint8_t proto;
	uint8_t spi_len;
	uint16_t count;
	struct rd spis; // count * spi_len bytes
};

enum { IKE_NOTIFIES = 24, IKE_DELETES = 4 }; // more in one message are not looked at

struct ike_msg {
	struct ike_head head;
	uint32_t present;
	uint8_t critical;   // type of the unknown critical payload, after -ENOTSUP
	struct rd sa;	    // proposals, for propose.h
	uint16_t group;	    // of KE
	struct rd ke;	    // public value
	struct rd idi, idr; // whole body: type, three reserved bytes, data
	uint8_t auth_method;
	struct rd auth;
	struct rd nonce;
	struct rd tsi, tsr; // whole body, for ts.h
	uint8_t notifies, deletes;
	struct ike_notify notify[IKE_NOTIFIES];
	struct ike_delete del[IKE_DELETES];
};

// Read a chain of payloads whose first is of type next into msg, behind what it already holds.
// Unknown payloads without the critical bit are skipped (RFC 7296 s2.5).
//
// returns 0, -EINVAL (malformed, or one that may come once came twice) or -ENOTSUP (an unknown
// critical payload: msg->critical)
[[nodiscard]] int ike_msg_read(struct rd body, uint8_t next, struct ike_msg *msg);

// The first notification of a type, or of any error type; NULL when there is none.
const struct ike_notify *ike_msg_notify(const struct ike_msg *msg, uint16_t type);
const struct ike_notify *ike_msg_error(const struct ike_msg *msg);

// "SA", "KE", ...: the payload's name.
const char *ike_payload_name(enum ike_payload payload);
