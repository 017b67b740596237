#include "ike/v1/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/note.h"
#include "crypto/cbc.h"
#include "crypto/hash.h"
#include "ike/packet.h"

enum {
	FRAGMENT_HEAD = 8, // with the generic header
	FRAGMENT_LAST = 1,
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |   RESERVED    |         Payload Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |          Fragment ID          |  Fragment Num |     Flags     |  Flags: 1 = the last one
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~    a piece of the whole message, its own header included      ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// The headers around the pieces are alike: in clear, of phase 1, message id 0 (as everybody does).
static int split(struct ike_sa *sa, const struct ike_head *head, size_t max, struct wr *whole,
	struct ike_packets *packets)
{
	size_t len = wr_len(whole), piece = max - IKE_HEAD - FRAGMENT_HEAD, from = 0;
	size_t total = (len + piece - 1) / piece;
	uint16_t id = (uint16_t)head->id;
	struct wr wr = wr_of(whole->p, wr_left(whole));
	struct ike_head each = *head;

	if (total > IKE_FRAGMENTS)
		return -E2BIG;
	each.next = V1_PAYLOAD_FRAGMENT;
	each.flags = 0;
	each.id = 0;
	if (head->exchange != V1_AGGRESSIVE)
		each.exchange = V1_MAIN;
	for (size_t number = 1; number <= total; number++, from += piece) {
		size_t take = len - from < piece ? len - from : piece;

		each.len = (uint32_t)(IKE_HEAD + FRAGMENT_HEAD + take);
		ike_head_write(&wr, &each);
		wr_u8(&wr, V1_PAYLOAD_NONE);
		wr_u8(&wr, 0);
		wr_u16(&wr, (uint16_t)(FRAGMENT_HEAD + take));
		wr_u16(&wr, id ? id : 1);
		wr_u8(&wr, (uint8_t)number);
		wr_u8(&wr, number == total ? FRAGMENT_LAST : 0);
		wr_copy(&wr, whole->base + from, take);
	}
	return wr.bad ? -E2BIG : ike_packets_keep(&wr, (uint32_t)max, packets);
}

int v1_packet_write(struct ike_sa *sa, const struct v1_keys *keys, struct v1_iv *iv,
	struct ike_head *head, const struct ike_chain *chain, struct ike_packets *packets)
{
	struct wr wr = wr_of(sa->ike->sealed, sizeof(sa->ike->sealed));
	size_t len = wr_len(&chain->wr), pad = 0, max = ike_packet_max(sa);
	struct v1_iv next;
	int err = 0;

	// RFC 2409 appendix B: padding only if there is something to fill up.
	if (iv)
		pad = (keys->encr->block_len - len % keys->encr->block_len) % keys->encr->block_len;
	ike_note(sa, true, head, rd_of(chain->wr.base, len), chain->first);
	head->next = chain->first;
	head->flags = (uint8_t)((head->flags & ~V1_FLAG_ENCRYPTED) | (iv ? V1_FLAG_ENCRYPTED : 0));
	head->len = (uint32_t)(IKE_HEAD + len + pad);
	ike_head_write(&wr, head);
	wr_copy(&wr, chain->wr.base, len);
	wr_zero(&wr, pad);
	if (chain->wr.bad || wr.bad)
		return -E2BIG;
	if (iv) {
		next = *iv;
		err = cbc_encrypt(keys->encr, &keys->e, next.b, wr.base + IKE_HEAD, len + pad);
	}
	if (err)
		return err;
	if (sa->fragmentation && head->len > max)
		err = split(sa, head, max, &wr, packets);
	else
		err = ike_packets_keep(&wr, head->len, packets);
	if (!err && iv)
		*iv = next;
	return err;
}

int v1_packet_open(struct ike *ike, const struct v1_keys *keys, const uint8_t *data,
	const struct ike_head *head, const struct v1_iv *iv, struct v1_iv *next, struct rd *text)
{
	struct wr copy = wr_of(ike->opened, sizeof(ike->opened));
	struct rd body = rd_of(data, head->len);
	int err;

	rd_skip(&body, IKE_HEAD);
	wr_copy(&copy, body.p, rd_left(&body));
	if (!(head->flags & V1_FLAG_ENCRYPTED) || body.bad || copy.bad)
		return -EINVAL;
	*next = *iv;
	err = cbc_decrypt(keys->encr, &keys->e, next->b, copy.base, wr_len(&copy));
	if (!err)
		*text = rd_of(copy.base, wr_len(&copy));
	return err;
}

static bool differs(const struct ike_frag *frag, uint8_t number, struct rd content)
{
	const uint8_t *old = frag->part[number - 1];

	return old && (frag->len[number - 1] != rd_left(&content) ||
			      memcmp(old, content.p, rd_left(&content)));
}

static void forget(struct v1_frag *frag)
{
	ike_frag_clear(&frag->parts);
	frag->last = 0;
}

// Whether a part stands behind the one that says it is the last.
static bool beyond(const struct ike_frag *frag, uint16_t last)
{
	for (size_t i = last; i < IKE_FRAGMENTS; i++) {
		if (frag->part[i])
			return true;
	}
	return false;
}

static int join(struct v1_frag *frag, struct rd *message)
{
	size_t len = frag->parts.bytes;

	frag->whole = malloc(len);
	if (!frag->whole)
		return -ENOMEM;
	frag->parts.total = frag->last;
	*message = rd_of(frag->whole, ike_frag_join(&frag->parts, frag->whole));
	frag->last = 0;
	return 1;
}

int v1_frag_take(
	struct v1_frag *frag, const uint8_t *data, const struct ike_head *head, struct rd *message)
{
	struct rd rd = rd_of(data, head->len);
	uint16_t payload, id;
	uint8_t number, flags;
	int err;

	free(frag->whole);
	frag->whole = NULL;
	rd_skip(&rd, IKE_HEAD + 2);
	payload = rd_u16(&rd);
	id = rd_u16(&rd);
	number = rd_u8(&rd);
	flags = rd_u8(&rd);
	if (rd.bad || payload != head->len - IKE_HEAD || !number || number > IKE_FRAGMENTS)
		return -EINVAL;
	// Many use one id for all messages: other bytes under the same number begin a new one.
	if (frag->parts.total && (frag->parts.id != id || differs(&frag->parts, number, rd)))
		forget(frag);
	if (frag->last ? number > frag->last || (flags & FRAGMENT_LAST && number != frag->last)
		       : flags & FRAGMENT_LAST && beyond(&frag->parts, number))
		return -EINVAL;
	err = ike_frag_add(&frag->parts, id, number, IKE_FRAGMENTS, 0, rd);
	if (err == -E2BIG)
		forget(frag);
	if (err < 0)
		return err;
	if (flags & FRAGMENT_LAST)
		frag->last = number;
	return frag->parts.have == frag->last ? join(frag, message) : 0;
}

void v1_frag_clear(struct v1_frag *frag)
{
	forget(frag);
	free(frag->whole);
	frag->whole = NULL;
}

int v1_packet_sum(const uint8_t *data, size_t len, uint8_t dst[static V1_SUM])
{
	const struct chunk in = {data, len};

	return hash(alg(ALG_PRF_SHA1), &in, 1, dst);
}
