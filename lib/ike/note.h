// Messages as lines of a logbook: which exchange, which payloads, which notifications; no contents,
// so no secrets. For files within lib/ike alone.
#pragma once

#include "ike/core.h"

// A message of an SA's is sent or was understood: an IKE_ACT_STEP, if ike_params asks for them and
// the tunnel is known. An empty one (are you there) is none.
//
// head   its exchange, id, version and flags
// body   its payloads in clear, the first of type first
void ike_note(const struct ike_sa *sa, bool sent, const struct ike_head *head, struct rd body,
	uint8_t first);
