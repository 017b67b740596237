#include "ike/v1/msg.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

#include "ike/v1/vendor.h"

static bool read_sa(struct v1_msg *msg, struct rd body)
{
	msg->sa = body;
	return rd_left(&body) >= 8; // DOI and situation
}

static bool read_ke(struct v1_msg *msg, struct rd body)
{
	msg->ke = body;
	return rd_left(&body) > 0;
}

static bool read_id(struct v1_msg *msg, struct rd body)
{
	if (msg->ids == V1_IDS || rd_left(&body) < 4)
		return false;
	msg->id[msg->ids++] = body;
	return true;
}

static bool read_hash(struct v1_msg *msg, struct rd body)
{
	msg->hash = body;
	return rd_left(&body) > 0;
}

static bool read_nonce(struct v1_msg *msg, struct rd body)
{
	msg->nonce = body;
	return rd_left(&body) >= V1_NONCE_MIN && rd_left(&body) <= V1_NONCE_MAX;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |              Domain of Interpretation  (DOI)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Protocol-ID  |   SPI Size    |      Notify Message Type      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                Security Parameter Index (SPI)                 ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                       Notification Data                       ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_notify(struct v1_msg *msg, struct rd body)
{
	struct v1_notify n = {};
	uint8_t spi_len;

	// DOI 0 (ISAKMP) is common in what is sent in clear; the types that we know mean the same.
	rd_skip(&body, 4);
	n.proto = rd_u8(&body);
	spi_len = rd_u8(&body);
	n.type = rd_u16(&body);
	n.spi = rd_sub(&body, spi_len);
	n.data = body;
	if (body.bad)
		return false;
	if (msg->notifies < V1_NOTIFIES)
		msg->notify[msg->notifies++] = n;
	return true;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |              Domain of Interpretation  (DOI)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Protocol-Id  |   SPI Size    |           # of SPIs           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~               Security Parameter Index(es) (SPI)              ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_delete(struct v1_msg *msg, struct rd body)
{
	struct v1_delete d = {};

	rd_skip(&body, 4);
	d.proto = rd_u8(&body);
	d.spi_len = rd_u8(&body);
	d.count = rd_u16(&body);
	d.spis = rd_sub(&body, (size_t)d.count * d.spi_len);
	if (body.bad || rd_left(&body))
		return false;
	if (msg->deletes < V1_DELETES)
		msg->del[msg->deletes++] = d;
	return true;
}

static bool read_vendor(struct v1_msg *msg, struct rd body)
{
	enum v1_vendor vendor = v1_vendor_of(body);

	if (vendor != V1_VENDORS)
		msg->vendors |= 1u << vendor;
	return true;
}

static bool read_natd(struct v1_msg *msg, struct rd body)
{
	if (msg->natds < V1_NATDS)
		msg->natd[msg->natds++] = body;
	return true;
}

static bool read_natd_draft(struct v1_msg *msg, struct rd body)
{
	msg->natd_draft = true;
	return read_natd(msg, body);
}

static bool read_other(struct v1_msg *, struct rd)
{
	return true;
}

// Every payload that we understand. many: may come more than once.
static const struct row {
	uint8_t type;
	enum v1_payload payload;
	bool many;
	bool (*read)(struct v1_msg *msg, struct rd body);
} rows[] = {
	{V1_PAYLOAD_SA, V1_HAS_SA, false, read_sa},
	{V1_PAYLOAD_KE, V1_HAS_KE, false, read_ke},
	{V1_PAYLOAD_ID, V1_HAS_ID, true, read_id},
	{V1_PAYLOAD_CERT, V1_HAS_OTHER, true, read_other},
	{V1_PAYLOAD_CERTREQ, V1_HAS_OTHER, true, read_other},
	{V1_PAYLOAD_HASH, V1_HAS_HASH, false, read_hash},
	{V1_PAYLOAD_SIGNATURE, V1_HAS_OTHER, true, read_other},
	{V1_PAYLOAD_NONCE, V1_HAS_NONCE, false, read_nonce},
	{V1_PAYLOAD_NOTIFY, V1_HAS_NOTIFY, true, read_notify},
	{V1_PAYLOAD_DELETE, V1_HAS_DELETE, true, read_delete},
	{V1_PAYLOAD_VENDOR, V1_HAS_VENDOR, true, read_vendor},
	{V1_PAYLOAD_ATTRIBUTES, V1_HAS_OTHER, true, read_other},
	{V1_PAYLOAD_NATD, V1_HAS_NATD, true, read_natd},
	{V1_PAYLOAD_NATOA, V1_HAS_OTHER, true, read_other},
	{V1_PAYLOAD_NATD_DRAFT, V1_HAS_NATD, true, read_natd_draft},
};

static const struct row private = {.payload = V1_HAS_OTHER, .many = true, .read = read_other};

static const struct row *row_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].type == type)
			return &rows[i];
	}
	return type >= V1_PAYLOAD_PRIVATE ? &private : NULL;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |   RESERVED    |         Payload Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static int read_one(struct rd *body, uint8_t *next, struct v1_msg *msg)
{
	const struct row *row = row_of(*next);
	uint8_t type = *next, reserved;
	uint16_t len;
	struct rd inner;

	*next = rd_u8(body);
	reserved = rd_u8(body);
	len = rd_u16(body);
	if (body->bad || reserved || len < IKE_PAYLOAD_HEAD)
		return -EINVAL;
	inner = rd_sub(body, len - (size_t)IKE_PAYLOAD_HEAD);
	if (body->bad)
		return -EINVAL;
	if (!row) {
		msg->unknown = type;
		return -ENOTSUP;
	}
	if (!row->many && msg->present & V1_BIT(row->payload))
		return -EINVAL;
	if (!row->read(msg, inner))
		return -EINVAL;
	msg->present |= V1_BIT(row->payload);
	return 0;
}

