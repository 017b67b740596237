#include "crypto/hash.h"

#include <errno.h>

#include "crypto/evp.h"

int hash(const struct alg *row, const struct chunk *in, size_t n, uint8_t *dst)
{
	const EVP_MD *md = evp_md(row);
	EVP_MD_CTX *ctx = md ? evp_md_ctx(row) : NULL;

	if (!ctx)
		return md ? -ENOMEM : -ENOTSUP;
	if (EVP_DigestInit_ex2(ctx, md, NULL) != 1)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (in[i].len && EVP_DigestUpdate(ctx, in[i].p, in[i].len) != 1)
			return -ENOMEM;
	}
	return EVP_DigestFinal_ex(ctx, dst, NULL) == 1 ? 0 : -ENOMEM;
}
