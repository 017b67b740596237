#include "raw.h"

#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEDULE = 15 * 16, PAD = 64, BLOCK_MAX = 128 };

struct raw_key {
	struct gcm_key_data gcm;
	_Alignas(64) uint8_t enc[SCHEDULE];
	_Alignas(64) uint8_t dec[SCHEDULE];
	_Alignas(64) uint8_t ipad[PAD];
	_Alignas(64) uint8_t opad[PAD];
};

struct raw {
	IMB_MGR *mgr;
	const struct suite *suite;
	enum crypto_dir dir;
	aes_gcm_enc_dec_t gcm; // NULL: CBC
	IMB_HASH_ALG hash;
	struct raw_key *key;
	struct gcm_context_data ctx;
	uint8_t tag[RAW_BURST][64];
	IMB_JOB job[RAW_BURST];
};

static bool gcm_expand(struct raw *raw, unsigned int keys, const uint8_t *encr)
{
	const IMB_MGR *mgr = raw->mgr;
	const struct {
		enum alg_id id;
		aes_gcm_pre_t expand;
		aes_gcm_enc_dec_t run[2]; // by direction
	} rows[] = {
		{ALG_AES128_GCM16, mgr->gcm128_pre, {mgr->gcm128_enc, mgr->gcm128_dec}},
		{ALG_AES192_GCM16, mgr->gcm192_pre, {mgr->gcm192_enc, mgr->gcm192_dec}},
		{ALG_AES256_GCM16, mgr->gcm256_pre, {mgr->gcm256_enc, mgr->gcm256_dec}},
	};

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		if (rows[r].id != raw->suite->encr->id)
			continue;
		raw->gcm = rows[r].run[raw->dir];
		for (unsigned int i = 0; i < keys; i++)
			rows[r].expand(encr, &raw->key[i].gcm);
	}
	return raw->gcm;
}

static bool cbc_expand(struct raw *raw, unsigned int keys, const uint8_t *encr)
{
	const struct {
		enum alg_id id;
		keyexp_t expand;
	} rows[] = {
		{ALG_AES128_CBC, raw->mgr->keyexp_128},
		{ALG_AES192_CBC, raw->mgr->keyexp_192},
		{ALG_AES256_CBC, raw->mgr->keyexp_256},
	};
	bool found = false;

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		if (rows[r].id != raw->suite->encr->id)
			continue;
		found = true;
		for (unsigned int i = 0; i < keys; i++)
			rows[r].expand(encr, raw->key[i].enc, raw->key[i].dec);
	}
	return found;
}

static bool hmac_expand(struct raw *raw, unsigned int keys, const uint8_t *integ)
{
	const struct {
		enum alg_id id;
		IMB_HASH_ALG hash;
		hash_one_block_t one_block;
	} rows[] = {
		{ALG_HMAC_SHA1, IMB_AUTH_HMAC_SHA_1, raw->mgr->sha1_one_block},
		{ALG_HMAC_SHA256, IMB_AUTH_HMAC_SHA_256, raw->mgr->sha256_one_block},
		{ALG_HMAC_SHA384, IMB_AUTH_HMAC_SHA_384, raw->mgr->sha384_one_block},
		{ALG_HMAC_SHA512, IMB_AUTH_HMAC_SHA_512, raw->mgr->sha512_one_block},
	};
	uint8_t ipad[BLOCK_MAX], opad[BLOCK_MAX];
	bool found = false;

	for (unsigned int i = 0; i < BLOCK_MAX; i++) {
		uint8_t byte = i < raw->suite->integ->key_len ? integ[i] : 0;

		ipad[i] = byte ^ 0x36;
		opad[i] = byte ^ 0x5c;
	}
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		if (rows[r].id != raw->suite->integ->id)
			continue;
		found = true;
		raw->hash = rows[r].hash;
		for (unsigned int i = 0; i < keys; i++) {
			rows[r].one_block(ipad, raw->key[i].ipad);
			rows[r].one_block(opad, raw->key[i].opad);
		}
	}
	return found;
}

