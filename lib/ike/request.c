#include "ike/request.h"

#include <errno.h>
#include <stdlib.h>

#include "ike/child.h"
#include "ike/packet.h"
#include "ike/sa.h"
#include "ike/v2/exchange.h"

struct ike_request *ike_request_new(const struct v2_exchange *row)
{
	struct ike_request *req = calloc(1, sizeof(*req));

	if (req)
		req->row = row;
	return req;
}

void ike_request_free(struct ike_request *req)
{
	if (!req)
		return;
	if (req->fresh)
		ike_child_drop(req->fresh, false);
	if (req->next)
		ike_sa_kill(req->next);
	if (req->rival && req->rival->sa) {
		req->rival->sa->other = NULL;
		ike_sa_kill(req->rival->sa);
	}
	ke_free(req->ke);
	ike_packets_free(&req->sent);
	free(req->rival);
	free(req);
}

void ike_request_end(struct ike_sa *sa)
{
	struct ike_request *req = sa->req;

	sa->req = NULL;
	ike_request_free(req);
}

const struct ike_retransmit *ike_request_policy(const struct ike_sa *sa)
{
	static const struct ike_retransmit defaults = {
		.first_ms = 1500, .factor_pct = 180, .max_ms = 15000, .tries = 5};

	return sa->tunnel ? &sa->tunnel->conf.retransmit : &defaults;
}

static void wait_for_answer(struct ike_sa *sa)
{
	sa->req->again_at = sa->ike->now + sa->req->gap_us;
	if (sa->req->dead_at && sa->req->again_at > sa->req->dead_at)
		sa->req->again_at = sa->req->dead_at;
}

void ike_request_start(struct ike_sa *sa, struct ike_request *req)
{
	sa->req = req;
	req->sent_at = sa->ike->now;
	req->gap_us = MONO_MS(ike_request_policy(sa)->first_ms);
	req->id = sa->id_out++;
	if (req->row->liveness && sa->tunnel)
		req->dead_at = req->sent_at + MONO_S(sa->tunnel->conf.dpd_timeout_s);
	ike_packets_send(sa, &req->sent);
	wait_for_answer(sa);
	ike_sa_arm(sa);
}

int ike_request_send(struct ike_sa *sa, struct ike_request *req)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	int err;

	if (!req)
		return -ENOMEM;
	err = req->row->build(sa, req, &chain);
	if (!err)
		err = ike_packet_seal(sa, req->row->type, false, sa->id_out, &chain, &req->sent);
	wipe(sa->ike->plain, wr_len(&chain.wr));
	if (err) {
		ike_request_free(req);
		return err;
	}
	ike_request_start(sa, req);
	return 0;
}

void ike_request_due(struct ike_sa *sa)
{
	const struct ike_retransmit *p = ike_request_policy(sa);
	struct ike_request *req = sa->req;
	mono_us_t now = sa->ike->now;

	if (now < req->again_at)
		return;
	if (req->dead_at ? now >= req->dead_at : req->tries >= p->tries) {
		ike_sa_silent(sa);
		return;
	}
	req->tries++;
	sa->retransmits++;
	req->gap_us = req->gap_us * p->factor_pct / 100;
	if (req->gap_us > MONO_MS(p->max_ms))
		req->gap_us = MONO_MS(p->max_ms);
	ike_packets_send(sa, &req->sent);
	wait_for_answer(sa);
}
