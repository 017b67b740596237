#include "ike/v2/init.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/packet.h"
#include "ike/propose.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/exchange.h"
#include "ike/v2/hello.h"
#include "ike/v2/reauth.h"
#include "net/ip.h"

enum { RESTARTS = 8 };

// Build and send the request. The key pair is there.
static int send_request(struct ike_sa *sa)
{
	const struct ike_propose propose = v2_hello_propose(sa->tunnel);
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct ike_half *half = sa->half;
	struct ike_request *req;
	size_t len;
	int err;

	if (half->cookie_len)
		ike_payload_notify(&chain, IKE_N_COOKIE, 0, half->cookie, half->cookie_len);
	ike_payload_begin(&chain, IKE_PAYLOAD_SA);
	ike_propose_write(&propose, 0, 0, half->group, &chain.wr);
	ike_payload_end(&chain);
	err = v2_hello_write(sa, &sa->tunnel->conf, &chain);
	if (err)
		return err;
	v2_hello_sent(sa, 0, &chain);
	len = v2_hello_seal(sa->ike, &chain, sa->spi_i, 0, IKE_SA_INIT, IKE_FLAG_INITIATOR, 0);
	if (!len)
		return -E2BIG;
	err = v2_hello_keep(half, 0, sa->ike->sealed, len);
	if (err)
		return err;
	req = ike_request_new(&v2_exchanges[V2_INIT]);
	if (!req)
		return -ENOMEM;
	req->sent = (struct ike_packets){
		.bytes = malloc(len), .len = (uint32_t)len, .each = (uint32_t)len};
	if (!req->sent.bytes) {
		ike_request_free(req);
		return -ENOMEM;
	}
	memcpy(req->sent.bytes, half->init[0], len);
	sa->id_out = 0;
	ike_request_start(sa, req);
	return 0;
}

// Make the key pair and send the request: at first, and after COOKIE or INVALID_KE_PAYLOAD.
static int begin(struct ike_sa *sa);

// The pair is there.
static void begin_again(struct ike_sa *sa, const struct ike_head *, struct rd, uint8_t)
{
	if (!begin(sa))
		return;
	sa->ike->lost = true;
	ike_tunnel_failed(sa->tunnel);
	ike_sa_kill(sa);
}

static int begin(struct ike_sa *sa)
{
	int err = ike_dh_pair(sa, sa->half->group, &sa->half->ke);

	if (err == -EINPROGRESS) {
		ike_dh_park(sa, NULL, (struct rd){}, 0, begin_again);
		return 0;
	}
	return err ? err : send_request(sa);
}

static void use_group(struct ike_half *half, const struct alg *group)
{
	ke_free(half->ke);
	half->ke = NULL;
	half->group = group;
}

int v2_init_start(struct ike_tunnel *tunnel, const struct ike_sa *old)
{
	const struct ike_conf *conf = &tunnel->conf;
	struct ike *ike = tunnel->ike;
	struct ike_sa *sa;
	int err = -ENOMEM;

	sa = ike_sa_new(ike, tunnel, &conf->local, &conf->remote, true);
	if (!sa)
		return -ENOMEM;
	sa->follows = old ? old->spi : 0;
	sa->half = calloc(1, sizeof(*sa->half));
	if (sa->half) {
		sa->half->sa = sa;
		rng_fill(&ike->params.rng, sa->half->nonce, IKE_NONCE);
		use_group(sa->half, conf->ike[0].choice[ALG_KE][0]);
		err = begin(sa);
	}
	if (err) {
		struct why why = {};

		why_set(&why, err,
			err == -ENOTSUP ? "this machine cannot compute the group" : "no memory",
			"IKE_SA_INIT request", NULL, conf->ike[0].choice[ALG_KE][0]->name);
		if (err == -ENOTSUP)
			why_code(&why, IKE_REASON_ALGORITHM_COMPATIBILITY);
		ike_act_refused(ike, tunnel, sa, &sa->local, &sa->remote, false, &why);
		ike_sa_kill(sa);
	}
	return err;
}

// A refusal, or an answer that does not fit, which anybody on the way may have sent: it is told,
// and the right answer is waited for until the repetitions end (s2.21.1).
static void doubt(struct ike_sa *sa, const struct why *why)
{
	if (!sa->half->doubted)
		ike_act_refused(sa->ike, sa->tunnel, sa, &sa->local, &sa->remote, false, why);
	sa->half->doubted = true;
}

static void refused(struct ike_sa *sa, const struct ike_notify *notify)
{
	const struct ike_propose propose = v2_hello_propose(sa->tunnel);
	const char *name = ike_notify_name(notify->type);
	struct why why = {};

	why_fmt(&why, what,
		notify->type == IKE_N_NO_PROPOSAL_CHOSEN ? "the peer accepts none of our IKE "
							   "proposals"
							 : "the peer refuses");
	if (notify->type == IKE_N_NO_PROPOSAL_CHOSEN)
		why_code(&why, IKE_REASON_PROPOSAL_MISMATCH);
	else if (notify->type == IKE_N_INVALID_MAJOR_VERSION)
		why_code(&why, IKE_REASON_IKE_VERSION_MISMATCH);
	why_fmt(&why, where, "IKE_SA_INIT response");
	ike_propose_show(&propose, why.expected, sizeof(why.expected));
	if (name)
		why_fmt(&why, got, "%s", name);
	else
		why_fmt(&why, got, "notification %u", notify->type);
	doubt(sa, &why);
}

