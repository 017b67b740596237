// The exchanges of IKEv2, one row each; for files within lib/ike alone.
#pragma once

#include "ike/core.h"
#include "ike/payload.h"

enum v2_exchange_id {
	V2_INIT,
	V2_AUTH,
	V2_REKEY_CHILD,
	V2_NEW_CHILD,
	V2_REKEY_IKE,
	V2_DELETE_IKE,
	V2_DELETE_CHILD,
	V2_INFO,
	V2_EXCHANGES,
};

struct v2_exchange {
	const char *name; // for the operator
	uint8_t type;	  // enum ike_exchange
	uint8_t from;	  // IKE SA states in which a peer may begin it: bits of enum ike_sa_state
	bool liveness;	  // unanswered within the DPD timeout: the peer is dead
	uint32_t request; // payloads without which it is malformed: bits of enum ike_payload
	uint32_t answer;  // the same for an answer without an error notification
	const char *rfc;

	// Which of the exchanges of one type a request is; rows are asked in order.
	bool (*fits)(const struct ike_msg *msg);

	// As initiator: write the request. returns 0 or -errno: it does not take place.
	int (*build)(struct ike_sa *sa, struct ike_request *req, struct ike_chain *chain);
	// As responder: do it, and write the answer (which may be an error notification).
	void (*respond)(struct ike_sa *sa, const struct ike_msg *msg, struct ike_chain *chain);
	// As initiator: take the answer to sa->req, which ends after it.
	void (*accept)(struct ike_sa *sa, const struct ike_msg *msg);
};

extern const struct v2_exchange v2_exchanges[V2_EXCHANGES];

// The row of a request; NULL: no row fits.
const struct v2_exchange *v2_exchange_of(const struct ike_msg *msg);

// The exchange that an SA without one under way should begin now; NULL: none.
const struct v2_exchange *v2_next(const struct ike_sa *sa);
void v2_begin_next(struct ike_sa *sa);
// A protected message of an SA that has keys.
void v2_take(struct ike_sa *sa, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data);

// Its second half: a request or answer whose payloads are read. The fuzzer enters here.
void v2_take_plain(struct ike_sa *sa, const struct ike_head *head, struct rd text, uint8_t first);
