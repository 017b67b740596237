#include "ike/v2/hint.h"

#include "ike/act.h"
#include "ike/payload.h"
#include "ike/sa.h"
#include "net/ip.h"

enum {
	ANSWERS_PER_S = 10,
	TELL_S = 10,	// one INVALID_SPI within an IKE SA
	SUSPECT_S = 10, // one question because of hints
	FRESH_S = 1,	// who was just heard lives
};

static void send_plain(struct ike *ike, const struct endpoint *local, const struct endpoint *remote,
	struct ike_head *head, const struct ike_chain *chain)
{
	struct wr wr = wr_of(ike->sealed, sizeof(ike->sealed));

	head->version = IKE_VERSION;
	head->next = chain->first;
	head->len = (uint32_t)(IKE_HEAD + wr_len(&chain->wr));
	ike_head_write(&wr, head);
	wr_copy(&wr, chain->wr.base, wr_len(&chain->wr));
	ike_act_send(ike, local, remote, ike->sealed, wr_len(&wr));
}

void v2_hint_unknown_ike(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote)
{
	struct ike_chain chain = ike_chain_of(ike->plain, sizeof(ike->plain));
	struct ike_head answer = {.spi_i = head->spi_i,
		.spi_r = head->spi_r,
		.exchange = head->exchange,
		.flags = (uint8_t)(IKE_FLAG_RESPONSE | (~head->flags & IKE_FLAG_INITIATOR)),
		.id = head->id};

	// Unprotected ones are never answered, or two could go on answering each other.
	if (head->flags & IKE_FLAG_RESPONSE ||
		(head->next != IKE_PAYLOAD_SK && head->next != IKE_PAYLOAD_SKF))
		return;
	if (ike->now - ike->hints_since >= MONO_S(1)) {
		ike->hints_since = ike->now;
		ike->hints = 0;
	}
	if (ike->hints++ >= ANSWERS_PER_S)
		return;
	ike_payload_notify(&chain, IKE_N_INVALID_IKE_SPI, 0, NULL, 0);
	send_plain(ike, local, remote, &answer, &chain);
}

// The youngest IKE SA with this peer; with spi, one with a child that sends to it.
static struct ike_sa *sa_with(
	const struct ike *ike, const struct endpoint *remote, uint32_t spi_out)
{
	struct ike_sa *sa, *next, *best = NULL;
	const struct ike_child *child;

	HASH_ITER (hh, ike->sas, sa, next) {
		bool fits = !spi_out;

		if (sa->state != IKE_SA_UP || sa->waiting ||
			!addr_eq(&sa->remote.addr, &remote->addr) ||
			(remote->port && sa->natt.remote && sa->remote.port != remote->port))
			continue;
		TAILQ_FOREACH (child, &sa->children, link)
			fits |= spi_out && child->state == IKE_CHILD_LIVE &&
				child->spi_out == spi_out;
		if (fits && (!best || sa->created >= best->created))
			best = sa;
	}
	return best;
}

void v2_hint_unknown_esp(
	struct ike *ike, const struct endpoint *local, const struct endpoint *remote, uint32_t spi)
{
	struct ike_chain chain = ike_chain_of(ike->plain, sizeof(ike->plain));
	struct ike_head head = {.exchange = IKE_INFORMATIONAL, .flags = IKE_FLAG_INITIATOR};
	struct endpoint from = *local, to = *remote;
	struct ike_sa *sa;
	uint8_t data[4];

	if (ike->now - ike->unknown_at < MONO_S(1))
		return;
	ike->unknown_at = ike->now;
	sa = sa_with(ike, remote, 0);
	if (sa) {
		if (sa->told_at && ike->now - sa->told_at < MONO_S(TELL_S))
			return;
		sa->told_at = ike->now;
		sa->tell_spi = spi;
		ike_sa_arm(sa);
		return;
	}
	from.port = to.port = IKE_PORT;
	if (remote->port) {
		from.port = NATT_PORT;
		to.port = remote->port;
	}
	be32_put(data, spi);
	ike_payload_notify(&chain, IKE_N_INVALID_SPI, 0, data, sizeof(data));
	send_plain(ike, &from, &to, &head, &chain);
}

static void suspect(struct ike_sa *sa)
{
	mono_us_t now = sa->ike->now;

	if (sa->state != IKE_SA_UP || sa->waiting || !sa->tunnel->conf.dpd_delay_s ||
		now - sa->last_in < MONO_S(FRESH_S) ||
		(sa->suspect_at && now - sa->suspect_at < MONO_S(SUSPECT_S)))
		return;
	sa->suspect_at = now;
	sa->want_dpd = true;
	ike_sa_arm(sa);
}

void v2_hint_take(struct ike *ike, const struct ike_head *head, const struct endpoint *remote,
	const uint8_t *data)
{
	struct rd body = rd_of(data, head->len), spi_rd;
	struct ike_msg msg = {.head = *head};
	const struct ike_notify *notify;
	struct ike_sa *sa = NULL;
	uint32_t spi;

	rd_skip(&body, IKE_HEAD);
	if (head->next != IKE_PAYLOAD_NOTIFY || ike_msg_read(body, head->next, &msg))
		return;
	notify = ike_msg_notify(&msg, IKE_N_INVALID_SPI);
	if (head->flags & IKE_FLAG_RESPONSE && ike_msg_notify(&msg, IKE_N_INVALID_IKE_SPI)) {
		sa = ike_sa_find(ike, head->flags & IKE_FLAG_INITIATOR ? head->spi_r : head->spi_i);
		if (sa && !addr_eq(&sa->remote.addr, &remote->addr))
			sa = NULL;
	} else if (notify && ike->now - ike->named_at >= MONO_S(1)) {
		ike->named_at = ike->now;
		spi_rd = notify->data;
		spi = rd_u32(&spi_rd);
		sa = spi ? sa_with(ike, remote, spi) : NULL;
	}
	if (sa && !sa->v1)
		suspect(sa);
}

void v2_hint_heard(struct ike_sa *sa, const struct ike_msg *msg)
{
	const struct ike_notify *notify = ike_msg_notify(msg, IKE_N_INVALID_SPI);
	struct rd spi_rd = notify ? notify->data : (struct rd){};
	uint32_t spi = rd_u32(&spi_rd);
	mono_us_t now = sa->ike->now;
	struct ike_child *child;

	if (!notify || !spi || (sa->suspect_at && now - sa->suspect_at < MONO_S(SUSPECT_S)))
		return;
	TAILQ_FOREACH (child, &sa->children, link) {
		// A rekey is an honest question, too: a peer without the child answers
		// CHILD_SA_NOT_FOUND, and it is made anew.
		if (child->spi_out == spi && child->state == IKE_CHILD_LIVE && child->outbound &&
			now - child->created >= MONO_S(FRESH_S)) {
			child->want_rekey = true;
			sa->suspect_at = now;
		}
	}
}
