// Ids of what shell and API make, and other random texts.
#pragma once

#include <stddef.h>

#include "base/rng.h"

enum id_kind { ID_VPN_GATEWAY, ID_CUSTOMER_GATEWAY, ID_CONNECTION, ID_TUNNEL, ID_DIAGNOSIS };

enum { ID_TEXT = 32 };

// "vco-" and 20 lower-case letters and digits into dst: 103 bits, so that nobody looks whether it
// is taken. Returns dst.
char *id_make(enum id_kind kind, const struct rng *rng, char dst[static ID_TEXT]);

// len characters of an alphabet of at most 256, each as likely as any other, and a terminator.
void id_random_text(const struct rng *rng, const char *alphabet, char *dst, size_t len);
