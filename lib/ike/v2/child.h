// What IKE_AUTH and CREATE_CHILD_SA have in common: offer, answer and accept one child
// (RFC 7296 s1.2, s1.3, s2.9, s2.17).
#pragma once

#include "ike/child.h"
#include "ike/v2/exchange.h"

// How an exchange makes a child.
struct v2_child {
	bool auth;	   // in IKE_AUTH: no groups, nonces of IKE_SA_INIT
	uint32_t replaces; // spi_in; 0: none
	struct rd nonce_i, nonce_r;
	struct ke *ke; // ours, as initiator; NULL: none
};

// As initiator: SA, TSi and TSr of req->fresh. group: what KE holds; NULL: none.
void v2_child_offer_sa(
	const struct ike_child *child, bool auth, const struct alg *group, struct ike_chain *chain);
void v2_child_offer_ts(const struct ike_child *child, struct ike_chain *chain);

// As responder: choose and install a child of conf (NULL: whichever of the tunnel's fits). Writes
// SA, Nonce, KE, TSi, TSr, or an error notification.
//
// returns the child; NULL: it was refused, or waits for a job (ike_dh_waits)
struct ike_child *v2_child_respond(struct ike_sa *sa, const struct ike_msg *msg,
	const struct ike_child_conf *conf, const struct v2_child *how, struct ike_chain *chain);

// As initiator: install req->fresh as the peer answered.
//
// returns 0, 1 (it was made, but is not wanted any more), or -errno with why; -EAGAIN: begin again
// with another group (sa->group_hint); -EINPROGRESS: it waits for a job
[[nodiscard]] int v2_child_accept(
	struct ike_sa *sa, const struct ike_msg *msg, const struct v2_child *how, struct why *why);

// Whether one of a child's proposals has this group.
bool v2_child_has_group(const struct ike_child_conf *conf, uint16_t group);
// The group to begin with: the hint if it is ours, else the first; NULL: no PFS.
const struct alg *v2_child_group(const struct ike_child_conf *conf, uint16_t hint);