static const struct alg *own_group(const struct ike_tunnel *tunnel, uint16_t id)
{
	for (size_t i = 0; i < tunnel->conf.ike_count; i++) {
		const struct proposal *p = &tunnel->conf.ike[i];

		for (uint8_t k = 0; k < p->n[ALG_KE]; k++) {
			if (p->choice[ALG_KE][k]->v2_id == id)
				return p->choice[ALG_KE][k];
		}
	}
	return NULL;
}

// Begin again as the responder asks. A forged answer costs us no more than a few restarts.
static void restart(struct ike_sa *sa, const struct alg *group, struct rd cookie)
{
	struct ike_half *half = sa->half;
	int err;

	if (++half->restarts > RESTARTS) {
		struct why why = {};

		why_set(&why, 0, "the peer asks for one restart after the other",
			"IKE_SA_INIT response", NULL, NULL);
		doubt(sa, &why);
		return;
	}
	ike_request_end(sa);
	if (rd_left(&cookie)) {
		half->cookie_len = (uint8_t)rd_left(&cookie);
		rd_copy(&cookie, half->cookie, half->cookie_len);
	}
	if (group)
		use_group(half, group);
	err = begin(sa);
	if (err) {
		sa->ike->lost = true;
		ike_tunnel_failed(sa->tunnel);
		ike_sa_kill(sa);
	}
}

static void wrong_group(struct ike_sa *sa, struct rd data)
{
	const struct ike_propose propose = v2_hello_propose(sa->tunnel);
	uint16_t id = rd_u16(&data);
	const struct alg *group = own_group(sa->tunnel, id);
	struct why why = {};

	if (group && group != sa->half->group) {
		restart(sa, group, (struct rd){});
		return;
	}
	why_set(&why, 0, "the peer wants another Diffie-Hellman group", "IKE_SA_INIT response",
		NULL, NULL);
	why_code(&why, IKE_REASON_DH_GROUP_MISMATCH);
	ike_propose_show(&propose, why.expected, sizeof(why.expected));
	group = alg_find_v2(ALG_KE, id, 0);
	if (group)
		why_fmt(&why, got, "%s", group->name);
	else
		why_fmt(&why, got, "group %u", id);
	doubt(sa, &why);
}

static void take_again(struct ike_sa *sa, const struct ike_head *head, struct rd message, uint8_t)
{
	v2_init_answer(sa, head, message.p);
}

static void accept(struct ike_sa *sa, const struct ike_msg *msg, const uint8_t *data)
{
	const struct ike_propose propose = v2_hello_propose(sa->tunnel);
	struct secret shared = {};
	struct ike_choice choice;
	struct why why = {};
	int err;

	why_fmt(&why, where, "IKE_SA_INIT response");
	err = ike_propose_accept(msg->sa, &propose, &choice, &why);
	if (!err && (choice.suite.ke != sa->half->group || msg->group != choice.suite.ke->v2_id))
		err = why_set(&why, -EPROTO, "the answer's group is not the one that we sent",
			"IKE_SA_INIT response", sa->half->group->name, choice.suite.ke->name);
	if (!err)
		err = ike_dh_shared(sa, choice.suite.ke, &sa->half->ke, msg->ke, &shared, &why);
	if (err == -EINPROGRESS) {
		ike_dh_park(sa, &msg->head, rd_of(data, msg->head.len), 0, take_again);
		return;
	}
	if (!err) {
		sa->suite = choice.suite;
		sa->spi_r = msg->head.spi_r;
		err = v2_hello_keys(sa, msg, &shared);
	}
	secret_free(&shared);
	if (!err)
		err = v2_hello_features(sa, &sa->tunnel->conf, msg);
	if (!err)
		v2_hello_nat(sa, sa->tunnel, msg);
	if (!err)
		err = v2_hello_keep(sa->half, 1, data, msg->head.len);
	if (err) {
		ike_keys_fini(&sa->keys);
		sa->spi_r = 0;
		doubt(sa, &why);
		return;
	}
	ike_request_end(sa);
	// The peer came first, by itself: one SA is enough.
	if (ike_tunnel_sa(sa->tunnel) && ike_tunnel_sa(sa->tunnel) != v2_reauth_old(sa)) {
		ike_sa_kill(sa);
		return;
	}
	if (sa->natt.local || sa->natt.remote)
		sa->local.port = sa->remote.port = NATT_PORT;
	sa->state = IKE_SA_PROVING;
	sa->id_out = 1;
	if (ike_request_send(sa, ike_request_new(&v2_exchanges[V2_AUTH]))) {
		sa->ike->lost = true;
		ike_tunnel_failed(sa->tunnel);
		ike_sa_kill(sa);
	}
}

void v2_init_answer(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data)
{
	struct rd body = rd_of(data, head->len);
	struct ike_msg msg = {.head = *head};
	const struct ike_notify *notify;

	// Anyone may have sent it: what makes no sense is not worth giving up for.
	if (sa->state != IKE_SA_CONNECTING || !sa->req || !sa->half || head->id)
		return;
	rd_skip(&body, IKE_HEAD);
	if (ike_msg_read(body, head->next, &msg))
		return;
	v2_hello_received(sa, head, data);
	notify = ike_msg_notify(&msg, IKE_N_COOKIE);
	if (notify && rd_left(&notify->data) && rd_left(&notify->data) <= IKE_COOKIE_MAX) {
		restart(sa, NULL, notify->data);
		return;
	}
	notify = ike_msg_error(&msg);
	if (notify && notify->type == IKE_N_INVALID_KE_PAYLOAD && rd_left(&notify->data) == 2)
		wrong_group(sa, notify->data);
	else if (notify)
		refused(sa, notify);
	else if (head->spi_r &&
		 (msg.present & v2_exchanges[V2_INIT].answer) == v2_exchanges[V2_INIT].answer)
		accept(sa, &msg, data);
}
