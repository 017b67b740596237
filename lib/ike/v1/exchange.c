#include "ike/v1/exchange.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "ike/act.h"
#include "ike/note.h"
#include "ike/dh.h"
#include "ike/packet.h"
#include "ike/sa.h"
#include "ike/v1/aggr.h"
#include "ike/v1/info.h"
#include "ike/v1/main.h"
#include "ike/v1/phase1.h"
#include "ike/v1/quick.h"
#include "ike/v1/quicks.h"

#define HAS_SA	  V1_BIT(V1_HAS_SA)
#define HAS_KE	  (V1_BIT(V1_HAS_KE) | V1_BIT(V1_HAS_NONCE))
#define HAS_PROOF (V1_BIT(V1_HAS_ID) | V1_BIT(V1_HAS_HASH))
#define HAS_CHILD (V1_BIT(V1_HAS_HASH) | V1_BIT(V1_HAS_SA) | V1_BIT(V1_HAS_NONCE))

const struct v1_row v1_rows[V1_ROWS] = {
	[V1_MAIN_1] = {.name = "main mode message 1",
		.exchange = V1_MAIN,
		.clear = true,
		.needs = HAS_SA,
		.rfc = "RFC 2409 s5.4",
		.take = v1_main_1},
	[V1_MAIN_2] = {.name = "main mode message 2",
		.exchange = V1_MAIN,
		.clear = true,
		.needs = HAS_SA,
		.rfc = "RFC 2409 s5.4",
		.take = v1_main_2},
	[V1_MAIN_3] = {.name = "main mode message 3",
		.exchange = V1_MAIN,
		.clear = true,
		.needs = HAS_KE,
		.rfc = "RFC 2409 s5.4",
		.take = v1_main_3},
	[V1_MAIN_4] = {.name = "main mode message 4",
		.exchange = V1_MAIN,
		.clear = true,
		.needs = HAS_KE,
		.rfc = "RFC 2409 s5.4",
		.take = v1_main_4},
	[V1_MAIN_5] = {.name = "main mode message 5",
		.exchange = V1_MAIN,
		.encrypted = true,
		.needs = HAS_PROOF,
		.rfc = "RFC 2409 s5.4",
		.take = v1_main_5},
	[V1_MAIN_6] = {.name = "main mode message 6",
		.exchange = V1_MAIN,
		.encrypted = true,
		.needs = HAS_PROOF,
		.rfc = "RFC 2409 s5.4",
		.take = v1_main_6},
	[V1_AGGR_1] = {.name = "aggressive mode message 1",
		.exchange = V1_AGGRESSIVE,
		.clear = true,
		.needs = HAS_SA | HAS_KE | V1_BIT(V1_HAS_ID),
		.rfc = "RFC 2409 s5.4",
		.take = v1_aggr_1},
	[V1_AGGR_2] = {.name = "aggressive mode message 2",
		.exchange = V1_AGGRESSIVE,
		.clear = true,
		.needs = HAS_SA | HAS_KE | HAS_PROOF,
		.rfc = "RFC 2409 s5.4",
		.take = v1_aggr_2},
	[V1_AGGR_3] = {.name = "aggressive mode message 3",
		.exchange = V1_AGGRESSIVE,
		.clear = true,
		.encrypted = true,
		.needs = V1_BIT(V1_HAS_HASH),
		.rfc = "RFC 2409 s5.4",
		.take = v1_aggr_3},
	[V1_QUICK_1] = {.name = "quick mode message 1",
		.exchange = V1_QUICK,
		.encrypted = true,
		.needs = HAS_CHILD,
		.rfc = "RFC 2409 s5.5",
		.take = v1_quick_1},
	[V1_QUICK_2] = {.name = "quick mode message 2",
		.exchange = V1_QUICK,
		.encrypted = true,
		.needs = HAS_CHILD,
		.rfc = "RFC 2409 s5.5",
		.take = v1_quick_2},
	[V1_QUICK_3] = {.name = "quick mode message 3",
		.exchange = V1_QUICK,
		.encrypted = true,
		.needs = V1_BIT(V1_HAS_HASH),
		.rfc = "RFC 2409 s5.5",
		.take = v1_quick_3},
};

static int read_message(struct ike_sa *sa, const struct v1_row *row, const struct ike_head *head,
	const uint8_t *data, const struct v1_iv *iv, struct v1_iv *next, struct v1_msg *msg)
{
	struct rd text = rd_of(data, head->len);
	int err = 0;

	*msg = (struct v1_msg){.head = *head};
	if (head->flags & V1_FLAG_ENCRYPTED)
		err = v1_packet_open(sa->ike, &sa->v1->keys, data, head, iv, next, &text);
	else
		rd_skip(&text, IKE_HEAD);
	if (!err)
		err = v1_msg_read(text, head->next, msg);
	if (!err)
		ike_note(sa, false, head, text, head->next);
	if (!err && (msg->present & row->needs) != row->needs)
		err = -EINVAL;
	return err;
}

// Take the message that row is about. returns as row->take.
static int take_row(struct ike_sa *sa, struct v1_quick *quick, const struct v1_row *row,
	struct v1_iv *iv, const struct ike_head *head, const uint8_t *data)
{
	struct v1_iv before = *iv, next = *iv;
	bool encrypted = head->flags & V1_FLAG_ENCRYPTED;
	struct v1_msg msg;
	int err;

