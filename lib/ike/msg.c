#include "ike/msg.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       IKE SA Initiator's SPI                  |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       IKE SA Responder's SPI                  |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Next Payload | MjVer | MnVer | Exchange Type |   X X R V I X X X |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                          Message ID                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                            Length                             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
int ike_head_read(const uint8_t *data, size_t len, struct ike_head *head)
{
	struct rd rd = rd_of(data, len);

	head->spi_i = rd_u64(&rd);
	head->spi_r = rd_u64(&rd);
	head->next = rd_u8(&rd);
	head->version = rd_u8(&rd);
	head->exchange = rd_u8(&rd);
	head->flags = rd_u8(&rd);
	head->id = rd_u32(&rd);
	head->len = rd_u32(&rd);
	// RFC 7296 s1.5: INVALID_SPI outside an IKE SA has no SPI to speak of.
	if (rd.bad || head->len != len || (!head->spi_i && head->exchange != IKE_INFORMATIONAL))
		return -EINVAL;
	// A higher minor version is read as ours (RFC 7296 s2.5).
	return head->version >> 4 == IKE_VERSION >> 4 ? 0 : -EPROTO;
}

static bool read_sa(struct ike_msg *msg, struct rd body)
{
	msg->sa = body;
	return rd_left(&body) > 0;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   Diffie-Hellman Group Num    |           RESERVED            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                       Key Exchange Data                       ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_ke(struct ike_msg *msg, struct rd body)
{
	msg->group = rd_u16(&body);
	rd_skip(&body, 2);
	msg->ke = body;
	return !body.bad && rd_left(&body) > 0;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   ID Type     |                 RESERVED                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                   Identification Data                         ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_idi(struct ike_msg *msg, struct rd body)
{
	msg->idi = body;
	return rd_left(&body) >= 4;
}

static bool read_idr(struct ike_msg *msg, struct rd body)
{
	msg->idr = body;
	return rd_left(&body) >= 4;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Auth Method   |                RESERVED                       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                      Authentication Data                      ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_auth(struct ike_msg *msg, struct rd body)
{
	msg->auth_method = rd_u8(&body);
	rd_skip(&body, 3);
	msg->auth = body;
	return !body.bad;
}

static bool read_nonce(struct ike_msg *msg, struct rd body)
{
	msg->nonce = body;
	return rd_left(&body) >= IKE_NONCE_MIN && rd_left(&body) <= IKE_NONCE_MAX;
}

static bool read_tsi(struct ike_msg *msg, struct rd body)
{
	msg->tsi = body;
	return rd_left(&body) >= 4;
}

static bool read_tsr(struct ike_msg *msg, struct rd body)
{
	msg->tsr = body;
	return rd_left(&body) >= 4;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Protocol ID  |   SPI Size    |      Notify Message Type      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                Security Parameter Index (SPI)                 ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                       Notification Data                       ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_notify(struct ike_msg *msg, struct rd body)
{
	struct ike_notify n = {.proto = rd_u8(&body)};
	uint8_t spi_len = rd_u8(&body);

	n.type = rd_u16(&body);
	n.spi = rd_sub(&body, spi_len);
	n.data = body;
	if (body.bad)
		return false;
	if (msg->notifies < IKE_NOTIFIES)
		msg->notify[msg->notifies++] = n;
	return true;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Protocol ID   |   SPI Size    |          Num of SPIs          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~               Security Parameter Index(es) (SPI)              ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool read_delete(struct ike_msg *msg, struct rd body)
{
	struct ike_delete d = {.proto = rd_u8(&body)};

	d.spi_len = rd_u8(&body);
	d.count = rd_u16(&body);
	d.spis = rd_sub(&body, (size_t)d.count * d.spi_len);
	if (body.bad || rd_left(&body))
		return false;
	if (msg->deletes < IKE_DELETES)
		msg->del[msg->deletes++] = d;
	return true;
}

static bool read_other(struct ike_msg *, struct rd)
{
	return true;
}

// Every payload that we understand. many: may come more than once.
static const struct row {
	uint8_t type;
	enum ike_payload payload;
	bool many;
	bool (*read)(struct ike_msg *msg, struct rd body);
} rows[] = {
	{IKE_PAYLOAD_SA, IKE_HAS_SA, false, read_sa},
	{IKE_PAYLOAD_KE, IKE_HAS_KE, false, read_ke},
	{IKE_PAYLOAD_IDI, IKE_HAS_IDI, false, read_idi},
	{IKE_PAYLOAD_IDR, IKE_HAS_IDR, false, read_idr},
	{IKE_PAYLOAD_AUTH, IKE_HAS_AUTH, false, read_auth},
	{IKE_PAYLOAD_NONCE, IKE_HAS_NONCE, false, read_nonce},
	{IKE_PAYLOAD_TSI, IKE_HAS_TSI, false, read_tsi},
	{IKE_PAYLOAD_TSR, IKE_HAS_TSR, false, read_tsr},
	{IKE_PAYLOAD_NOTIFY, IKE_HAS_NOTIFY, true, read_notify},
	{IKE_PAYLOAD_DELETE, IKE_HAS_DELETE, true, read_delete},
	{IKE_PAYLOAD_CERT, IKE_HAS_OTHER, true, read_other},
	{IKE_PAYLOAD_CERTREQ, IKE_HAS_OTHER, true, read_other},
	{IKE_PAYLOAD_VENDOR, IKE_HAS_OTHER, true, read_other},
	{IKE_PAYLOAD_CP, IKE_HAS_OTHER, true, read_other},
	{IKE_PAYLOAD_EAP, IKE_HAS_OTHER, true, read_other},
};

static const struct row *row_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].type == type)
			return &rows[i];
	}
	return NULL;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |C|  RESERVED   |         Payload Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
int ike_msg_read(struct rd body, uint8_t next, struct ike_msg *msg)
{
	while (next != IKE_PAYLOAD_NONE) {
		const struct row *row = row_of(next);
		uint8_t type = next, critical;
		uint16_t len;
		struct rd inner;

		next = rd_u8(&body);
		critical = rd_u8(&body) & 0x80;
		len = rd_u16(&body);
		if (body.bad || len < IKE_PAYLOAD_HEAD)
			return -EINVAL;
		inner = rd_sub(&body, len - (size_t)IKE_PAYLOAD_HEAD);
		if (body.bad)
			return -EINVAL;
		if (!row && critical) {
			msg->critical = type;
			return -ENOTSUP;
		}
		if (!row)
			continue;
		if (!row->many && msg->present & IKE_BIT(row->payload))
			return -EINVAL;
		if (!row->read(msg, inner))
			return -EINVAL;
		msg->present |= IKE_BIT(row->payload);
	}
	return rd_left(&body) ? -EINVAL : 0;
}

const struct ike_notify *ike_msg_notify(const struct ike_msg *msg, uint16_t type)
{
	for (uint8_t i = 0; i < msg->notifies; i++) {
		if (msg->notify[i].type == type)
			return &msg->notify[i];
	}
	return NULL;
}

const struct ike_notify *ike_msg_error(const struct ike_msg *msg)
{
	for (uint8_t i = 0; i < msg->notifies; i++) {
		if (msg->notify[i].type < IKE_N_STATUS)
			return &msg->notify[i];
	}
	return NULL;
}

const char *ike_payload_name(enum ike_payload payload)
{
	static const char *const names[] = {
		[IKE_HAS_SA] = "SA",
		[IKE_HAS_KE] = "KE",
		[IKE_HAS_IDI] = "IDi",
		[IKE_HAS_IDR] = "IDr",
		[IKE_HAS_AUTH] = "AUTH",
		[IKE_HAS_NONCE] = "Nonce",
		[IKE_HAS_TSI] = "TSi",
		[IKE_HAS_TSR] = "TSr",
		[IKE_HAS_NOTIFY] = "N",
		[IKE_HAS_DELETE] = "D",
		[IKE_HAS_OTHER] = "other",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == IKE_HAS_COUNT);

	return names[payload];
}
