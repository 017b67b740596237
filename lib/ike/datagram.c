#include "ike/datagram.h"

#include <errno.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/payload.h"
#include "ike/sa.h"
#include "ike/v1/exchange.h"
#include "ike/v1/wire.h"
#include "ike/v2/exchange.h"
#include "ike/v2/hint.h"
#include "ike/v2/init.h"
#include "ike/v2/respond.h"
#include "net/ip.h"

// A major version that we do not speak (s2.5): once per datagram, smaller than it, unprotected.
static void answer_version(struct ike *ike, const struct ike_in *in, const struct ike_head *head)
{
	struct ike_chain chain = ike_chain_of(ike->plain, sizeof(ike->plain));
	struct wr wr = wr_of(ike->sealed, sizeof(ike->sealed));
	struct ike_head answer = {.spi_i = head->spi_i,
		.spi_r = head->spi_r,
		.version = IKE_VERSION,
		.exchange = head->exchange,
		.flags = IKE_FLAG_RESPONSE,
		.id = head->id};

	if (head->version >> 4 < IKE_VERSION >> 4 || head->flags & IKE_FLAG_RESPONSE)
		return;
	ike_payload_notify(&chain, IKE_N_INVALID_MAJOR_VERSION, 0, NULL, 0);
	answer.next = chain.first;
	answer.len = (uint32_t)(IKE_HEAD + wr_len(&chain.wr));
	ike_head_write(&wr, &answer);
	wr_copy(&wr, chain.wr.base, wr_len(&chain.wr));
	ike_act_send(ike, &in->local, &in->remote, ike->sealed, wr_len(&wr));
}

void ike_datagram_take(struct ike *ike, const struct ike_in *in)
{
	struct rd rd = rd_of(in->data, in->len);
	struct ike_head head;
	struct ike_sa *sa;
	int err;

	if (in->local.port == NATT_PORT && (rd_u32(&rd) || rd.bad))
		return;
	err = ike_head_read(rd.p, rd_left(&rd), &head);
	if (err == -EPROTO && head.version >> 4 == V1_VERSION >> 4) {
		v1_datagram(ike, &head, in, rd.p);
		return;
	}
	if (err == -EPROTO)
		answer_version(ike, in, &head);
	if (err)
		return;
	if (head.exchange == IKE_SA_INIT && !(head.flags & IKE_FLAG_RESPONSE)) {
		if (head.flags & IKE_FLAG_INITIATOR && !head.spi_r)
			v2_respond(ike, &head, &in->local, &in->remote, rd.p);
		return;
	}
	// The flag says whose SPI comes first: the sender is the original initiator, or we are.
	sa = ike_sa_find(ike, head.flags & IKE_FLAG_INITIATOR ? head.spi_r : head.spi_i);
	if (head.exchange != IKE_SA_INIT && head.next != IKE_PAYLOAD_SK &&
		head.next != IKE_PAYLOAD_SKF) {
		v2_hint_take(ike, &head, &in->remote, rd.p);
		return;
	}
	if (!sa && head.exchange != IKE_SA_INIT)
		v2_hint_unknown_ike(ike, &head, &in->local, &in->remote);
	if (!sa || sa->v1 || sa->initiator == !!(head.flags & IKE_FLAG_INITIATOR))
		return;
	if (ike_dh_waits(sa))
		ike_dh_defer(sa, in);
	else if (head.exchange == IKE_SA_INIT)
		v2_init_answer(sa, &head, rd.p);
	else if (sa->state != IKE_SA_CONNECTING && head.spi_i == sa->spi_i &&
		 head.spi_r == sa->spi_r)
		v2_take(sa, &head, &in->local, &in->remote, rd.p);
}
