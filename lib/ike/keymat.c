#include "ike/keymat.h"

#include <errno.h>

#include "ike/wire.h"

static struct chunk view(struct rd rd)
{
	return (struct chunk){rd.p, rd_left(&rd)};
}

// SKEYSEED = prf(Ni | Nr, g^ir), or prf(SK_d (old), g^ir | Ni | Nr) when rekeying (s2.14, s2.18).
static int seed(const struct alg *prf_new, const struct ike_keys *old, const struct alg *prf_old,
	const struct secret *shared, struct ike_nonces nonces, struct secret *out)
{
	const struct chunk in[] = {chunk_of(shared), view(nonces.i), view(nonces.r)};
	uint8_t key[2 * IKE_NONCE_MAX];
	struct wr wr = wr_of(key, sizeof(key));

	if (old)
		return prf_secret(prf_old, chunk_of(&old->d), in, 3, out);
	wr_copy(&wr, nonces.i.p, rd_left(&nonces.i));
	wr_copy(&wr, nonces.r.p, rd_left(&nonces.r));
	if (wr.bad)
		return -EINVAL;
	return prf_secret(prf_new, (struct chunk){key, wr_len(&wr)}, in, 1, out);
}

// s2.14: {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr}
static int split_sa(const struct suite *suite, const struct secret *keymat, bool initiator,
	struct ike_keys *keys)
{
	struct rd rd = rd_of(keymat->b, keymat->len);
	size_t prf_len = suite->prf->key_len;
	size_t integ_len = skey_integ_len(suite), encr_len = skey_encr_len(suite);
	const uint8_t *d = rd_take(&rd, prf_len);
	const uint8_t *ai = rd_take(&rd, integ_len), *ar = rd_take(&rd, integ_len);
	const uint8_t *ei = rd_take(&rd, encr_len), *er = rd_take(&rd, encr_len);
	const uint8_t *pi = rd_take(&rd, prf_len), *pr = rd_take(&rd, prf_len);
	int err;

	if (rd.bad)
		return -EINVAL;
	err = secret_copy(&keys->d, d, prf_len);
	if (!err)
		err = secret_copy(&keys->pi, pi, prf_len);
	if (!err)
		err = secret_copy(&keys->pr, pr, prf_len);
	if (!err)
		err = skey_init(&keys->out, suite, initiator ? ei : er, initiator ? ai : ar);
	if (!err)
		err = skey_init(&keys->in, suite, initiator ? er : ei, initiator ? ar : ai);
	return err;
}

int ike_keymat_sa(const struct suite *suite, const struct ike_keys *old, const struct alg *old_prf,
	const struct secret *shared, struct ike_nonces nonces, uint64_t spi_i, uint64_t spi_r,
	bool initiator, struct ike_keys *keys)
{
	uint8_t spis[16];
	struct wr wr = wr_of(spis, sizeof(spis));
	const struct chunk in[] = {view(nonces.i), view(nonces.r), {spis, sizeof(spis)}};
	size_t len = 3u * suite->prf->key_len + 2 * (skey_integ_len(suite) + skey_encr_len(suite));
	struct secret skeyseed = {}, keymat = {};
	int err;

	*keys = (struct ike_keys){};
	wr_u64(&wr, spi_i);
	wr_u64(&wr, spi_r);
	err = seed(suite->prf, old, old_prf, shared, nonces, &skeyseed);
	if (!err)
		err = prf_plus(suite->prf, chunk_of(&skeyseed), in, 3, len, &keymat);
	if (!err)
		err = split_sa(suite, &keymat, initiator, keys);
	secret_free(&skeyseed);
	secret_free(&keymat);
	if (err)
		ike_keys_fini(keys);
	return err;
}

void ike_keys_fini(struct ike_keys *keys)
{
	secret_free(&keys->d);
	secret_free(&keys->pi);
	secret_free(&keys->pr);
	skey_fini(&keys->in);
	skey_fini(&keys->out);
}

static int take(struct rd *rd, size_t len, struct secret *out)
{
	const uint8_t *at = rd_take(rd, len);

	if (!len)
		return 0;
	return at ? secret_copy(out, at, len) : -EINVAL;
}

// s2.17: from initiator to responder first; within a direction cipher (and salt), then HMAC.
int ike_keymat_child(const struct suite *suite, const struct secret *d, const struct alg *prf,
	const struct secret *shared, struct ike_nonces nonces, bool initiator,
	struct ike_child_keys *keys)
{
	const struct chunk in[] = {
		shared ? chunk_of(shared) : (struct chunk){}, view(nonces.i), view(nonces.r)};
	size_t encr_len = (size_t)suite->encr->key_len + suite->encr->salt_len;
	size_t integ_len = suite->integ ? suite->integ->key_len : 0;
	struct secret keymat = {};
	struct rd rd;
	int err;

	*keys = (struct ike_child_keys){};
	err = prf_plus(prf, chunk_of(d), shared ? in : in + 1, shared ? 3 : 2,
		2 * (encr_len + integ_len), &keymat);
	if (err)
		return err;
	rd = rd_of(keymat.b, keymat.len);
	err = take(&rd, encr_len, initiator ? &keys->encr_out : &keys->encr_in);
	if (!err)
		err = take(&rd, integ_len, initiator ? &keys->integ_out : &keys->integ_in);
	if (!err)
		err = take(&rd, encr_len, initiator ? &keys->encr_in : &keys->encr_out);
	if (!err)
		err = take(&rd, integ_len, initiator ? &keys->integ_in : &keys->integ_out);
	secret_free(&keymat);
	if (err)
		ike_child_keys_fini(keys);
	return err;
}

void ike_child_keys_fini(struct ike_child_keys *keys)
{
	secret_free(&keys->encr_in);
	secret_free(&keys->integ_in);
	secret_free(&keys->encr_out);
	secret_free(&keys->integ_out);
}

int ike_keymat_auth(const struct alg *row, const struct secret *psk, const struct secret *p,
	struct rd message, struct rd nonce, struct rd id, uint8_t dst[static PRF_OUT_MAX])
{
	static const char pad[] = "Key Pad for IKEv2";
	const struct chunk pad_in = {pad, sizeof(pad) - 1}, id_in = view(id);
	uint8_t id_mac[PRF_OUT_MAX];
	const struct chunk in[] = {view(message), view(nonce), {id_mac, row->out_len}};
	struct secret key = {};
	int err;

	err = prf(row, chunk_of(p), &id_in, 1, id_mac);
	if (!err)
		err = prf_secret(row, chunk_of(psk), &pad_in, 1, &key);
	if (!err)
		err = prf(row, chunk_of(&key), in, 3, dst);
	secret_free(&key);
	return err;
}
