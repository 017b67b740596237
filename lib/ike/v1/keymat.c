#include "ike/v1/keymat.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "crypto/hash.h"
#include "ike/v1/payload.h"

enum { DES_KEY = 8, CHUNKS = 6 };

static struct chunk view(struct rd rd)
{
	return (struct chunk){rd.p, rd_left(&rd)};
}

// As many blocks of prf as the length takes (appendix B, and s5.5 of quick mode):
// K1 = prf(key, seed), K2 = prf(key, K1 | seed) ... or, with bare, K2 = prf(key, K1).
static int expand(const struct alg *row, const struct secret *key, const struct chunk *seed,
	size_t n, bool bare, size_t len, struct secret *out)
{
	uint8_t block[PRF_OUT_MAX];
	struct chunk in[CHUNKS] = {{block, row->out_len}};
	int err = secret_new(out, len);

	if (err)
		return err;
	memcpy(in + 1, seed, n * sizeof(*seed));
	for (size_t at = 0; at < len && !err; at += row->out_len) {
		size_t take = len - at < row->out_len ? len - at : row->out_len;

		if (!at)
			err = prf(row, chunk_of(key), seed, n, block);
		else
			err = prf(row, chunk_of(key), in, bare ? 1 : n + 1, block);
		if (!err)
			memcpy(out->b + at, block, take);
	}
	wipe(block, sizeof(block));
	if (err)
		secret_free(out);
	return err;
}

// The weak and semiweak keys of DES, without their parity bits (RFC 2409 appendix A).
static bool des_is_weak(const uint8_t key[static DES_KEY])
{
	static const uint8_t weak[][DES_KEY] = {
		{0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
		{0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe},
		{0x1e, 0x1e, 0x1e, 0x1e, 0x0e, 0x0e, 0x0e, 0x0e},
		{0xe0, 0xe0, 0xe0, 0xe0, 0xf0, 0xf0, 0xf0, 0xf0},
		{0x00, 0xfe, 0x00, 0xfe, 0x00, 0xfe, 0x00, 0xfe},
		{0xfe, 0x00, 0xfe, 0x00, 0xfe, 0x00, 0xfe, 0x00},
		{0x1e, 0xe0, 0x1e, 0xe0, 0x0e, 0xf0, 0x0e, 0xf0},
		{0xe0, 0x1e, 0xe0, 0x1e, 0xf0, 0x0e, 0xf0, 0x0e},
		{0x00, 0xe0, 0x00, 0xe0, 0x00, 0xf0, 0x00, 0xf0},
		{0xe0, 0x00, 0xe0, 0x00, 0xf0, 0x00, 0xf0, 0x00},
		{0x1e, 0xfe, 0x1e, 0xfe, 0x0e, 0xfe, 0x0e, 0xfe},
		{0xfe, 0x1e, 0xfe, 0x1e, 0xfe, 0x0e, 0xfe, 0x0e},
		{0x00, 0x1e, 0x00, 0x1e, 0x00, 0x0e, 0x00, 0x0e},
		{0x1e, 0x00, 0x1e, 0x00, 0x0e, 0x00, 0x0e, 0x00},
		{0xe0, 0xfe, 0xe0, 0xfe, 0xf0, 0xfe, 0xf0, 0xfe},
		{0xfe, 0xe0, 0xfe, 0xe0, 0xfe, 0xf0, 0xfe, 0xf0},
	};
	uint8_t bare[DES_KEY];
	bool found = false;

	for (size_t i = 0; i < DES_KEY; i++)
		bare[i] = key[i] & 0xfe;
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++)
		found |= bytes_eq_ct(bare, weak[i], DES_KEY);
	wipe(bare, sizeof(bare));
	return found;
}

// 3DES with two equal neighbours is DES (RFC 2451 s2.3).
bool v1_key_is_weak(const struct alg *encr, const struct secret *key)
{
	if (encr->id == ALG_DES_CBC)
		return des_is_weak(key->b);
	return encr->id == ALG_3DES_CBC &&
	       (bytes_eq_ct(key->b, key->b + DES_KEY, DES_KEY) ||
		       bytes_eq_ct(key->b + DES_KEY, key->b + 2 * DES_KEY, DES_KEY));
}

static int check_key(const struct alg *encr, const struct secret *key)
{
	return v1_key_is_weak(encr, key) ? -EKEYREJECTED : 0;
}

