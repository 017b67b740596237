// The first look at a datagram: whose it is; for files within lib/ike alone.
#pragma once

#include "ike/core.h"

// in: of type IKE_IN_DATAGRAM. What is not understood is ignored.
void ike_datagram_take(struct ike *ike, const struct ike_in *in);
