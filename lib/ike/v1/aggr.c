#include "ike/v1/aggr.h"

#include <errno.h>

#include "ike/act.h"
#include "ike/dh.h"
#include "ike/limit.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/id.h"
#include "ike/v1/info.h"
#include "ike/v1/phase1.h"
#include "ike/v1/talk.h"
#include "net/ip.h"

static int say(struct ike_sa *sa, struct v1_iv *iv, struct ike_chain *chain, bool waits)
{
	return v1_talk_say(sa, &sa->v1->talk, V1_AGGRESSIVE, 0, iv, chain, waits);
}

// The key pair is there.
static void begin_again(struct ike_sa *sa, const struct ike_head *, struct rd, uint8_t)
{
	struct why why = {};

	if (!v1_aggr_begin(sa))
		return;
	why_set(&why, 0, "no memory", "aggressive mode message 1", NULL, NULL);
	v1_phase1_give_up(sa, &why);
}

int v1_aggr_begin(struct ike_sa *sa)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	const struct v1_propose propose = v1_phase1_propose(conf);
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	uint8_t id[V1_ID_BODY];
	struct rd body;
	int err;

	err = ike_dh_pair(sa, propose.group, &sa->half->ke);
	if (err == -EINPROGRESS) {
		ike_dh_park(sa, NULL, (struct rd){}, 0, begin_again);
		return 0;
	}
	if (err)
		return err;
	ike_payload_begin(&chain, V1_PAYLOAD_SA);
	v1_propose_write(&propose, 0, &chain.wr);
	ike_payload_end(&chain);
	if (chain.wr.bad)
		return -E2BIG;
	body = rd_of(chain.wr.base, wr_len(&chain.wr));
	rd_skip(&body, IKE_PAYLOAD_HEAD);
	err = v1_phase1_keep(sa->half, V1_KEEP_SA, body);
	v1_phase1_write_ke(sa, &chain);
	ike_payload_bytes(&chain, V1_PAYLOAD_ID, id, v1_id_write(&conf->local_id, id));
	v1_phase1_write_vendors(conf, sa, false, &chain);
	if (!err)
		err = say(sa, NULL, &chain, true);
	sa->v1->next = &v1_rows[V1_AGGR_2];
	return err;
}

// Everything that message 2 holds.
static int write_2(struct ike_sa *sa, const struct ike_conf *conf, const struct v1_choice *choice,
	struct ike_chain *chain)
{
	int err;

	ike_payload_begin(chain, V1_PAYLOAD_SA);
	v1_propose_answer(PROPOSAL_IKE, choice, 0, &chain->wr);
	ike_payload_end(chain);
	v1_phase1_write_ke(sa, chain);
	err = v1_phase1_write_proof(sa, conf, true, chain);
	v1_phase1_write_vendors(conf, sa, true, chain);
	return err ? err : v1_phase1_write_natd(sa, chain);
}

int v1_aggr_1(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct rd id = msg->id[0];
	struct ike_tunnel *tunnel;
	struct v1_choice choice;
	struct why why = {};
	struct ike_id peer;
	int err;

	if (v1_id_read(msg->id[0], &peer))
		return -EINVAL;
	tunnel = v1_phase1_choose(sa, msg, &peer, &choice);
	if (!tunnel)
		return -ENOENT;
	sa->suite = choice.suite;
	v1_phase1_take_vendors(sa, &tunnel->conf, msg->vendors);
	why_fmt(&why, where, "aggressive mode message 1");
	err = v1_phase1_keep(sa->half, V1_KEEP_SA, msg->sa);
	if (!err)
		err = v1_phase1_keys(sa, &tunnel->conf, msg, &why);
	if (err && why.what[0])
		ike_act_refused(sa->ike, tunnel, NULL, &sa->local, &sa->remote, false, &why);
	if (!err)
		err = write_2(sa, &tunnel->conf, &choice, &chain);
	// Message 3 completes it: it is for us to ask until that comes.
	if (!err)
		err = say(sa, NULL, &chain, true);
	if (!err)
		err = v1_phase1_know_peer(sa, &peer);
	if (err)
		return err;
	sa->v1->peer_id_len = (uint8_t)rd_left(&id);
	rd_copy(&id, sa->v1->peer_id, rd_left(&id));
	sa->half->candidate = tunnel->conf.tunnel;
	sa->state = IKE_SA_PROVING;
	sa->v1->next = &v1_rows[V1_AGGR_3];
	return 0;
}

// The peer is proven: prove ourselves, encrypted, and from port 4500 if there is a NAT.
static int say_3(struct ike_sa *sa)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	int err;

	// NAT-D is about the ports of this very message.
	if (sa->natt.local || sa->natt.remote)
		sa->local.port = sa->remote.port = NATT_PORT; // RFC 3947 s4
	err = v1_phase1_write_proof(sa, &sa->tunnel->conf, false, &chain);
	if (!err)
		err = v1_phase1_write_natd(sa, &chain);
	v1_phase1_write_contact(sa, sa->tunnel, &chain);
	return err ? err : say(sa, &sa->v1->iv, &chain, false);
}

int v1_aggr_2(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct why why = {};
	int err;

	why_fmt(&why, where, "aggressive mode message 2");
	err = v1_phase1_chosen(sa, msg, &why);
	if (err) {
		v1_phase1_doubt(sa, &why);
		return err;
	}
	sa->spi_r = msg->head.spi_r;
	err = v1_phase1_keys(sa, &sa->tunnel->conf, msg, &why);
	if (!err)
		err = v1_phase1_check_peer(sa, msg, "aggressive mode message 2", &why);
	if (err && err != -EINPROGRESS) {
		// Anybody may have sent it.
		if (why.what[0])
			v1_phase1_doubt(sa, &why);
		v1_info_clear(sa, V1_N_AUTHENTICATION_FAILED);
	}
	if (err) {
		sa->spi_r = 0;
		return err;
	}
	v1_phase1_take_vendors(sa, &sa->tunnel->conf, msg->vendors);
	err = v1_phase1_take_natd(sa, msg);
	if (!err)
		err = say_3(sa);
	if (!err)
		v1_phase1_up(sa, sa->tunnel, msg);
	return err;
}

int v1_aggr_3(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(sa->ike, sa->half->candidate);
	int err;

	if (!tunnel || tunnel->conf.version != IKE_V1 || !tunnel->conf.aggressive)
		return -ENOENT;
	if (!v1_phase1_is_proven(sa, msg, rd_of(sa->v1->peer_id, sa->v1->peer_id_len))) {
		v1_phase1_garbled(sa, sa->v1->next);
		return -EACCES;
	}
	err = v1_phase1_take_natd(sa, msg);
	if (err)
		return err;
	ike_limit_proven(sa->ike, sa->half);
	sa->local = sa->v1->from_local;
	sa->remote = sa->v1->from_remote;
	v1_talk_over(&sa->v1->talk);
	v1_phase1_up(sa, tunnel, msg);
	return 0;
}
