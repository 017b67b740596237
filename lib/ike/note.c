#include "ike/note.h"

#include "ike/act.h"
#include "ike/v1/wire.h"
#include "ike/wire.h"

// Payload types of both versions: their numbers do not meet.
static const char *const names[UINT8_MAX + 1] = {
	[V1_PAYLOAD_SA] = "SA",
	[V1_PAYLOAD_KE] = "KE",
	[V1_PAYLOAD_ID] = "ID",
	[V1_PAYLOAD_HASH] = "HASH",
	[V1_PAYLOAD_NONCE] = "NONCE",
	[V1_PAYLOAD_NOTIFY] = "N",
	[V1_PAYLOAD_DELETE] = "D",
	[V1_PAYLOAD_VENDOR] = "VID",
	[V1_PAYLOAD_NATD] = "NAT-D",
	[IKE_PAYLOAD_SA] = "SA",
	[IKE_PAYLOAD_KE] = "KE",
	[IKE_PAYLOAD_IDI] = "IDi",
	[IKE_PAYLOAD_IDR] = "IDr",
	[IKE_PAYLOAD_CERT] = "CERT",
	[IKE_PAYLOAD_CERTREQ] = "CERTREQ",
	[IKE_PAYLOAD_AUTH] = "AUTH",
	[IKE_PAYLOAD_NONCE] = "NONCE",
	[IKE_PAYLOAD_NOTIFY] = "N",
	[IKE_PAYLOAD_DELETE] = "D",
	[IKE_PAYLOAD_VENDOR] = "V",
	[IKE_PAYLOAD_TSI] = "TSi",
	[IKE_PAYLOAD_TSR] = "TSr",
	[IKE_PAYLOAD_CP] = "CP",
	[IKE_PAYLOAD_EAP] = "EAP",
};

// The text that grows. Every message of every handshake becomes one: no printf.
struct line {
	char *at, *end;
};

static void put(struct line *line, const char *word)
{
	while (*word && line->at < line->end)
		*line->at++ = *word++;
}

static void put_number(struct line *line, uint32_t number, unsigned int base, unsigned int digits)
{
	char text[16], *at = text + sizeof(text) - 1;

	*at = '\0';
	for (unsigned int i = 0; i < digits || number; i++) {
		*--at = "0123456789abcdef"[number % base];
		number /= base;
	}
	put(line, at);
}

static void notify(struct rd body, bool v1, struct line *line)
{
	const char *name;
	uint16_t type;

	rd_skip(&body, v1 ? 6 : 2); // v1: the domain of interpretation stands in front
	type = rd_u16(&body);
	name = v1 ? v1_notify_name(type) : ike_notify_name(type);
	put(line, "N(");
	if (name)
		put(line, name);
	else
		put_number(line, type, 10, 1);
	put(line, ")");
}

static void payload(uint8_t type, struct rd body, struct line *line)
{
	put(line, " ");
	if (type == IKE_PAYLOAD_NOTIFY || type == V1_PAYLOAD_NOTIFY) {
		notify(body, type == V1_PAYLOAD_NOTIFY, line);
	} else if (names[type]) {
		put(line, names[type]);
	} else {
		put(line, "payload");
		put_number(line, type, 10, 1);
	}
}

static uint32_t tunnel_of(const struct ike_sa *sa)
{
	if (sa->tunnel)
		return sa->tunnel->conf.tunnel;
	return sa->half ? sa->half->candidate : 0;
}

void ike_note(const struct ike_sa *sa, bool sent, const struct ike_head *head, struct rd body,
	uint8_t first)
{
	bool v1 = head->version >> 4 == V1_VERSION >> 4;
	struct ike_act_step *step;
	struct line line;

	if (!sa->ike->params.steps || !first || !tunnel_of(sa))
		return;
	step = ike_act_step(sa->ike);
	step->tunnel = tunnel_of(sa);
	line = (struct line){step->text, step->text + sizeof(step->text) - 1};
	put(&line, sent ? "sent " : "received ");
	put(&line, v1 ? v1_exchange_name(head->exchange) : ike_exchange_name(head->exchange));
	if (!v1)
		put(&line, head->flags & IKE_FLAG_RESPONSE ? " response" : " request");
	put(&line, " ");
	put_number(&line, head->id, 16, 8);
	put(&line, ":");
	while (first && rd_left(&body)) {
		uint8_t type = first;
		uint16_t len;

		first = rd_u8(&body);
		rd_skip(&body, 1);
		len = rd_u16(&body);
		payload(type, rd_sub(&body, len < IKE_PAYLOAD_HEAD ? 0 : len - IKE_PAYLOAD_HEAD),
			&line);
	}
	*line.at = '\0';
}
