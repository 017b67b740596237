// The slow arithmetic of an exchange: our key pair, and the secret shared with the peer; for files
// within lib/ike alone.
//
// A helper thread may do it. An exchange asks when it needs the result, and either has it at once,
// or gets -EINPROGRESS. Then it returns and leaves everything as it found it; whoever called it
// parks the message (ike_dh_park). In the step that brings the result, the same message is taken
// again from the copy, by the state that is then: asked for the same once more, ike_dh_* has it.
//
//      take(message) ─► exchange ─► ike_dh_shared ─► -EINPROGRESS ─► ike_dh_park(message, take)
//                                        │                                     ⋮ IKE_ACT_JOB
//      take(message) ─► exchange ─► ike_dh_shared ─► 0                         ⋮ IKE_IN_JOB
//
// So what an exchange does before it asks must bear repetition, and nothing that points into the
// message outlives the call. An IKE SA has one job at most; while it runs (ike_dh_waits), the SA
// begins no exchange, repeats no request, and its messages wait. Closing or killing the SA cancels
// it.
#pragma once

#include "ike/core.h"

// Our key pair for an exchange that we begin.
//
// ke  NULL: none yet; a pair of this group on success, the caller's. Given: nothing is done.
// returns 0, -EINPROGRESS, -ENOTSUP (group) or -ENOMEM
[[nodiscard]] int ike_dh_pair(struct ike_sa *sa, const struct alg *group, struct ke **ke);

// The secret shared with a peer's public value.
//
// ke      our pair; NULL: none yet, as a responder: it is made as well, and is the caller's on
//         success
// peer    the value as the KE payload carries it; nothing is assumed about it
// shared  a new secret on success, the caller's; none otherwise
// returns 0, -EINPROGRESS, -EBADMSG with why (not a public value of this group), -ENOTSUP (group)
// or -ENOMEM
[[nodiscard]] int ike_dh_shared(struct ike_sa *sa, const struct alg *group, struct ke **ke,
	struct rd peer, struct secret *shared, struct why *why);

// Takes a message: as it came, and once more when the result is there.
typedef void ike_dh_take(
	struct ike_sa *sa, const struct ike_head *head, struct rd text, uint8_t first);

// What goes on when the job that has just begun is done: take, with a copy of the message (head
// NULL and no text: there is none, an exchange is to be begun). Without memory, the message is as
// lost.
void ike_dh_park(struct ike_sa *sa, const struct ike_head *head, struct rd text, uint8_t first,
	ike_dh_take *take);

// Whether a job runs for it.
bool ike_dh_waits(const struct ike_sa *sa);

// A datagram for an SA whose job runs: a copy is taken as if it came right after the result. The
// first few are kept; a peer repeats the others.
void ike_dh_defer(struct ike_sa *sa, const struct ike_in *in);

// Nobody wants the result any more: it is wiped when it comes.
void ike_dh_cancel(struct ike_sa *sa);

// A job came back, run or (then it is run here) not: go on with what waits for it, and free it.
void ike_dh_done(struct ike *ike, struct ike_job *job);

// All jobs, none of which runs any more.
void ike_dh_fini(struct ike *ike);
