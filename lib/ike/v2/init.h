// IKE_SA_INIT (RFC 7296 s1.2): the one exchange without protection, and without an SA at first.
#pragma once

#include "ike/core.h"
#include "ike/payload.h"

// Begin a tunnel; old: to take the place of this SA (NULL: none). returns 0 or -errno: nothing was
// sent
[[nodiscard]] int v2_init_start(struct ike_tunnel *tunnel, const struct ike_sa *old);

// A request from anyone. data: head->len bytes.
void v2_init_request(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data);

// An answer to sa->req; it may be forged.
void v2_init_answer(struct ike_sa *sa, const struct ike_head *head, const uint8_t *data);
