#include "ike/v1/main.h"

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
	return v1_talk_say(sa, &sa->v1->talk, V1_MAIN, 0, iv, chain, waits);
}

int v1_main_begin(struct ike_sa *sa)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	const struct v1_propose propose = v1_phase1_propose(conf);
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	size_t at = IKE_PAYLOAD_HEAD;
	struct rd body;
	int err;

	ike_payload_begin(&chain, V1_PAYLOAD_SA);
	v1_propose_write(&propose, 0, &chain.wr);
	ike_payload_end(&chain);
	if (chain.wr.bad)
		return -E2BIG;
	body = rd_of(chain.wr.base, wr_len(&chain.wr));
	rd_skip(&body, at);
	err = v1_phase1_keep(sa->half, V1_KEEP_SA, body);
	v1_phase1_write_vendors(conf, sa, false, &chain);
	if (!err)
		err = say(sa, NULL, &chain, true);
	sa->v1->next = &v1_rows[V1_MAIN_2];
	return err;
}

int v1_main_1(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct v1_choice choice;
	struct ike_tunnel *tunnel = v1_phase1_choose(sa, msg, NULL, &choice);
	int err;

	if (!tunnel)
		return -ENOENT;
	v1_phase1_take_vendors(sa, &tunnel->conf, msg->vendors);
	ike_payload_begin(&chain, V1_PAYLOAD_SA);
	v1_propose_answer(PROPOSAL_IKE, &choice, 0, &chain.wr);
	ike_payload_end(&chain);
	v1_phase1_write_vendors(&tunnel->conf, sa, true, &chain);
	err = v1_phase1_keep(sa->half, V1_KEEP_SA, msg->sa);
	if (!err)
		err = say(sa, NULL, &chain, false);
	if (err)
		return err;
	sa->suite = choice.suite;
	sa->half->candidate = tunnel->conf.tunnel;
	sa->state = IKE_SA_PROVING;
	sa->v1->next = &v1_rows[V1_MAIN_3];
	return 0;
}

// KE, nonce, NAT-D: messages 3 and 4.
static int say_ke(struct ike_sa *sa, bool waits)
{
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	int err;

	v1_phase1_write_ke(sa, &chain);
	err = v1_phase1_write_natd(sa, &chain);
	return err ? err : say(sa, NULL, &chain, waits);
}

int v1_main_2(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct why why = {};
	int err;

	why_fmt(&why, where, "main mode message 2");
	err = v1_phase1_chosen(sa, msg, &why);
	if (err) {
		v1_phase1_doubt(sa, &why);
		return err;
	}
	err = ike_dh_pair(sa, sa->suite.ke, &sa->half->ke);
	if (err)
		return err;
	sa->spi_r = msg->head.spi_r;
	v1_phase1_take_vendors(sa, &sa->tunnel->conf, msg->vendors);
	err = say_ke(sa, true);
	if (!err)
		sa->v1->next = &v1_rows[V1_MAIN_4];
	return err;
}

int v1_main_3(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(sa->ike, sa->half->candidate);
	struct why why = {};
	int err;

	// It may have been changed since.
	if (!tunnel || tunnel->conf.version != IKE_V1 || tunnel->conf.aggressive)
		return -ENOENT;
	ike_limit_proven(sa->ike, sa->half);
	why_fmt(&why, where, "main mode message 3");
	err = v1_phase1_keys(sa, &tunnel->conf, msg, &why);
	if (err && why.what[0])
		ike_act_refused(sa->ike, tunnel, NULL, &sa->local, &sa->remote, false, &why);
	if (!err)
		err = v1_phase1_take_natd(sa, msg);
	if (!err)
		err = say_ke(sa, false);
	if (!err)
		sa->v1->next = &v1_rows[V1_MAIN_5];
	return err;
}

