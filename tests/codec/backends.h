// The crypto back ends that the codec is proven with.
#pragma once

#include "crypto/ipsec_mb/ipsec_mb.h"
#include "crypto/openssl/openssl.h"

static const struct crypto_driver *const backends[] = {&crypto_ipsec_mb, &crypto_openssl};

enum { BACKENDS = sizeof(backends) / sizeof(backends[0]) };
