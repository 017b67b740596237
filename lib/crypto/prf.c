#include "crypto/prf.h"

#include <errno.h>
#include <string.h>

#include "crypto/evp.h"

bool prf_can(const struct alg *row)
{
	return evp_md(row);
}

int prf(const struct alg *row, struct chunk key, const struct chunk *in, size_t n, uint8_t *dst)
{
	return evp_hmac(row, key, in, n, dst);
}

int prf_secret(const struct alg *row, struct chunk key, const struct chunk *in, size_t n,
	struct secret *out)
{
	int err = secret_new(out, row->out_len);

	if (!err)
		err = evp_hmac(row, key, in, n, out->b);
	if (err)
		secret_free(out);
	return err;
}

// T1 = prf(K, S | 01), T2 = prf(K, T1 | S | 02), ...
int prf_plus(const struct alg *row, struct chunk key, const struct chunk *seed, size_t n,
	size_t len, struct secret *out)
{
	struct chunk in[16];
	uint8_t t[PRF_OUT_MAX], count = 1;
	int err;

	*out = (struct secret){};
	if (len > 255u * row->out_len || n + 2 > sizeof(in) / sizeof(in[0]))
		return -EINVAL;
	err = secret_new(out, len);
	if (err)
		return err;
	memcpy(&in[1], seed, n * sizeof(*seed));
	in[n + 1] = (struct chunk){.p = &count, .len = 1};
	for (size_t at = 0; at < len; at += row->out_len, count++) {
		in[0] = (struct chunk){.p = t, .len = at ? row->out_len : 0};
		err = evp_hmac(row, key, in, n + 2, t);
		if (err)
			break;
		memcpy(out->b + at, t, len - at < row->out_len ? len - at : row->out_len);
	}
	wipe(t, sizeof(t));
	if (err)
		secret_free(out);
	return err;
}
