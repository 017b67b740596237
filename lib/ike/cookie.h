// Stateless cookies against floods of IKE_SA_INIT from forged addresses (RFC 7296 s2.6).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mono.h"
#include "base/rng.h"
#include "net/addr.h"

enum { IKE_COOKIE = 33, IKE_COOKIE_MAX = 64 }; // ours; the longest that we take from a peer

// The secret changes every minute; the one before stays good.
struct ike_cookies {
	uint8_t secret[2][32]; // no key: it guards half-open slots, not data
	uint8_t version;       // of secret[version & 1]
	mono_us_t since;       // 0: no secret yet
};

// The cookie for a request. returns 0 or -errno of the hash.
[[nodiscard]] int ike_cookie_make(struct ike_cookies *cookies, const struct rng *rng, mono_us_t now,
	struct rd nonce, const struct endpoint *remote, uint64_t spi_i,
	uint8_t dst[static IKE_COOKIE]);

// Whether a request brought back the cookie that we gave.
bool ike_cookie_is_good(struct ike_cookies *cookies, const struct rng *rng, mono_us_t now,
	struct rd nonce, const struct endpoint *remote, uint64_t spi_i, struct rd cookie);
