// Our requests: one at a time per IKE SA, repeated until answered; for files within lib/ike alone.
#pragma once

#include "ike/core.h"

// A request to be filled in. NULL: no memory.
struct ike_request *ike_request_new(const struct v2_exchange *row);

// Build it by its row, seal, send. Takes it over, whatever comes out.
//
// returns 0 or -errno: nothing was sent
[[nodiscard]] int ike_request_send(struct ike_sa *sa, struct ike_request *req);

// Send what is already in req->sent (IKE_SA_INIT), and begin to wait. Takes it over.
void ike_request_start(struct ike_sa *sa, struct ike_request *req);

// How a request of this SA is repeated.
const struct ike_retransmit *ike_request_policy(const struct ike_sa *sa);

// It is time to repeat it, or to give up.
void ike_request_due(struct ike_sa *sa);

// Forget sa->req, with what it was making.
void ike_request_end(struct ike_sa *sa);
void ike_request_free(struct ike_request *req);
