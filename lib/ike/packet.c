#include "ike/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/note.h"
#include "ike/act.h"
#include "net/ip.h"

enum { FRAGMENT_HEAD = 4 };

size_t ike_packet_max(const struct ike_sa *sa)
{
	size_t ip = sa->local.addr.family == ADDR_V6 ? IP6_HEAD : IP4_HEAD;
	size_t marker = sa->local.port == NATT_PORT ? IKE_MARKER : 0;

	return sa->ike->params.fragment_len - ip - UDP_HEAD - marker;
}

static uint8_t flags_of(const struct ike_sa *sa, bool response)
{
	return (uint8_t)((sa->initiator ? IKE_FLAG_INITIATOR : 0) |
			 (response ? IKE_FLAG_RESPONSE : 0));
}

// One datagram: header, SK or (total > 0) SKF payload with len bytes of the chain.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |C|  RESERVED   |         Payload Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |        Fragment Number        |        Total Fragments        |  SKF alone (RFC 7383 s2.5)
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~       IV, encrypted payloads, padding, pad length, ICV        ~  crypto/skey.h
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static int seal_one(struct ike_sa *sa, struct ike_head *head, const struct ike_chain *chain,
	size_t from, size_t len, uint16_t number, uint16_t total, struct wr *wr)
{
	size_t extra = total ? FRAGMENT_HEAD : 0, start = wr_len(wr);
	size_t payload = IKE_PAYLOAD_HEAD + extra + skey_sealed_len(&sa->keys.out, len);
	struct rd text = rd_of(chain->wr.base, wr_len(&chain->wr));
	const uint8_t *piece;
	uint8_t *msg;

	rd_skip(&text, from);
	piece = rd_take(&text, len);
	if (!piece || payload > UINT16_MAX)
		return -E2BIG;
	head->next = total ? IKE_PAYLOAD_SKF : IKE_PAYLOAD_SK;
	head->len = (uint32_t)(IKE_HEAD + payload);
	ike_head_write(wr, head);
	wr_u8(wr, number > 1 ? IKE_PAYLOAD_NONE : chain->first);
	wr_u8(wr, 0);
	wr_u16(wr, (uint16_t)payload);
	if (total) {
		wr_u16(wr, number);
		wr_u16(wr, total);
	}
	wr_zero(wr, skey_iv_len(&sa->keys.out));
	wr_copy(wr, piece, len);
	wr_zero(wr, head->len - (wr_len(wr) - start));
	if (wr->bad)
		return -E2BIG;
	msg = wr->base + start;
	return skey_seal(
		&sa->keys.out, &sa->ike->params.rng, msg, IKE_HEAD + IKE_PAYLOAD_HEAD + extra, len);
}

int ike_packets_keep(const struct wr *wr, uint32_t each, struct ike_packets *packets)
{
	ike_packets_free(packets);
	packets->bytes = malloc(wr_len(wr));
	if (!packets->bytes)
		return -ENOMEM;
	memcpy(packets->bytes, wr->base, wr_len(wr));
	packets->len = (uint32_t)wr_len(wr);
	packets->each = each;
	return 0;
}

int ike_packet_seal(struct ike_sa *sa, uint8_t exchange, bool response, uint32_t id,
	const struct ike_chain *chain, struct ike_packets *packets)
{
	struct wr wr = wr_of(sa->ike->sealed, sizeof(sa->ike->sealed));
	size_t len = wr_len(&chain->wr), max = ike_packet_max(sa), piece, total, from = 0;
	struct ike_head head = {.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = IKE_VERSION,
		.exchange = exchange,
		.flags = flags_of(sa, response),
		.id = id};
	uint32_t each;
	int err;

	if (chain->wr.bad)
		return -E2BIG;
	ike_note(sa, true, &head, rd_of(chain->wr.base, len), chain->first);
	if (!sa->fragmentation ||
		IKE_HEAD + IKE_PAYLOAD_HEAD + skey_sealed_len(&sa->keys.out, len) <= max) {
		err = seal_one(sa, &head, chain, 0, len, 0, 0, &wr);
		return err ? err : ike_packets_keep(&wr, (uint32_t)wr_len(&wr), packets);
	}
	piece = skey_inner_max(&sa->keys.out, max - IKE_HEAD - IKE_PAYLOAD_HEAD - FRAGMENT_HEAD);
	total = (len + piece - 1) / piece;
	each = 0;
	for (size_t number = 1; number <= total; number++) {
		size_t take = len - from < piece ? len - from : piece;

		err = seal_one(
			sa, &head, chain, from, take, (uint16_t)number, (uint16_t)total, &wr);
		if (err)
			return err;
		from += take;
		if (number == 1)
			each = (uint32_t)wr_len(&wr);
	}
	return ike_packets_keep(&wr, each, packets);
}

