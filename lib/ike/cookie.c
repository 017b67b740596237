#include "ike/cookie.h"

#include <string.h>

#include "base/secret.h"
#include "crypto/prf.h"

enum { COOKIE_LIFE_S = 60 };

static void rotate(struct ike_cookies *cookies, const struct rng *rng, mono_us_t now)
{
	if (!cookies->since) {
		rng_fill(rng, cookies->secret, sizeof(cookies->secret));
		cookies->since = now;
	}
	if (now - cookies->since < MONO_S(COOKIE_LIFE_S))
		return;
	cookies->version++;
	rng_fill(rng, cookies->secret[cookies->version & 1], sizeof(cookies->secret[0]));
	cookies->since = now;
}

// Version | HMAC-SHA256(secret, Ni | IPi | SPIi)
static int make(const struct ike_cookies *cookies, uint8_t version, struct rd nonce,
	const struct endpoint *remote, uint64_t spi_i, uint8_t dst[static IKE_COOKIE])
{
	const struct chunk key = {cookies->secret[version & 1], sizeof(cookies->secret[0])};
	const struct chunk in[] = {
		{nonce.p, rd_left(&nonce)},
		{remote->addr.b, sizeof(remote->addr.b)},
		{&spi_i, sizeof(spi_i)},
	};

	dst[0] = version;
	return prf(alg(ALG_PRF_SHA256), key, in, sizeof(in) / sizeof(in[0]), dst + 1);
}

int ike_cookie_make(struct ike_cookies *cookies, const struct rng *rng, mono_us_t now,
	struct rd nonce, const struct endpoint *remote, uint64_t spi_i,
	uint8_t dst[static IKE_COOKIE])
{
	rotate(cookies, rng, now);
	return make(cookies, cookies->version, nonce, remote, spi_i, dst);
}

bool ike_cookie_is_good(struct ike_cookies *cookies, const struct rng *rng, mono_us_t now,
	struct rd nonce, const struct endpoint *remote, uint64_t spi_i, struct rd cookie)
{
	uint8_t got[IKE_COOKIE], want[IKE_COOKIE];

	rotate(cookies, rng, now);
	if (rd_left(&cookie) != IKE_COOKIE)
		return false;
	rd_copy(&cookie, got, sizeof(got));
	if (got[0] != cookies->version && got[0] != (uint8_t)(cookies->version - 1))
		return false;
	return !make(cookies, got[0], nonce, remote, spi_i, want) &&
	       bytes_eq_ct(got, want, sizeof(got));
}
