// What main and aggressive mode have in common: beginning, choosing a tunnel, keys, proofs, coming
// up, failing (RFC 2409 s5).
#pragma once

#include "base/err.h"
#include "ike/payload.h"
#include "ike/v1/exchange.h"
#include "ike/v1/propose.h"

// Begin a tunnel. returns 0 or -errno: nothing was sent
[[nodiscard]] int v1_phase1_start(struct ike_tunnel *tunnel);
// Begin another SA with the peer of one that is up, from and to the same ports.
void v1_phase1_renew(struct ike_sa *sa);

// A first message from anyone.
void v1_phase1_stranger(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data);

// The best tunnel between these addresses with a common proposal.
//
// id  that the peer told in clear (aggressive mode); NULL: main mode
// returns NULL when there is none: that was told
struct ike_tunnel *v1_phase1_choose(struct ike_sa *sa, const struct v1_msg *msg,
	const struct ike_id *id, struct v1_choice *choice);

// As initiator: check and take the peer's choice. returns 0 or -EPROTO with why
[[nodiscard]] int v1_phase1_chosen(struct ike_sa *sa, const struct v1_msg *msg, struct why *why);

// Our proposals; what sa->half keeps of an SA payload for the proofs.
struct v1_propose v1_phase1_propose(const struct ike_conf *conf);
[[nodiscard]] int v1_phase1_keep(struct ike_half *half, unsigned int which, struct rd body);
enum { V1_KEEP_SA, V1_KEEP_KE }; // the initiator's SA body; the peer's public value

// Vendor IDs that we offer (set 0), or answer a peer's set with; and what we take from it.
void v1_phase1_write_vendors(
	const struct ike_conf *conf, const struct ike_sa *sa, bool answer, struct ike_chain *chain);
void v1_phase1_take_vendors(struct ike_sa *sa, const struct ike_conf *conf, uint32_t vendors);

// KE, nonce; NAT-D if the peer can.
void v1_phase1_write_ke(const struct ike_sa *sa, struct ike_chain *chain);
[[nodiscard]] int v1_phase1_write_natd(const struct ike_sa *sa, struct ike_chain *chain);
[[nodiscard]] int v1_phase1_take_natd(struct ike_sa *sa, const struct v1_msg *msg);

// The shared secret, and the keys and first IV from it; our key pair is made if there is none.
//
// returns 0, -EINPROGRESS, or -errno with why
[[nodiscard]] int v1_phase1_keys(
	struct ike_sa *sa, const struct ike_conf *conf, const struct v1_msg *msg, struct why *why);

// ID (if id) and HASH of ours.
[[nodiscard]] int v1_phase1_write_proof(
	struct ike_sa *sa, const struct ike_conf *conf, bool id, struct ike_chain *chain);
// Whether the peer's HASH is right for an ID payload's body.
bool v1_phase1_is_proven(struct ike_sa *sa, const struct v1_msg *msg, struct rd id);
// INITIAL-CONTACT, if we know of no other SA with the peer.
void v1_phase1_write_contact(
	const struct ike_sa *sa, const struct ike_tunnel *tunnel, struct ike_chain *chain);

// As initiator: the peer's identity and proof. returns 0 or -EACCES with why
[[nodiscard]] int v1_phase1_check_peer(
	struct ike_sa *sa, const struct v1_msg *msg, const char *where, struct why *why);
[[nodiscard]] int v1_phase1_know_peer(struct ike_sa *sa, const struct ike_id *id);

// Proven: it can carry children.
void v1_phase1_up(struct ike_sa *sa, struct ike_tunnel *tunnel, const struct v1_msg *msg);

// An attempt of ours failed: tell (why NULL: that was done), forget, try again later.
void v1_phase1_give_up(struct ike_sa *sa, const struct why *why);
// A refusal that anybody may have sent: it is told, and the right answer is waited for.
void v1_phase1_doubt(struct ike_sa *sa, const struct why *why);
void v1_phase1_refused(struct ike_sa *sa, uint16_t notify);
// An encrypted message could not be read: what the wrong key looks like.
void v1_phase1_garbled(struct ike_sa *sa, const struct v1_row *row);
// Nothing came.
void v1_phase1_silent(struct ike_sa *sa);
