#include "ike/v1/info.h"

#include <stdlib.h>

#include "ike/act.h"
#include "ike/note.h"
#include "ike/child.h"
#include "ike/packet.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/dpd.h"
#include "ike/v1/msg.h"
#include "ike/v1/payload.h"
#include "ike/v1/phase1.h"
#include "ike/v1/propose.h"
#include "ike/v1/quick.h"
#include "ike/v1/quicks.h"
#include "ike/v1/renew.h"
#include "ike/v1/twin.h"

enum { AGAIN_TIMES = 3, AGAIN_MS = 1500 };

struct ike_chain v1_info_begin(struct ike_sa *sa)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));

	v1_payload_hash_room(&chain, sa->suite.prf->out_len);
	return chain;
}

static void keep_for_again(struct ike_sa *sa, struct ike_packets *packets)
{
	struct v1_again *again = calloc(1, sizeof(*again));

	if (!again) {
		ike_packets_free(packets);
		return;
	}
	again->packets = *packets;
	again->left = AGAIN_TIMES;
	again->at = sa->ike->now + MONO_MS(AGAIN_MS);
	TAILQ_INSERT_TAIL(&sa->v1->repeats, again, link);
}

static int seal(struct ike_sa *sa, struct ike_chain *chain, struct ike_packets *packets)
{
	struct ike_head head = {.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = V1_VERSION,
		.exchange = V1_INFORMATIONAL,
		.id = v1_quick_id(sa)};
	const struct ike_nonces none = {};
	struct v1_iv iv;
	int err = v1_hash_sign(&sa->v1->keys, V1_HASH_1, head.id, none, chain);

	if (!err)
		err = v1_iv_phase2(&sa->v1->keys, &sa->v1->iv, head.id, &iv);
	if (!err)
		err = v1_packet_write(sa, &sa->v1->keys, &iv, &head, chain, packets);
	wipe(sa->ike->plain, sizeof(sa->ike->plain));
	return err;
}

void v1_info_send(struct ike_sa *sa, struct ike_chain *chain, bool again)
{
	struct ike_packets packets = {};

	if (seal(sa, chain, &packets)) {
		sa->ike->lost = true;
		return;
	}
	ike_packets_send(sa, &packets);
	if (again)
		keep_for_again(sa, &packets);
	else
		ike_packets_free(&packets);
}

void v1_info_delete_sa(struct ike_sa *sa)
{
	struct ike_chain chain = v1_info_begin(sa);

	v1_payload_delete(&chain, sa->spi_i, sa->spi_r);
	v1_info_send(sa, &chain, true);
}

void v1_info_delete_child(struct ike_sa *sa, uint32_t spi_in)
{
	struct ike_chain chain = v1_info_begin(sa);

	v1_payload_delete_esp(&chain, spi_in);
	v1_info_send(sa, &chain, true);
}

void v1_info_refuse(struct ike_sa *sa, uint16_t type, uint32_t spi)
{
	struct ike_chain chain = v1_info_begin(sa);

	v1_payload_notify_esp(&chain, type, spi, NULL, 0);
	v1_info_send(sa, &chain, false);
}

void v1_info_clear(struct ike_sa *sa, uint16_t type)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct ike_head head = {.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = V1_VERSION,
		.exchange = V1_INFORMATIONAL,
		.id = v1_quick_id(sa)};
	struct ike_packets packets = {};

	v1_payload_notify(&chain, type, sa->spi_i, sa->spi_r, NULL, 0);
	if (!v1_packet_write(sa, NULL, NULL, &head, &chain, &packets))
		ike_packets_send(sa, &packets);
	ike_packets_free(&packets);
}

mono_us_t v1_info_again_at(const struct ike_sa *sa)
{
	const struct v1_again *again;
	mono_us_t at = 0;

	TAILQ_FOREACH (again, &sa->v1->repeats, link) {
		if (!at || again->at < at)
			at = again->at;
	}
	return at;
}

void v1_info_again(struct ike_sa *sa)
{
	struct v1_again *again, *next;

	TAILQ_FOREACH_SAFE (again, &sa->v1->repeats, link, next) {
		if (again->at > sa->ike->now)
			continue;
		ike_packets_send(sa, &again->packets);
		again->at = sa->ike->now + MONO_MS(AGAIN_MS);
		if (--again->left)
			continue;
		TAILQ_REMOVE(&sa->v1->repeats, again, link);
		ike_packets_free(&again->packets);
		free(again);
	}
}

