#include "crypto/ipsec_mb/mb_cbc.h"

#include "crypto/ipsec_mb/mb_tag.h"

// The library keeps each lane's remaining length in 16 bits, padding included.
enum { LEN_MAX = 65280, SIZE_CLASSES = 8, SIZE_SHIFT = 8 };

static const struct {
	IMB_CIPHER_MODE mode;
	unsigned int key_len, block;
} cipher_algs[MB_CIPHERS] = {
	[MB_AES128] = {IMB_CIPHER_CBC, IMB_KEY_128_BYTES, 16},
	[MB_AES192] = {IMB_CIPHER_CBC, IMB_KEY_192_BYTES, 16},
	[MB_AES256] = {IMB_CIPHER_CBC, IMB_KEY_256_BYTES, 16},
	[MB_3DES] = {IMB_CIPHER_DES3, 24, 8},
	[MB_DES] = {IMB_CIPHER_DES, 8, 8},
};

static const IMB_HASH_ALG hash_algs[MB_HASHES] = {
	[MB_SHA1] = IMB_AUTH_HMAC_SHA_1,
	[MB_SHA256] = IMB_AUTH_HMAC_SHA_256,
	[MB_SHA384] = IMB_AUTH_HMAC_SHA_384,
	[MB_SHA512] = IMB_AUTH_HMAC_SHA_512,
	[MB_MD5] = IMB_AUTH_MD5,
};

static bool is_sound(const struct crypto_op *op)
{
	return op->len && !(op->len & (op->key->block - 1u)) && op->auth_len &&
	       op->auth_len <= LEN_MAX && op->len <= LEN_MAX;
}

// The longest is class 0.
static unsigned int size_class(const struct crypto_op *op)
{
	unsigned int class = op->len >> SIZE_SHIFT;

	return SIZE_CLASSES - 1 - (class < SIZE_CLASSES ? class : SIZE_CLASSES - 1);
}

// What is in a burst: a bit for each kind.
struct kinds {
	unsigned int cipher[2]; // by direction
	unsigned int hash;
	unsigned int class;
};

static struct kinds look(struct crypto_op *const op[], unsigned int n)
{
	struct kinds kinds = {};

	for (unsigned int i = 0; i < n; i++) {
		const struct crypto_key *key = op[i]->key;

		op[i]->status = is_sound(op[i]) ? CRYPTO_OK : CRYPTO_FAILED;
		kinds.cipher[key->dir] |= 1u << key->cipher;
		kinds.hash |= 1u << key->hash;
		kinds.class |= 1u << size_class(op[i]);
	}
	return kinds;
}

// The longest first: the library's lanes run until the shortest in them ends, and what is begun
// last leaves lanes empty while it runs.
static void sort(struct crypto_op *const op[], struct crypto_op *sorted[], unsigned int n)
{
	uint8_t at[SIZE_CLASSES + 1] = {};

	for (unsigned int i = 0; i < n; i++)
		at[size_class(op[i]) + 1]++;
	for (unsigned int c = 0; c < SIZE_CLASSES; c++)
		at[c + 1] = (uint8_t)(at[c + 1] + at[c]);
	for (unsigned int i = 0; i < n; i++)
		sorted[at[size_class(op[i])]++] = op[i];
}

// A burst finishes all its jobs; should it not, say so of those.
static void mark_unfinished(struct mb_cbc *cbc, unsigned int jobs, unsigned int finished)
{
	for (unsigned int i = 0; finished != jobs && i < jobs; i++) {
		if (cbc->job[i].status != IMB_STATUS_COMPLETED)
			cbc->of[i]->status = CRYPTO_FAILED;
	}
}

// Copy jobs through the library's queue, which finishes them in its own time, and wait for all.
static unsigned int queue_run(IMB_MGR *mgr, struct mb_cbc *cbc, unsigned int jobs)
{
	unsigned int finished = 0;
	IMB_JOB *done;

	for (unsigned int i = 0; i < jobs; i++) {
		IMB_JOB *job = IMB_GET_NEXT_JOB(mgr);

		cbc->job[i].status = IMB_STATUS_BEING_PROCESSED;
		*job = cbc->job[i];
		job->user_data = &cbc->job[i];
		for (done = IMB_SUBMIT_JOB_NOCHECK(mgr); done; done = IMB_GET_COMPLETED_JOB(mgr)) {
			((IMB_JOB *)done->user_data)->status = done->status;
			finished++;
		}
	}
	while ((done = IMB_FLUSH_JOB(mgr))) {
		((IMB_JOB *)done->user_data)->status = done->status;
		finished++;
	}
	return finished;
}

// The library has cipher bursts for AES alone.
static unsigned int cipher_run(IMB_MGR *mgr, struct mb_cbc *cbc, unsigned int jobs,
	enum crypto_dir dir, unsigned int cipher)
{
	static const IMB_CIPHER_DIRECTION direction[] = {
		[CRYPTO_ENCRYPT] = IMB_DIR_ENCRYPT,
		[CRYPTO_DECRYPT] = IMB_DIR_DECRYPT,
	};

