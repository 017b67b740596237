#include "ike/keymat.h"

#include "unit/vectors.h"

static void hex(struct vectors *v, const char *name, struct rd *rd, uint8_t *room)
{
	*rd = rd_of(room, vectors_hex(v, name, room));
}

static void assert_secret(const struct secret *s, struct rd want)
{
	assert_int_equal(s->len, rd_left(&want));
	if (s->len)
		assert_memory_equal(s->b, want.p, s->len);
}

// SK_a | SK_e as one string.
static void assert_skey(const struct skey *key, struct rd want)
{
	struct rd integ = rd_sub(&want, key->integ_key.len);

	if (key->integ_key.len)
		assert_secret(&key->integ_key, integ);
	assert_secret(&key->encr_key, want);
}

static void assert_child(const struct secret *encr, const struct secret *integ, struct rd want)
{
	struct rd first = rd_sub(&want, encr->len);

	assert_secret(encr, first);
	assert_secret(integ, want);
}

// One pair of records: an SA's keys, then AUTH, children and a rekeyed SA from the same input.
static void check(struct vectors *v, struct rd *field, uint8_t (*room)[VECTOR_BYTES])
{
	struct proposal p;
	struct suite ike, esp;
	struct secret shared, psk;
	struct ike_keys keys, again;
	struct ike_child_keys child;
	struct ike_nonces nonces;
	uint8_t auth[PRF_OUT_MAX];
	struct rd spi_i, spi_r, sk_d, keys_i, keys_r, sk_pi, message, id, want;
	uint64_t i, r;
	char text[64];

	snprintf(text, sizeof(text), "%s-x25519", vectors_text(v, "title"));
	assert_int_equal(proposal_read(text, PROPOSAL_IKE, &p, NULL), 0);
	ike = (struct suite){.encr = p.choice[ALG_ENCR][0],
		.prf = p.choice[ALG_PRF][0],
		.integ = p.n[ALG_INTEG] ? p.choice[ALG_INTEG][0] : NULL};
	esp = ike;
	hex(v, "ni", &nonces.i, room[0]);
	hex(v, "nr", &nonces.r, room[1]);
	hex(v, "spi_i", &spi_i, room[2]);
	hex(v, "spi_r", &spi_r, room[3]);
	hex(v, "d", &sk_d, room[4]);
	hex(v, "keys_i", &keys_i, room[5]);
	hex(v, "keys_r", &keys_r, room[6]);
	hex(v, "pi", &sk_pi, room[7]);
	hex(v, "shared", field, room[8]);
	assert_int_equal(secret_copy(&shared, field->p, rd_left(field)), 0);
	i = rd_u64(&spi_i);
	r = rd_u64(&spi_r);

	assert_int_equal(ike_keymat_sa(&ike, NULL, NULL, &shared, nonces, i, r, false, &keys), 0);
	assert_secret(&keys.d, sk_d);
	assert_secret(&keys.pi, sk_pi);
	assert_skey(&keys.in, keys_i);
	assert_skey(&keys.out, keys_r);

	assert_true(vectors_next(v));
	hex(v, "psk", field, room[9]);
	assert_int_equal(secret_copy(&psk, field->p, rd_left(field)), 0);
	hex(v, "message", &message, room[9]);
	hex(v, "id", &id, room[10]);
	hex(v, "auth", &want, room[11]);
	assert_int_equal(ike_keymat_auth(ike.prf, &psk, &keys.pi, message, nonces.r, id, auth), 0);
	assert_int_equal(rd_left(&want), ike.prf->out_len);
	assert_memory_equal(auth, want.p, ike.prf->out_len);

	assert_int_equal(ike_keymat_child(&esp, &keys.d, ike.prf, NULL, nonces, true, &child), 0);
	hex(v, "child_i", &want, room[11]);
	assert_child(&child.encr_out, &child.integ_out, want);
	hex(v, "child_r", &want, room[11]);
	assert_child(&child.encr_in, &child.integ_in, want);
	ike_child_keys_fini(&child);
	assert_int_equal(
		ike_keymat_child(&esp, &keys.d, ike.prf, &shared, nonces, false, &child), 0);
	hex(v, "pfs_i", &want, room[11]);
	assert_child(&child.encr_in, &child.integ_in, want);
	ike_child_keys_fini(&child);

	assert_int_equal(
		ike_keymat_sa(&ike, &keys, ike.prf, &shared, nonces, r, i, true, &again), 0);
	hex(v, "d_rekeyed", &want, room[11]);
	assert_secret(&again.d, want);
	ike_keys_fini(&again);
	ike_keys_fini(&keys);
	secret_free(&shared);
	secret_free(&psk);
}

static void keys_are_those_of_another_implementation(void **)
{
	static uint8_t room[12][VECTOR_BYTES];
	struct vectors v;
	struct rd field;
	int pairs = 0;

	vectors_open(&v, "ike-keymat.txt");
	for (; vectors_next(&v); pairs++)
		check(&v, &field, room);
	assert_int_equal(pairs, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_another_implementation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
