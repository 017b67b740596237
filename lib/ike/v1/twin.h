// Children of the same networks: version 1 rekeys by making another one, and nothing on the wire
// says which one it replaces. Both sides must keep the same one.
#pragma once

#include "ike/core.h"

// The one that carries our traffic; NULL: none.
const struct ike_child *v1_twin_in_use(
	const struct ike_tunnel *tunnel, const struct ike_child_conf *conf);

// Both sides have it: it begins to live. The younger one stays; of two that were made at the same
// moment, the one with the higher nonce.
void v1_twin_live(struct ike_child *child);

// The peer deletes a child, whichever IKE SA says so.
void v1_twin_deleted(struct ike_sa *sa, uint32_t spi);
