// A burst of CBC + HMAC operations through intel-ipsec-mb: AES and SHA by its cipher and hash
// bursts, DES and MD5, which have none, by its job queue.
#pragma once

#include <intel-ipsec-mb.h>

#include "crypto/ipsec_mb/mb_key.h"

enum { MB_BURST = 128, MB_TAG_MAX = 32 };

// A lane's scratch. writer: owning worker
struct mb_cbc {
	struct crypto_op *sorted[MB_BURST];
	IMB_JOB job[MB_BURST];
	struct crypto_op *of[MB_BURST]; // whose job
	uint8_t tag[MB_BURST][MB_TAG_MAX];
};

// Finish n <= MB_BURST operations, all with CBC keys, of any keys and directions; every status is
// set.
void mb_cbc_run(IMB_MGR *mgr, struct mb_cbc *cbc, struct crypto_op *const op[], unsigned int n);