// One opened datagram; total 0: not a fragment.
struct opened {
	struct rd content;
	uint8_t first;
	uint16_t number, total;
};

static int open_one(
	struct ike_sa *sa, const uint8_t *data, const struct ike_head *head, struct opened *opened)
{
	struct wr copy = wr_of(sa->ike->opened, sizeof(sa->ike->opened));
	struct rd rd = rd_of(data, head->len);
	bool skf = head->next == IKE_PAYLOAD_SKF;
	size_t at = IKE_HEAD + IKE_PAYLOAD_HEAD + (skf ? FRAGMENT_HEAD : 0), inner;
	uint16_t payload;
	int err;

	// RFC 7296 s3.14: nothing stands before or behind it.
	if (head->next != IKE_PAYLOAD_SK && !skf)
		return -EINVAL;
	rd_skip(&rd, IKE_HEAD);
	*opened = (struct opened){.first = rd_u8(&rd)};
	rd_skip(&rd, 1);
	payload = rd_u16(&rd);
	if (skf) {
		opened->number = rd_u16(&rd);
		opened->total = rd_u16(&rd);
	}
	wr_copy(&copy, data, head->len);
	if (rd.bad || copy.bad || payload != head->len - IKE_HEAD)
		return -EINVAL;
	if (skf && (!sa->fragmentation || !opened->total))
		return -EINVAL;
	err = skey_open(&sa->keys.in, sa->ike->opened, at, head->len, &inner);
	if (err)
		return err;
	opened->content = rd_of(sa->ike->opened, head->len);
	rd_skip(&opened->content, at + skey_iv_len(&sa->keys.in));
	opened->content = rd_sub(&opened->content, inner);
	return 0;
}

int ike_packet_open(struct ike_sa *sa, const uint8_t *data, const struct ike_head *head,
	struct rd *text, uint8_t *first)
{
	struct ike_frag **frag = head->flags & IKE_FLAG_RESPONSE ? &sa->frag_response
								 : &sa->frag_request;
	struct opened opened;
	int err;

	err = open_one(sa, data, head, &opened);
	if (err)
		return err;
	*first = opened.first;
	*text = opened.content;
	if (!opened.total)
		return 1;
	if (!*frag)
		*frag = calloc(1, sizeof(**frag));
	if (!*frag)
		return -ENOMEM;
	err = ike_frag_add(
		*frag, head->id, opened.number, opened.total, opened.first, opened.content);
	if (err != 1)
		return err;
	*first = (*frag)->first;
	*text = rd_of(sa->ike->opened, ike_frag_join(*frag, sa->ike->opened));
	free(*frag);
	*frag = NULL;
	return 1;
}

bool ike_packet_asks_again(struct ike_sa *sa, const uint8_t *data, const struct ike_head *head)
{
	struct opened opened;

	return !open_one(sa, data, head, &opened) && opened.number <= 1;
}

void ike_packets_send(struct ike_sa *sa, const struct ike_packets *packets)
{
	struct rd rd = rd_of(packets->bytes, packets->len);

	while (rd_left(&rd)) {
		size_t len = rd_left(&rd) < packets->each ? rd_left(&rd) : packets->each;

		ike_act_send(sa->ike, &sa->local, &sa->remote, rd_take(&rd, len), len);
	}
	sa->last_out = sa->ike->now;
}

void ike_packets_free(struct ike_packets *packets)
{
	free(packets->bytes);
	*packets = (struct ike_packets){};
}
