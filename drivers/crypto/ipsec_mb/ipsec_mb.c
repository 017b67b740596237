#include "crypto/ipsec_mb/ipsec_mb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/ipsec_mb/mb_cbc.h"
#include "crypto/ipsec_mb/mb_key.h"
#include "crypto/ipsec_mb/mb_mgr.h"
#include "crypto/ipsec_mb/mb_tag.h"

enum { AEAD_TAG = 16, CHACHA_NONCE = 12 };

// writer: owning worker
struct crypto_lane {
	IMB_MGR *mgr;
	struct gcm_context_data gcm;
	uint8_t tag[MB_TAG_MAX];
	struct crypto_op *later[MB_BURST]; // CBC operations of the burst at hand
	struct mb_cbc cbc;
};

static int lane_open(unsigned int, struct crypto_lane **lane)
{
	struct crypto_lane *new = aligned_alloc(64, (sizeof(*new) + 63) / 64 * 64);

	*lane = NULL;
	if (!new)
		return -ENOMEM;
	memset(new, 0, sizeof(*new));
	new->mgr = mb_mgr_new();
	if (!new->mgr) {
		free(new);
		return -ENOMEM;
	}
	*lane = new;
	return 0;
}

static void lane_close(struct crypto_lane *lane)
{
	if (!lane)
		return;
	mb_mgr_free(lane->mgr);
	wipe(lane, sizeof(*lane));
	free(lane);
}

static void gcm_run(struct crypto_lane *lane, struct crypto_op *op)
{
	const struct crypto_key *key = op->key;
	uint8_t *tag = key->dir == CRYPTO_ENCRYPT ? op->tag : lane->tag;

	key->gcm(&key->gcm_key, &lane->gcm, op->data, op->data, op->len, op->iv, op->aad,
		op->aad_len, tag, AEAD_TAG);
	op->status = key->dir == CRYPTO_DECRYPT && !mb_tag_eq(tag, op->tag, AEAD_TAG)
			     ? CRYPTO_BAD_TAG
			     : CRYPTO_OK;
}

// The library's job does it at once; its direct calls take half as long again.
static void chacha_run(struct crypto_lane *lane, struct crypto_op *op)
{
	const struct crypto_key *key = op->key;
	bool out = key->dir == CRYPTO_ENCRYPT;
	uint8_t *tag = out ? op->tag : lane->tag;
	IMB_JOB *job = IMB_GET_NEXT_JOB(lane->mgr);

	job->cipher_mode = IMB_CIPHER_CHACHA20_POLY1305;
	job->hash_alg = IMB_AUTH_CHACHA20_POLY1305;
	job->cipher_direction = out ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
	job->chain_order = out ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
	job->enc_keys = key->chacha_key;
	job->dec_keys = key->chacha_key;
	job->key_len_in_bytes = sizeof(key->chacha_key);
	job->src = op->data;
	job->dst = op->data;
	job->cipher_start_src_offset_in_bytes = 0;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_cipher_in_bytes = op->len;
	job->msg_len_to_hash_in_bytes = op->len;
	job->iv = op->iv;
	job->iv_len_in_bytes = CHACHA_NONCE;
	job->u.CHACHA20_POLY1305.aad = op->aad;
	job->u.CHACHA20_POLY1305.aad_len_in_bytes = op->aad_len;
	job->auth_tag_output = tag;
	job->auth_tag_output_len_in_bytes = AEAD_TAG;
	job = IMB_SUBMIT_JOB_NOCHECK(lane->mgr);
	if (!job)
		job = IMB_FLUSH_JOB(lane->mgr);
	if (!job || job->status != IMB_STATUS_COMPLETED)
		op->status = CRYPTO_FAILED;
	else
		op->status = !out && !mb_tag_eq(tag, op->tag, AEAD_TAG) ? CRYPTO_BAD_TAG
									: CRYPTO_OK;
}

static unsigned int submit(struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	unsigned int later = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (op[i]->key->gcm)
			gcm_run(lane, op[i]);
		else if (op[i]->key->chacha)
			chacha_run(lane, op[i]);
		else
			lane->later[later++] = op[i];
		if (later == MB_BURST || (later && i + 1 == n)) {
			mb_cbc_run(lane->mgr, &lane->cbc, lane->later, later);
			later = 0;
		}
	}
	return n;
}

// submit finishes all that it takes.
static unsigned int poll(struct crypto_lane *, struct crypto_op **, unsigned int)
{
	return 0;
}

const struct crypto_driver crypto_ipsec_mb = {
	.name = "ipsec-mb",
	.can = mb_key_can,
	.key_new = mb_key_new,
	.key_free = mb_key_free,
	.lane_open = lane_open,
	.lane_close = lane_close,
	.submit = submit,
	.poll = poll,
	.immediate = true,
};
