// Bulk crypto by OpenSSL's EVP: slower than ipsec-mb, and there on every machine.
#pragma once

#include "drv/crypto.h"

extern const struct crypto_driver crypto_openssl;
