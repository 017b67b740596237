// Bulk crypto by intel-ipsec-mb on the worker's own core: GCM by the library's direct calls,
// ChaCha20-Poly1305 by its jobs, CBC + HMAC in bursts that fill its lanes across SAs. Needs AES-NI.
#pragma once

#include "drv/crypto.h"

extern const struct crypto_driver crypto_ipsec_mb;
