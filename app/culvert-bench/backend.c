#include "backend.h"

#include <string.h>

#include "crypto/ipsec_mb/ipsec_mb.h"
#include "crypto/openssl/openssl.h"

static char the_key;

static bool none_can(const struct suite *)
{
	return true;
}

static int none_key_new(const struct suite *, enum crypto_dir, const uint8_t *, const uint8_t *,
	struct crypto_key **key)
{
	*key = (struct crypto_key *)&the_key;
	return 0;
}

static void none_key_free(struct crypto_key *)
{
}

static int none_lane_open(unsigned int, struct crypto_lane **lane)
{
	*lane = NULL;
	return 0;
}

static void none_lane_close(struct crypto_lane *)
{
}

static unsigned int none_submit(struct crypto_lane *, struct crypto_op *op[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		op[i]->status = CRYPTO_OK;
	return n;
}

static unsigned int none_poll(struct crypto_lane *, struct crypto_op **, unsigned int)
{
	return 0;
}

static const struct crypto_driver none = {
	.name = "none",
	.can = none_can,
	.key_new = none_key_new,
	.key_free = none_key_free,
	.lane_open = none_lane_open,
	.lane_close = none_lane_close,
	.submit = none_submit,
	.poll = none_poll,
	.immediate = true,
};

const struct crypto_driver *const backends[] = {&none, &crypto_ipsec_mb, &crypto_openssl, NULL};

const struct crypto_driver *backend_find(const char *name)
{
	for (unsigned int i = 0; backends[i]; i++)
		if (!strcmp(backends[i]->name, name))
			return backends[i];
	return NULL;
}
