#include "ike/v2/info.h"

#include <errno.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/hint.h"
#include "ike/v2/reauth.h"
#include "ike/v2/rekey.h"
#include "net/ip.h"

static bool has_delete(const struct ike_msg *msg, uint8_t proto)
{
	for (uint8_t i = 0; i < msg->deletes; i++) {
		if (msg->del[i].proto == proto)
			return true;
	}
	return false;
}

bool v2_info_is_delete_ike(const struct ike_msg *msg)
{
	return has_delete(msg, IKE_PROTO_IKE);
}

bool v2_info_is_delete_child(const struct ike_msg *msg)
{
	return has_delete(msg, IKE_PROTO_ESP);
}

bool v2_info_is_any(const struct ike_msg *)
{
	return true;
}

int v2_info_build_delete_ike(struct ike_sa *, struct ike_request *, struct ike_chain *chain)
{
	ike_payload_delete(chain, 0);
	return 0;
}

int v2_info_build_delete_child(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain)
{
	struct ike_child *child;

	TAILQ_FOREACH (child, &sa->children, link) {
		if (!child->want_delete)
			continue;
		child->want_delete = false;
		req->subject = child->spi_in;
		ike_payload_delete(chain, child->spi_in);
		return 0;
	}
	return -ENOENT;
}

int v2_info_build_question(struct ike_sa *sa, struct ike_request *, struct ike_chain *chain)
{
	uint8_t spi[4];

	sa->want_dpd = false;
	if (sa->tell_spi) {
		be32_put(spi, sa->tell_spi);
		ike_payload_notify(chain, IKE_N_INVALID_SPI, 0, spi, sizeof(spi));
	}
	sa->tell_spi = 0;
	return 0;
}

void v2_info_respond_delete_ike(struct ike_sa *sa, const struct ike_msg *, struct ike_chain *)
{
	struct ike_tunnel *tunnel = sa->tunnel;
	bool was_up;

	// The peer deletes what it replaced before it saw our own rekey.
	v2_rekey_yield(sa);
	was_up = sa->state == IKE_SA_UP && !sa->waiting;
	ike_sa_linger(sa);
	if (!tunnel || !was_up || ike_tunnel_sa(tunnel))
		return;
	ike_act_closed(sa, tunnel, false);
	ike_tunnel_lost(tunnel, false);
}

// One child that the peer closes, named by its inbound SPI. The answer names ours.
static void delete_one(struct ike_sa *sa, uint32_t spi_out, struct ike_chain *chain)
{
	struct ike_child *child = ike_child_find_out(sa, spi_out);
	struct ike_tunnel *tunnel = sa->tunnel;
	mono_us_t again = sa->ike->now + MONO_MS(1000 + ike_random(sa->ike, 1000));
	uint32_t up = tunnel ? ike_children_up(tunnel) : 0;
	bool crossed;

	if (!child) {
		// It may be the one that we are just making: its answer is still under way.
		if (sa->req && sa->req->fresh)
			sa->req->gone_spi = spi_out;
		return;
	}
	// Two deletes that cross: each side closes, neither answers for it (s1.4.1).
	crossed = child->state == IKE_CHILD_CLOSED;
	if (!crossed)
		ike_payload_delete(chain, child->spi_in);
	// It is made again, but not in step with a peer that deletes at once.
	if (tunnel && child->state == IKE_CHILD_LIVE && tunnel->child_retry_at < again)
		tunnel->child_retry_at = again;
	ike_child_drop(child, !crossed);
	if (tunnel && ike_children_up(tunnel) != up)
		ike_act_closed(sa, tunnel, true);
}

void v2_info_respond_delete_child(
	struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain)
{
	for (uint8_t i = 0; i < msg->deletes; i++) {
		struct rd spis = msg->del[i].spis;

		if (msg->del[i].proto != IKE_PROTO_ESP || msg->del[i].spi_len != 4)
			continue;
		while (rd_left(&spis))
			delete_one(sa, rd_u32(&spis), chain);
	}
}

void v2_info_respond_any(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *)
{
	if (sa->state != IKE_SA_UP)
		return;
	v2_reauth_heard(sa, msg);
	v2_hint_heard(sa, msg);
}

void v2_info_accept_delete_ike(struct ike_sa *sa, const struct ike_msg *)
{
	ike_sa_kill(sa);
}

void v2_info_accept_delete_child(struct ike_sa *sa, const struct ike_msg *)
{
	struct ike_child *child = ike_child_find(sa->ike, sa->req->subject);

	if (child && child->sa == sa)
		ike_child_drop(child, true);
}

void v2_info_accept_empty(struct ike_sa *, const struct ike_msg *)
{
}