// Appendix B: SKEYID_e itself, or Ka = prf(SKEYID_e, 0) | prf(SKEYID_e, K1) ... if it is too short.
static int cipher_key(struct v1_keys *keys, const struct secret *skeyid_e)
{
	static const uint8_t zero = 0;
	const struct chunk in = {&zero, 1};
	int err;

	if (keys->encr->key_len <= skeyid_e->len)
		err = secret_copy(&keys->e, skeyid_e->b, keys->encr->key_len);
	else
		err = expand(keys->prf, skeyid_e, &in, 1, true, keys->encr->key_len, &keys->e);
	return err ? err : check_key(keys->encr, &keys->e);
}

// s5: SKEYID = prf(psk, Ni_b | Nr_b); SKEYID_d = prf(SKEYID, g^xy | CKY-I | CKY-R | 0), and a and e
// with their predecessor in front and 1 and 2 behind.
int v1_keymat_psk(const struct suite *suite, const struct secret *psk, const struct secret *shared,
	struct ike_nonces nonces, uint64_t spi_i, uint64_t spi_r, struct v1_keys *keys)
{
	const struct chunk both[] = {view(nonces.i), view(nonces.r)};
	uint8_t spis[V1_COOKIES], count[] = {0, 1, 2};
	struct wr wr = wr_of(spis, sizeof(spis));
	struct chunk in[] = {{}, chunk_of(shared), {spis, sizeof(spis)}, {}};
	struct secret e = {};
	struct secret *const out[] = {&keys->d, &keys->a, &e};
	int err;

	*keys = (struct v1_keys){.encr = suite->encr, .prf = suite->prf};
	wr_u64(&wr, spi_i);
	wr_u64(&wr, spi_r);
	err = prf_secret(keys->prf, chunk_of(psk), both, 2, &keys->skeyid);
	for (size_t i = 0; i < 3 && !err; i++) {
		in[3] = (struct chunk){&count[i], 1};
		err = prf_secret(
			keys->prf, chunk_of(&keys->skeyid), i ? in : in + 1, i ? 4 : 3, out[i]);
		if (!err)
			in[0] = chunk_of(out[i]);
	}
	if (!err)
		err = cipher_key(keys, &e);
	secret_free(&e);
	if (err)
		v1_keys_fini(keys);
	return err;
}

void v1_keys_fini(struct v1_keys *keys)
{
	secret_free(&keys->skeyid);
	secret_free(&keys->d);
	secret_free(&keys->a);
	secret_free(&keys->e);
}

static int iv_of(const struct v1_keys *keys, const struct chunk *in, struct v1_iv *iv)
{
	uint8_t sum[PRF_OUT_MAX];
	int err = hash(keys->prf, in, 2, sum);

	if (!err)
		memcpy(iv->b, sum, keys->encr->iv_len);
	return err;
}

int v1_iv_first(const struct v1_keys *keys, struct rd ke_i, struct rd ke_r, struct v1_iv *iv)
{
	const struct chunk in[] = {view(ke_i), view(ke_r)};

	return iv_of(keys, in, iv);
}

int v1_iv_phase2(
	const struct v1_keys *keys, const struct v1_iv *last, uint32_t id, struct v1_iv *iv)
{
	uint8_t id_be[4];
	struct wr wr = wr_of(id_be, sizeof(id_be));
	const struct chunk in[] = {{last->b, keys->encr->iv_len}, {id_be, sizeof(id_be)}};

	wr_u32(&wr, id);
	return iv_of(keys, in, iv);
}

// s5: HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b), HASH_R with the first
// two pairs turned round, and IDir_b.
int v1_hash_proof(const struct v1_keys *keys, const struct v1_proof *proof, bool initiator,
	uint8_t dst[static PRF_OUT_MAX])
{
	uint8_t spis[V1_COOKIES];
	struct wr wr = wr_of(spis, sizeof(spis));
	const struct chunk in[] = {
		view(initiator ? proof->ke_i : proof->ke_r),
		view(initiator ? proof->ke_r : proof->ke_i),
		{spis, sizeof(spis)},
		view(proof->sa_i),
		view(proof->id),
	};

	wr_u64(&wr, initiator ? proof->spi_i : proof->spi_r);
	wr_u64(&wr, initiator ? proof->spi_r : proof->spi_i);
	return prf(keys->prf, chunk_of(&keys->skeyid), in, 5, dst);
}

