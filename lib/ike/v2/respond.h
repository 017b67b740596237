// The responder of IKE_SA_INIT: cookies, limits, the choice of a tunnel; for files within lib/ike
// alone.
#pragma once

#include "ike/core.h"

// A request from anyone. data: head->len bytes.
void v2_respond(struct ike *ike, const struct ike_head *head, const struct endpoint *local,
	const struct endpoint *remote, const uint8_t *data);
