#include "model/id.h"

#include <stdint.h>
#include <string.h>

#include "base/secret.h"

enum { SUFFIX = 20 };

// A byte beyond the last whole multiple of n would favour the alphabet's first letters.
static char one_of(const struct rng *rng, const char *alphabet, unsigned int n)
{
	const unsigned int fair = 256 / n * n;
	uint8_t b;
	char c;

	do
		rng_fill(rng, &b, 1);
	while (b >= fair);
	c = alphabet[b % n];
	wipe(&b, 1);
	return c;
}

void id_random_text(const struct rng *rng, const char *alphabet, char *dst, size_t len)
{
	unsigned int n = (unsigned int)strlen(alphabet);

	for (size_t i = 0; i < len; i++)
		dst[i] = one_of(rng, alphabet, n);
	dst[len] = 0;
}

char *id_make(enum id_kind kind, const struct rng *rng, char dst[static ID_TEXT])
{
	static const char *const prefixes[] = {
		[ID_VPN_GATEWAY] = "vpn-",
		[ID_CUSTOMER_GATEWAY] = "cgw-",
		[ID_CONNECTION] = "vco-",
		[ID_TUNNEL] = "tun-",
		[ID_DIAGNOSIS] = "vpndgn-",
	};
	size_t len = strlen(prefixes[kind]);

	memcpy(dst, prefixes[kind], len);
	id_random_text(rng, "abcdefghijklmnopqrstuvwxyz0123456789", dst + len, SUFFIX);
	return dst;
}