	if (cipher_algs[cipher].mode == IMB_CIPHER_CBC)
		return IMB_SUBMIT_CIPHER_BURST_NOCHECK(mgr, cbc->job, jobs, IMB_CIPHER_CBC,
			direction[dir], cipher_algs[cipher].key_len);
	for (unsigned int i = 0; i < jobs; i++) {
		IMB_JOB *job = &cbc->job[i];

		if (cipher == MB_3DES)
			job->enc_keys = job->dec_keys = cbc->of[i]->key->des3;
		job->cipher_mode = cipher_algs[cipher].mode;
		job->cipher_direction = direction[dir];
		job->hash_alg = IMB_AUTH_NULL;
		job->chain_order = dir == CRYPTO_ENCRYPT ? IMB_ORDER_CIPHER_HASH
							 : IMB_ORDER_HASH_CIPHER;
	}
	return queue_run(mgr, cbc, jobs);
}

// It has hash bursts for SHA alone.
static unsigned int hash_run(IMB_MGR *mgr, struct mb_cbc *cbc, unsigned int jobs, enum mb_hash hash)
{
	if (hash != MB_MD5)
		return IMB_SUBMIT_HASH_BURST_NOCHECK(mgr, cbc->job, jobs, hash_algs[hash]);
	for (unsigned int i = 0; i < jobs; i++) {
		IMB_JOB *job = &cbc->job[i];

		job->cipher_mode = IMB_CIPHER_NULL;
		job->cipher_direction = IMB_DIR_ENCRYPT;
		job->hash_alg = hash_algs[hash];
		job->chain_order = IMB_ORDER_HASH_CIPHER;
	}
	return queue_run(mgr, cbc, jobs);
}

// All operations of one direction and cipher that are still good.
static void encipher(IMB_MGR *mgr, struct mb_cbc *cbc, struct crypto_op *const ops[],
	unsigned int n, enum crypto_dir dir, unsigned int cipher)
{
	unsigned int key_len = cipher_algs[cipher].key_len, block = cipher_algs[cipher].block;
	unsigned int jobs = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct crypto_op *op = ops[i];
		const struct crypto_key *key = op->key;
		IMB_JOB *job = &cbc->job[jobs];

		if (key->dir != dir || key->cipher != cipher || op->status != CRYPTO_OK)
			continue;
		job->enc_keys = key->schedule;
		job->dec_keys = key->schedule;
		job->key_len_in_bytes = key_len;
		job->src = op->data;
		job->dst = op->data;
		job->cipher_start_src_offset_in_bytes = 0;
		job->msg_len_to_cipher_in_bytes = op->len;
		job->iv = op->iv;
		job->iv_len_in_bytes = block;
		cbc->of[jobs++] = op;
	}
	mark_unfinished(cbc, jobs, cipher_run(mgr, cbc, jobs, dir, cipher));
}

// All operations of one hash, either direction: encrypted ones get their tag, the others are
// compared.
static void authenticate(IMB_MGR *mgr, struct mb_cbc *cbc, struct crypto_op *const ops[],
	unsigned int n, enum mb_hash hash)
{
	unsigned int jobs = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct crypto_op *op = ops[i];
		const struct crypto_key *key = op->key;
		IMB_JOB *job = &cbc->job[jobs];

		if (key->hash != hash || op->status != CRYPTO_OK)
			continue;
		job->src = op->auth;
		job->hash_start_src_offset_in_bytes = 0;
		job->msg_len_to_hash_in_bytes = op->auth_len;
		job->auth_tag_output = key->dir == CRYPTO_ENCRYPT ? op->tag : cbc->tag[jobs];
		job->auth_tag_output_len_in_bytes = key->icv_len;
		job->u.HMAC._hashed_auth_key_xor_ipad = key->ipad;
		job->u.HMAC._hashed_auth_key_xor_opad = key->opad;
		cbc->of[jobs++] = op;
	}
	mark_unfinished(cbc, jobs, hash_run(mgr, cbc, jobs, hash));
	for (unsigned int i = 0; i < jobs; i++) {
		struct crypto_op *op = cbc->of[i];

		if (op->key->dir == CRYPTO_DECRYPT && op->status == CRYPTO_OK &&
			!mb_tag_eq(cbc->tag[i], op->tag, op->key->icv_len))
			op->status = CRYPTO_BAD_TAG;
	}
}

void mb_cbc_run(IMB_MGR *mgr, struct mb_cbc *cbc, struct crypto_op *const op[], unsigned int n)
{
	struct kinds kinds = look(op, n);

	if (kinds.class & (kinds.class - 1)) {
		sort(op, cbc->sorted, n);
		op = cbc->sorted;
	}
	for (unsigned int cipher = 0; cipher < MB_CIPHERS; cipher++) {
		if (kinds.cipher[CRYPTO_ENCRYPT] & 1u << cipher)
			encipher(mgr, cbc, op, n, CRYPTO_ENCRYPT, cipher);
	}
	for (unsigned int hash = 0; hash < MB_HASHES; hash++) {
		if (kinds.hash & 1u << hash)
			authenticate(mgr, cbc, op, n, hash);
	}
	for (unsigned int cipher = 0; cipher < MB_CIPHERS; cipher++) {
		if (kinds.cipher[CRYPTO_DECRYPT] & 1u << cipher)
			encipher(mgr, cbc, op, n, CRYPTO_DECRYPT, cipher);
	}
}
