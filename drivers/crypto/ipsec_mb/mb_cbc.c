#include "crypto/ipsec_mb/mb_cbc.h"

#include "crypto/ipsec_mb/mb_tag.h"

// The library keeps each lane's remaining length in 16 bits, padding included.
enum { LEN_MAX = 65280, AES_BLOCK = 16, SIZE_CLASSES = 8, SIZE_SHIFT = 8 };

static const IMB_HASH_ALG hash_algs[MB_HASHES] = {
	[MB_SHA1] = IMB_AUTH_HMAC_SHA_1,
	[MB_SHA256] = IMB_AUTH_HMAC_SHA_256,
	[MB_SHA384] = IMB_AUTH_HMAC_SHA_384,
	[MB_SHA512] = IMB_AUTH_HMAC_SHA_512,
};

static bool is_sound(const struct crypto_op *op)
{
	return op->len && !(op->len % AES_BLOCK) && op->auth_len && op->auth_len <= LEN_MAX &&
	       op->len <= LEN_MAX;
}

// The longest is class 0.
static unsigned int size_class(const struct crypto_op *op)
{
	unsigned int class = op->len >> SIZE_SHIFT;

	return SIZE_CLASSES - 1 - (class < SIZE_CLASSES ? class : SIZE_CLASSES - 1);
}

// What is in a burst: a bit for each kind.
struct kinds {
	unsigned int aes[2]; // by direction: key sizes
	unsigned int hash;
	unsigned int class;
};

static struct kinds look(struct crypto_op *const op[], unsigned int n)
{
	struct kinds kinds = {};

	for (unsigned int i = 0; i < n; i++) {
		const struct crypto_key *key = op[i]->key;

		op[i]->status = is_sound(op[i]) ? CRYPTO_OK : CRYPTO_FAILED;
		kinds.aes[key->dir] |= 1u << key->aes;
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

// All operations of one direction and key size that are still good.
static void cipher(IMB_MGR *mgr, struct mb_cbc *cbc, struct crypto_op *const ops[], unsigned int n,
	enum crypto_dir dir, unsigned int aes)
{
	static const IMB_CIPHER_DIRECTION direction[] = {
		[CRYPTO_ENCRYPT] = IMB_DIR_ENCRYPT,
		[CRYPTO_DECRYPT] = IMB_DIR_DECRYPT,
	};
	static const IMB_KEY_SIZE_BYTES size[MB_KEY_SIZES] = {
		IMB_KEY_128_BYTES, IMB_KEY_192_BYTES, IMB_KEY_256_BYTES};
	unsigned int jobs = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct crypto_op *op = ops[i];
		const struct crypto_key *key = op->key;
		IMB_JOB *job = &cbc->job[jobs];

		if (key->dir != dir || key->aes != aes || op->status != CRYPTO_OK)
			continue;
		job->enc_keys = key->schedule;
		job->dec_keys = key->schedule;
		job->key_len_in_bytes = size[aes];
		job->src = op->data;
		job->dst = op->data;
		job->cipher_start_src_offset_in_bytes = 0;
		job->msg_len_to_cipher_in_bytes = op->len;
		job->iv = op->iv;
		job->iv_len_in_bytes = AES_BLOCK;
		cbc->of[jobs++] = op;
	}
	mark_unfinished(cbc, jobs,
		IMB_SUBMIT_CIPHER_BURST_NOCHECK(
			mgr, cbc->job, jobs, IMB_CIPHER_CBC, direction[dir], size[aes]));
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
	mark_unfinished(
		cbc, jobs, IMB_SUBMIT_HASH_BURST_NOCHECK(mgr, cbc->job, jobs, hash_algs[hash]));
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
	for (unsigned int aes = 0; aes < MB_KEY_SIZES; aes++) {
		if (kinds.aes[CRYPTO_ENCRYPT] & 1u << aes)
			cipher(mgr, cbc, op, n, CRYPTO_ENCRYPT, aes);
	}
	for (unsigned int hash = 0; hash < MB_HASHES; hash++) {
		if (kinds.hash & 1u << hash)
			authenticate(mgr, cbc, op, n, hash);
	}
	for (unsigned int aes = 0; aes < MB_KEY_SIZES; aes++) {
		if (kinds.aes[CRYPTO_DECRYPT] & 1u << aes)
			cipher(mgr, cbc, op, n, CRYPTO_DECRYPT, aes);
	}
}