// In clear: worth a look only while there are no keys, and then only as a reason.
static void take_clear(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct rd body = rd_of(data, head->len);
	struct v1_msg msg = {.head = *head};
	const struct v1_notify *error;

	rd_skip(&body, IKE_HEAD);
	if (!sa->initiator || sa->state >= IKE_SA_UP || v1_msg_read(body, head->next, &msg))
		return;
	error = v1_msg_error(&msg);
	if (error)
		v1_phase1_refused(sa, error->type);
}

static void take_deletes(struct ike_sa *sa, const struct v1_msg *msg)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	uint32_t up = ike_children_up(tunnel);
	bool ended = false;

	for (uint8_t i = 0; i < msg->deletes; i++) {
		struct rd spis = msg->del[i].spis;

		for (uint16_t n = 0; n < msg->del[i].count; n++) {
			if (msg->del[i].proto == V1_PROTO_ESP && msg->del[i].spi_len == 4)
				v1_twin_deleted(sa, rd_u32(&spis));
			else if (msg->del[i].proto == V1_PROTO_ISAKMP)
				ended |= v1_msg_is_sa(
					rd_sub(&spis, msg->del[i].spi_len), sa->spi_i, sa->spi_r);
			else
				rd_skip(&spis, msg->del[i].spi_len);
		}
	}
	if (ike_children_up(tunnel) != up)
		ike_act_closed(sa, tunnel, true);
	if (!ended)
		return;
	if (sa->state == IKE_SA_UP)
		v1_renew_ended(sa);
	else if (sa->state == IKE_SA_REPLACED)
		ike_sa_kill(sa);
}

static void take_notifies(struct ike_sa *sa, const struct v1_msg *msg)
{
	for (uint8_t i = 0; i < msg->notifies; i++) {
		const struct v1_notify *n = &msg->notify[i];
		struct rd spi = n->spi;

		if (n->type == V1_N_R_U_THERE || n->type == V1_N_R_U_THERE_ACK)
			v1_dpd_take(sa, n);
		else if (n->type == V1_N_RESPONDER_LIFETIME && n->proto == V1_PROTO_ESP)
			v1_quick_lifetime(sa, rd_u32(&spi), n->data);
		else if (n->type < V1_N_STATUS)
			v1_quick_refused(sa, n);
	}
}

// What its header says is all that can be said of it.
static void note_order(const struct ike_sa *sa)
{
	struct why why = {.code = IKE_REASON_DPD_HASH_NOTIFY_COMPATIBILITY};

	why_set(&why, 0, "a notification stands before its HASH", "INFORMATIONAL message",
		"hash-notify", "notify-hash");
	ike_act_noted(sa, sa->tunnel, false, &why);
}

void v1_info_take(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	const struct ike_nonces none = {};
	struct v1_msg msg = {.head = *head};
	struct v1_iv iv, next;
	struct rd text;

	if (!(head->flags & V1_FLAG_ENCRYPTED)) {
		take_clear(sa, head, data);
		return;
	}
	if (!head->id || !sa->v1->keys.e.len ||
		v1_iv_phase2(&sa->v1->keys, &sa->v1->iv, head->id, &iv) ||
		v1_packet_open(sa->ike, &sa->v1->keys, data, head, &iv, &next, &text))
		return;
	if (head->next == V1_PAYLOAD_NOTIFY)
		note_order(sa);
	if (v1_msg_read(text, head->next, &msg) || !(msg.present & V1_BIT(V1_HAS_HASH)) ||
		!v1_hash_is_right(&sa->v1->keys, V1_HASH_1, none, &msg)) {
		// A responder tells with its own key that ours is another one.
		if (sa->initiator && sa->state == IKE_SA_PROVING)
			v1_phase1_garbled(sa, sa->v1->next);
		return;
	}
	ike_note(sa, false, head, text, head->next);
	if (sa->state < IKE_SA_UP) {
		if (sa->initiator && v1_msg_error(&msg))
			v1_phase1_refused(sa, v1_msg_error(&msg)->type);
		return;
	}
	if (!sa->tunnel)
		return;
	// One that ends still brings the peer's deletes.
	if (sa->state == IKE_SA_UP || sa->state == IKE_SA_REPLACED)
		take_notifies(sa, &msg);
	take_deletes(sa, &msg);
}
