// INVALID_IKE_SPI and INVALID_SPI (RFC 7296 s1.5, s2.21.4): what we say to one who uses an SA that
// we do not have, and what others say about ours. Outside an IKE SA nobody has signed it: it is a
// reason to ask whether the peer lives, and no more.
#pragma once

#include "ike/core.h"

// A protected request for an IKE SA that we do not have: answered, few times a second.
void v2_hint_unknown_ike(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote);

// ESP came under an SPI that we do not have. The peer hears of it within the IKE SA that we have
// with it, now and then; without one it gets an unprotected notification, once a second.
//
// remote  port 0: not in UDP
void v2_hint_unknown_esp(
	struct ike *ike, const struct endpoint *local, const struct endpoint *remote, uint32_t spi);

// An unprotected message that is no IKE_SA_INIT.
void v2_hint_take(struct ike *ike, const struct ike_head *head, const struct endpoint *remote,
	const uint8_t *data);

// INVALID_SPI within the IKE SA.
void v2_hint_heard(struct ike_sa *sa, const struct ike_msg *msg);