// libreswan rounds a message up to four bytes when an identity has left it odd.
static bool is_rounding(struct rd body)
{
	if (rd_left(&body) >= 4)
		return false;
	while (rd_left(&body))
		if (rd_u8(&body))
			return false;
	return true;
}

int v1_msg_read(struct rd body, uint8_t next, struct v1_msg *msg)
{
	bool encrypted = msg->head.flags & V1_FLAG_ENCRYPTED;
	const uint8_t *signed_from = NULL;

	if (encrypted && msg->head.id && next != V1_PAYLOAD_HASH)
		return -EINVAL;
	for (bool first = true; next != V1_PAYLOAD_NONE; first = false) {
		bool signs = first && next == V1_PAYLOAD_HASH;
		int err = read_one(&body, &next, msg);

		if (err)
			return err;
		if (signs)
			signed_from = body.p;
	}
	if (signed_from)
		msg->hashed = rd_of(signed_from, (size_t)(body.p - signed_from));
	return encrypted || is_rounding(body) ? 0 : -EINVAL;
}

const struct v1_notify *v1_msg_notify(const struct v1_msg *msg, uint16_t type)
{
	for (uint8_t i = 0; i < msg->notifies; i++) {
		if (msg->notify[i].type == type)
			return &msg->notify[i];
	}
	return NULL;
}

const struct v1_notify *v1_msg_error(const struct v1_msg *msg)
{
	for (uint8_t i = 0; i < msg->notifies; i++) {
		if (msg->notify[i].type < V1_N_STATUS)
			return &msg->notify[i];
	}
	return NULL;
}

bool v1_msg_is_sa(struct rd spi, uint64_t spi_i, uint64_t spi_r)
{
	return rd_left(&spi) == V1_COOKIES && rd_u64(&spi) == spi_i && rd_u64(&spi) == spi_r;
}

const char *v1_payload_name(enum v1_payload payload)
{
	static const char *const names[] = {
		[V1_HAS_SA] = "SA",
		[V1_HAS_KE] = "KE",
		[V1_HAS_ID] = "ID",
		[V1_HAS_HASH] = "HASH",
		[V1_HAS_NONCE] = "NONCE",
		[V1_HAS_NOTIFY] = "N",
		[V1_HAS_DELETE] = "D",
		[V1_HAS_VENDOR] = "VID",
		[V1_HAS_NATD] = "NAT-D",
		[V1_HAS_OTHER] = "other",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == V1_HAS_COUNT);

	return names[payload];
}
