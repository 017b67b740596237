// What of the algorithm table this machine's OpenSSL can do for IKE.
#pragma once

#include <stdbool.h>

#include "alg/alg.h"

// Whether a cipher, PRF or integrity algorithm can be fetched, or a key of a group be made. Rows of
// other kinds need no arithmetic: true. Slow for groups: at start. Control core.
bool avail_ike(const struct alg *row);