int v1_main_4(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct why why = {};
	int err;

	why_fmt(&why, where, "main mode message 4");
	err = v1_phase1_keys(sa, conf, msg, &why);
	if (err && why.what[0])
		v1_phase1_doubt(sa, &why);
	if (!err)
		err = v1_phase1_take_natd(sa, msg);
	if (err)
		return err;
	if (sa->natt.local || sa->natt.remote)
		sa->local.port = sa->remote.port = NATT_PORT; // RFC 3947 s4
	err = v1_phase1_write_proof(sa, conf, true, &chain);
	v1_phase1_write_contact(sa, sa->tunnel, &chain);
	if (!err)
		err = say(sa, &sa->v1->iv, &chain, true);
	if (err)
		return err;
	sa->state = IKE_SA_PROVING;
	sa->v1->next = &v1_rows[V1_MAIN_6];
	return 0;
}

// Whom the peer says to be, with the key that was chosen by its address. NULL: with why.
static struct ike_tunnel *identify(
	struct ike_sa *sa, const struct v1_msg *msg, struct ike_id *peer, struct why *why)
{
	struct ike_tunnel *candidate = ike_tunnel_find(sa->ike, sa->half->candidate), *tunnel;

	if (v1_id_read(msg->id[0], peer)) {
		why_set(why, 0, "an identity of an unknown kind", NULL, NULL, NULL);
		why_code(why, IKE_REASON_PEER_ID_MISMATCH);
		return NULL;
	}
	tunnel = ike_tunnel_for(sa, sa->half->candidate, peer, NULL, why);
	why_fmt(why, where, "main mode message 5");
	// RFC 2409 s5.4: only the address can tell which key it is.
	if (tunnel &&
		(tunnel->conf.aggressive || !secret_eq(&tunnel->conf.psk, &candidate->conf.psk))) {
		why_set(why, 0,
			"in main mode, tunnels between the same addresses need the same key",
			"main mode message 5", candidate->conf.name, tunnel->conf.name);
		why_code(why, IKE_REASON_PSK_MISMATCH);
		return NULL;
	}
	return tunnel;
}

// What the peer's proof was about is wrong: it hears so, and the exchange ends.
static int refuse(
	struct ike_sa *sa, struct ike_tunnel *tunnel, uint16_t notify, const struct why *why)
{
	ike_act_refused(sa->ike, tunnel, sa, &sa->local, &sa->remote, false, why);
	ike_limit_failed(sa->ike, &sa->remote.addr);
	v1_info_clear(sa, notify);
	ike_sa_kill(sa);
	return -EACCES;
}

int v1_main_5(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct ike_tunnel *candidate = ike_tunnel_find(sa->ike, sa->half->candidate), *tunnel;
	struct ike_chain chain = ike_chain_of(sa->ike->plain, sizeof(sa->ike->plain));
	struct why why = {};
	struct ike_id peer;
	int err;

	if (!candidate)
		return -ENOENT;
	if (!v1_phase1_is_proven(sa, msg, msg->id[0])) {
		v1_phase1_garbled(sa, sa->v1->next);
		return -EACCES;
	}
	tunnel = identify(sa, msg, &peer, &why);
	if (!tunnel)
		return refuse(sa, candidate, V1_N_INVALID_ID_INFORMATION, &why);
	// It floats to port 4500 if there is a NAT.
	sa->local = sa->v1->from_local;
	sa->remote = sa->v1->from_remote;
	err = v1_phase1_write_proof(sa, &tunnel->conf, true, &chain);
	v1_phase1_write_contact(sa, tunnel, &chain);
	if (!err)
		err = say(sa, &sa->v1->iv, &chain, false);
	if (!err)
		err = v1_phase1_know_peer(sa, &peer);
	if (!err)
		v1_phase1_up(sa, tunnel, msg);
	return err;
}

int v1_main_6(struct ike_sa *sa, struct v1_quick *, const struct v1_msg *msg)
{
	struct why why = {};
	int err = v1_phase1_check_peer(sa, msg, "main mode message 6", &why);

	if (err) {
		v1_phase1_give_up(sa, &why);
		return err;
	}
	v1_talk_over(&sa->v1->talk);
	v1_phase1_up(sa, sa->tunnel, msg);
	return 0;
}
