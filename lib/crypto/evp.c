#include "crypto/evp.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

// writer: whichever thread fetches first
static _Atomic(EVP_MD *) mds[ALG_COUNT];
static _Atomic(EVP_CIPHER *) ciphers[ALG_COUNT];

struct contexts {
	EVP_MD_CTX *md[ALG_COUNT];
	EVP_MAC_CTX *hmac[ALG_COUNT];
	EVP_CIPHER_CTX *cipher[ALG_COUNT];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t contexts_key; // frees a thread's contexts, and wipes their keys, when it ends
static _Thread_local struct contexts *contexts;

const EVP_MD *evp_md(const struct alg *row)
{
	EVP_MD *md = atomic_load_explicit(&mds[row->id], memory_order_acquire), *first = NULL;

	if (md || !row->evp)
		return md;
	md = EVP_MD_fetch(NULL, row->evp, NULL);
	if (md && !atomic_compare_exchange_strong(&mds[row->id], &first, md)) {
		EVP_MD_free(md);
		md = first;
	}
	return md;
}

const EVP_CIPHER *evp_cipher(const struct alg *row)
{
	EVP_CIPHER *cipher = atomic_load_explicit(&ciphers[row->id], memory_order_acquire);
	EVP_CIPHER *first = NULL;

	if (cipher || !row->evp)
		return cipher;
	cipher = EVP_CIPHER_fetch(NULL, row->evp, NULL);
	if (cipher && !atomic_compare_exchange_strong(&ciphers[row->id], &first, cipher)) {
		EVP_CIPHER_free(cipher);
		cipher = first;
	}
	return cipher;
}

static void contexts_free(void *arg)
{
	struct contexts *mine = arg;

	for (size_t i = 0; i < ALG_COUNT; i++) {
		EVP_MD_CTX_free(mine->md[i]);
		EVP_MAC_CTX_free(mine->hmac[i]);
		EVP_CIPHER_CTX_free(mine->cipher[i]);
	}
	free(mine);
}

static void make_key(void)
{
	if (pthread_key_create(&contexts_key, contexts_free))
		abort();
}

static struct contexts *contexts_get(void)
{
	if (contexts)
		return contexts;
	pthread_once(&once, make_key);
	contexts = calloc(1, sizeof(*contexts));
	if (contexts && pthread_setspecific(contexts_key, contexts)) {
		free(contexts);
		contexts = NULL;
	}
	return contexts;
}

EVP_MD_CTX *evp_md_ctx(const struct alg *row)
{
	struct contexts *mine = contexts_get();

	if (mine && !mine->md[row->id])
		mine->md[row->id] = EVP_MD_CTX_new();
	return mine ? mine->md[row->id] : NULL;
}

static EVP_MAC_CTX *hmac_ctx_new(const struct alg *row)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)row->evp, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

	EVP_MAC_free(mac); // the context keeps its own reference
	if (ctx && EVP_MAC_CTX_set_params(ctx, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

EVP_MAC_CTX *evp_hmac_ctx(const struct alg *row)
{
	struct contexts *mine = contexts_get();

	if (mine && !mine->hmac[row->id])
		mine->hmac[row->id] = hmac_ctx_new(row);
	return mine ? mine->hmac[row->id] : NULL;
}

EVP_CIPHER_CTX *evp_cipher_ctx(const struct alg *row)
{
	struct contexts *mine = contexts_get();

	if (mine && !mine->cipher[row->id])
		mine->cipher[row->id] = EVP_CIPHER_CTX_new();
	return mine ? mine->cipher[row->id] : NULL;
}

int evp_hmac(
	const struct alg *row, struct chunk key, const struct chunk *in, size_t n, uint8_t *dst)
{
	EVP_MAC_CTX *ctx = evp_md(row) ? evp_hmac_ctx(row) : NULL;
	size_t len;

	if (!ctx)
		return evp_md(row) ? -ENOMEM : -ENOTSUP;
	// A NULL key would mean "the key of last time".
	if (EVP_MAC_init(ctx, key.len ? key.p : (const void *)"", key.len, NULL) != 1)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (in[i].len && EVP_MAC_update(ctx, in[i].p, in[i].len) != 1)
			return -ENOMEM;
	}
	return EVP_MAC_final(ctx, dst, &len, row->out_len) == 1 ? 0 : -ENOMEM;
}
