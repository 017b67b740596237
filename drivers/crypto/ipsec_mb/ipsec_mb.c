#include "crypto/ipsec_mb/ipsec_mb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/ipsec_mb/mb_cbc.h"
#include "crypto/ipsec_mb/mb_key.h"
#include "crypto/ipsec_mb/mb_mgr.h"
#include "crypto/ipsec_mb/mb_tag.h"

enum { GCM_TAG = 16 };

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
		op->aad_len, tag, GCM_TAG);
	op->status = key->dir == CRYPTO_DECRYPT && !mb_tag_eq(tag, op->tag, GCM_TAG)
			     ? CRYPTO_BAD_TAG
			     : CRYPTO_OK;
}

static unsigned int submit(struct crypto_lane *lane, struct crypto_op *op[], unsigned int n)
{
	unsigned int later = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (op[i]->key->gcm)
			gcm_run(lane, op[i]);
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
