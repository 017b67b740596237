// The initiator of IKE_SA_INIT (RFC 7296 s1.2): cookies, groups, answers that may be forged.
#pragma once

#include "ike/core.h"
#include "ike/payload.h"

// Begin a tunnel; old: to take the place of this SA (NULL: none). returns 0 or -errno: nothing was
// sent
[[nodiscard]] int v2_init_start(struct ike_tunnel *tunnel, const struct ike_sa *old);

// An answer to sa->req; it may be forged.
void v2_init_answer(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data);
