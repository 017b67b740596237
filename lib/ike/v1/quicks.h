// The quick modes of an IKE SA, as a set: by message id, in time, forgotten.
#pragma once

#include "ike/v1/sa.h"

// A message id that no exchange of ours has.
uint32_t v1_quick_id(struct ike_sa *sa);

struct v1_quick *v1_quick_new(struct ike_sa *sa, uint32_t id, bool initiator);
struct v1_quick *v1_quick_find(const struct ike_sa *sa, uint32_t id);
// One that the peer begins with its first message. NULL: there are too many, or it was there
// before.
struct v1_quick *v1_quick_begun(struct ike_sa *sa, uint32_t id);
// The first message was right: its id does not come again.
void v1_quick_note(struct ike_sa *sa, uint32_t id);

// Whether one of ours is under way. They go one by one: peers keep state of few at once
// (strongSwan's default is three, informational exchanges among them).
bool v1_quick_busy(const struct ike_sa *sa);

// It is done: kept for a while to repeat our last message.
void v1_quick_done(struct ike_sa *sa, struct v1_quick *quick);
// Forget it, with the child that it was making.
void v1_quick_free(struct ike_sa *sa, struct v1_quick *quick);

// A child of which the peer's message 3 did not come, though the peer may have it: it hears that we
// do not.
void v1_quick_decline(struct ike_sa *sa, const struct v1_quick *quick);

// When something is due (0: never); do it. The SA may die of it.
mono_us_t v1_quick_at(const struct ike_sa *sa);
void v1_quick_due(struct ike_sa *sa);