static bool expand(struct raw *raw, unsigned int keys, const uint8_t *encr, const uint8_t *integ)
{
	if (raw->suite->encr->aead)
		return gcm_expand(raw, keys, encr);
	return cbc_expand(raw, keys, encr) && hmac_expand(raw, keys, integ);
}

struct raw *raw_new(const struct suite *suite, enum crypto_dir dir, unsigned int keys,
	const uint8_t *encr, const uint8_t *integ)
{
	struct raw *raw = aligned_alloc(64, (sizeof(*raw) + 63) / 64 * 64);
	IMB_ARCH arch = IMB_ARCH_NONE;

	if (!raw)
		return NULL;
	memset(raw, 0, sizeof(*raw));
	raw->suite = suite;
	raw->dir = dir;
	raw->mgr = alloc_mb_mgr(0);
	raw->key = aligned_alloc(64, keys * sizeof(*raw->key));
	if (raw->mgr)
		init_mb_mgr_auto(raw->mgr, &arch);
	if (raw->key && arch > IMB_ARCH_NOAESNI && expand(raw, keys, encr, integ))
		return raw;
	raw_free(raw);
	return NULL;
}

void raw_free(struct raw *raw)
{
	if (!raw)
		return;
	if (raw->mgr)
		free_mb_mgr(raw->mgr);
	free(raw->key);
	free(raw);
}

static void gcm_run(struct raw *raw, struct crypto_op op[], unsigned int n)
{
	bool encrypt = raw->dir == CRYPTO_ENCRYPT;

	for (unsigned int i = 0; i < n; i++)
		raw->gcm(&raw->key[op[i].slot].gcm, &raw->ctx, op[i].data, op[i].data, op[i].len,
			op[i].iv, op[i].aad, op[i].aad_len, encrypt ? op[i].tag : raw->tag[i], 16);
}

static void cipher_burst(struct raw *raw, struct crypto_op op[], unsigned int n)
{
	IMB_KEY_SIZE_BYTES size = raw->suite->encr->key_len;

	for (unsigned int i = 0; i < n; i++) {
		struct raw_key *key = &raw->key[op[i].slot];
		IMB_JOB *job = &raw->job[i];

		job->enc_keys = key->enc;
		job->dec_keys = key->dec;
		job->key_len_in_bytes = size;
		job->src = op[i].data;
		job->dst = op[i].data;
		job->cipher_start_src_offset_in_bytes = 0;
		job->msg_len_to_cipher_in_bytes = op[i].len;
		job->iv = op[i].iv;
		job->iv_len_in_bytes = 16;
	}
	IMB_SUBMIT_CIPHER_BURST_NOCHECK(raw->mgr, raw->job, n, IMB_CIPHER_CBC,
		raw->dir == CRYPTO_ENCRYPT ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT, size);
}

static void hash_burst(struct raw *raw, struct crypto_op op[], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct raw_key *key = &raw->key[op[i].slot];
		IMB_JOB *job = &raw->job[i];

		job->src = op[i].auth;
		job->hash_start_src_offset_in_bytes = 0;
		job->msg_len_to_hash_in_bytes = op[i].auth_len;
		job->auth_tag_output = raw->dir == CRYPTO_ENCRYPT ? op[i].tag : raw->tag[i];
		job->auth_tag_output_len_in_bytes = raw->suite->integ->icv_len;
		job->u.HMAC._hashed_auth_key_xor_ipad = key->ipad;
		job->u.HMAC._hashed_auth_key_xor_opad = key->opad;
	}
	IMB_SUBMIT_HASH_BURST_NOCHECK(raw->mgr, raw->job, n, raw->hash);
}

void raw_run(struct raw *raw, struct crypto_op op[], unsigned int n)
{
	if (raw->gcm) {
		gcm_run(raw, op, n);
	} else if (raw->dir == CRYPTO_ENCRYPT) {
		cipher_burst(raw, op, n);
		hash_burst(raw, op, n);
	} else {
		hash_burst(raw, op, n);
		cipher_burst(raw, op, n);
	}
}