	if (encrypted ? !row->encrypted || !sa->v1->keys.e.len : !row->clear)
		return -EINVAL;
	err = read_message(sa, row, head, data, iv, &next, &msg);
	if (err) {
		if (!quick && encrypted)
			v1_phase1_garbled(sa, row);
		return err;
	}
	// What we answer goes on from the peer's last block.
	*iv = next;
	err = row->take(sa, quick, &msg);
	if (err)
		*iv = before;
	return err;
}

// The same message again, once the job for it is done.
static void take_again(struct ike_sa *sa, const struct ike_head *head, struct rd message, uint8_t)
{
	v1_take(sa, head, message.p);
}

static void park(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	ike_dh_park(sa, head, rd_of(data, head->len), 0, take_again);
}

static void take_phase1(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct v1_sa *v1 = sa->v1;
	uint8_t sum[V1_SUM];
	int err;

	if (v1_packet_sum(data, head->len, sum))
		return;
	if (!memcmp(sum, v1->talk.heard, V1_SUM)) {
		ike_packets_send(sa, &v1->talk.sent);
		return;
	}
	if (!v1->next || v1->next->exchange != head->exchange || head->id)
		return;
	err = take_row(sa, NULL, v1->next, &v1->iv, head, data);
	if (err == -EINPROGRESS)
		park(sa, head, data);
	else if (!err)
		memcpy(v1->talk.heard, sum, V1_SUM);
}

static void take_quick(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct v1_quick *quick = v1_quick_find(sa, head->id);
	bool fresh = !quick;
	uint8_t sum[V1_SUM];
	int err;

	if (v1_packet_sum(data, head->len, sum))
		return;
	if (quick && !memcmp(sum, quick->talk.heard, V1_SUM)) {
		ike_packets_send(sa, &quick->talk.sent);
		return;
	}
	if (!quick)
		quick = v1_quick_begun(sa, head->id);
	if (!quick || !quick->next)
		return;
	err = take_row(sa, quick, quick->next, &quick->iv, head, data);
	if (!err)
		memcpy(quick->talk.heard, sum, V1_SUM);
	else if (fresh && sa->state != IKE_SA_GONE)
		v1_quick_free(sa, quick);
	if (err == -EINPROGRESS)
		park(sa, head, data);
}

// We go on as if it were not set, and never confirm (RFC 2408 s3.1).
static void note_commit(const struct ike_sa *sa)
{
	struct why why = {.code = IKE_REASON_COMMIT_MISMATCH};

	why_set(&why, 0, "the peer sets the commit bit", "message header", "not set", "set");
	ike_act_noted(sa, sa->tunnel, false, &why);
}

// We have said that we take fragments in our first message; the peer's first one, which says so of
// itself, may come in pieces already.
static bool takes_fragments(const struct ike_sa *sa)
{
	return sa->fragmentation ||
	       (sa->initiator && !sa->spi_r && sa->tunnel && sa->tunnel->conf.fragmentation);
}

void v1_take(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct ike_head whole;
	struct rd message;

	if (head->flags & V1_FLAG_COMMIT && sa->tunnel)
		note_commit(sa);
	if (v1_frag_is(head)) {
		if (!takes_fragments(sa) ||
			v1_frag_take(&sa->v1->frag, data, head, &message) != 1 ||
			ike_head_read(message.p, rd_left(&message), &whole) != -EPROTO ||
			v1_frag_is(&whole) || whole.spi_i != head->spi_i ||
			whole.spi_r != head->spi_r)
			return;
		head = &whole;
		data = message.p;
	}
	if (head->exchange == V1_INFORMATIONAL)
		v1_info_take(sa, head, data);
	else if (head->exchange != V1_QUICK)
		take_phase1(sa, head, data);
	else if (sa->state == IKE_SA_UP || sa->state == IKE_SA_REPLACED)
		take_quick(sa, head, data);
	ike_sa_arm(sa);
}

static struct ike_sa *find(const struct ike *ike, const struct ike_head *head)
{
	struct ike_sa *sa = ike_sa_find(ike, head->spi_i);

	// Before the first answer, the responder's cookie is not known.
	if (sa && sa->v1 && sa->initiator)
		return !sa->spi_r || sa->spi_r == head->spi_r ? sa : NULL;
	sa = ike_sa_find(ike, head->spi_r);
	return sa && sa->v1 && !sa->initiator && sa->spi_i == head->spi_i ? sa : NULL;
}

void v1_datagram(
	struct ike *ike, const struct ike_head *head, const struct ike_in *in, const uint8_t *data)
{
	struct ike_sa *sa = find(ike, head);

	if (!sa) {
		if (!head->spi_r && (head->exchange == V1_MAIN || head->exchange == V1_AGGRESSIVE))
			v1_phase1_stranger(ike, head, &in->local, &in->remote, data);
		return;
	}
	if (ike_dh_waits(sa)) {
		ike_dh_defer(sa, in);
		return;
	}
	sa->v1->from_local = in->local;
	sa->v1->from_remote = in->remote;
	v1_take(sa, head, data);
}
