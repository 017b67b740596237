// The last message of an exchange, sent and repeated (RFC 2408 s5.1); for files within lib/ike
// alone.
#pragma once

#include "ike/payload.h"
#include "ike/v1/sa.h"

// Write a message of an exchange and send it in place of the last one.
//
// iv     of the exchange, moves on; NULL: in clear
// waits  repeat it until the peer answers
// returns 0 or -errno: nothing was sent
[[nodiscard]] int v1_talk_say(struct ike_sa *sa, struct v1_talk *talk, uint8_t exchange,
	uint32_t id, struct v1_iv *iv, struct ike_chain *chain, bool waits);

// The peer has said its last: a repetition of that is not answered, or the two would go on forever.
void v1_talk_over(struct v1_talk *talk);

// Send it again if it is time.
//
// returns whether the peer was asked often enough
bool v1_talk_due(struct ike_sa *sa, struct v1_talk *talk);