// s5.5: HASH(1) = prf(SKEYID_a, M-ID | rest), HASH(2) = prf(SKEYID_a, M-ID | Ni_b | rest),
// HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b).
int v1_hash(const struct v1_keys *keys, enum v1_hash n, uint32_t id, struct ike_nonces nonces,
	struct rd rest, uint8_t dst[static PRF_OUT_MAX])
{
	uint8_t zero_id[5] = {};
	struct wr wr = wr_of(zero_id + 1, 4);
	const struct chunk message_id = {zero_id + 1, 4};
	const struct {
		struct chunk in[3];
		size_t count;
	} rows[] = {
		[V1_HASH_1] = {{message_id, view(rest)}, 2},
		[V1_HASH_2] = {{message_id, view(nonces.i), view(rest)}, 3},
		[V1_HASH_3] = {{{zero_id, 5}, view(nonces.i), view(nonces.r)}, 3},
	};

	wr_u32(&wr, id);
	return prf(keys->prf, chunk_of(&keys->a), rows[n].in, rows[n].count, dst);
}

int v1_hash_sign(const struct v1_keys *keys, enum v1_hash n, uint32_t id, struct ike_nonces nonces,
	struct ike_chain *chain)
{
	struct rd rest = rd_of(chain->wr.base, wr_len(&chain->wr));
	uint8_t sum[PRF_OUT_MAX];
	int err;

	rd_skip(&rest, (size_t)IKE_PAYLOAD_HEAD + keys->prf->out_len);
	if (chain->wr.bad || rest.bad || chain->first != V1_PAYLOAD_HASH)
		return -EINVAL;
	err = v1_hash(keys, n, id, nonces, rest, sum);
	if (!err)
		memcpy(chain->wr.base + IKE_PAYLOAD_HEAD, sum, keys->prf->out_len);
	return err;
}

bool v1_hash_is_right(const struct v1_keys *keys, enum v1_hash n, struct ike_nonces nonces,
	const struct v1_msg *msg)
{
	uint8_t sum[PRF_OUT_MAX];

	if (rd_left(&msg->hash) != keys->prf->out_len)
		return false;
	if (n == V1_HASH_3 && rd_left(&msg->hashed))
		return false;
	if (v1_hash(keys, n, msg->head.id, nonces, msg->hashed, sum))
		return false;
	return bytes_eq_ct(sum, msg->hash.p, keys->prf->out_len);
}

// s5.5: KEYMAT = prf(SKEYID_d, [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b), cipher first.
static int keymat(const struct v1_keys *keys, const struct suite *suite,
	const struct secret *shared, struct ike_nonces nonces, uint32_t spi, struct secret *encr,
	struct secret *integ)
{
	size_t encr_len = (size_t)suite->encr->key_len + suite->encr->salt_len;
	size_t integ_len = suite->integ ? suite->integ->key_len : 0;
	uint8_t proto_spi[5];
	struct wr wr = wr_of(proto_spi, sizeof(proto_spi));
	const struct chunk seed[] = {shared ? chunk_of(shared) : (struct chunk){},
		{proto_spi, sizeof(proto_spi)}, view(nonces.i), view(nonces.r)};
	struct secret all = {};
	int err;

	static_assert(sizeof(seed) / sizeof(seed[0]) < CHUNKS);
	wr_u8(&wr, V1_PROTO_ESP);
	wr_u32(&wr, spi);
	err = expand(keys->prf, &keys->d, seed, 4, false, encr_len + integ_len, &all);
	if (!err)
		err = secret_copy(encr, all.b, encr_len);
	if (!err && integ_len)
		err = secret_copy(integ, all.b + encr_len, integ_len);
	if (!err)
		err = check_key(suite->encr, encr);
	secret_free(&all);
	return err;
}

int v1_keymat_child(const struct v1_keys *keys, const struct suite *suite,
	const struct secret *shared, struct ike_nonces nonces, uint32_t spi_in, uint32_t spi_out,
	struct ike_child_keys *child)
{
	int err;

	*child = (struct ike_child_keys){};
	err = keymat(keys, suite, shared, nonces, spi_in, &child->encr_in, &child->integ_in);
	if (!err)
		err = keymat(
			keys, suite, shared, nonces, spi_out, &child->encr_out, &child->integ_out);
	if (err)
		ike_child_keys_fini(child);
	return err;
}
