#include "ike/v1/keymat.h"

#include <errno.h>

#include "ike/v1/payload.h"
#include "unit/vectors.h"

enum { FIELDS = 12 };

static struct rd room_rd(struct vectors *v, const char *name)
{
	static uint8_t rooms[4 * FIELDS][VECTOR_BYTES]; // of three records: more than is in use
	static unsigned int next;
	uint8_t *room = rooms[next++ % (sizeof(rooms) / sizeof(rooms[0]))];

	return rd_of(room, vectors_hex(v, name, room));
}

static void assert_bytes(const void *got, struct rd want)
{
	assert_memory_equal(got, want.p, rd_left(&want));
}

static void assert_secret(const struct secret *s, struct rd want)
{
	assert_int_equal(s->len, rd_left(&want));
	assert_bytes(s->b, want);
}

static struct secret secret_of(struct rd rd)
{
	struct secret s;

	assert_int_equal(secret_copy(&s, rd.p, rd_left(&rd)), 0);
	return s;
}

static uint64_t u64(struct vectors *v, const char *name)
{
	struct rd rd = room_rd(v, name);

	return rd_u64(&rd);
}

static uint32_t u32(struct vectors *v, const char *name)
{
	struct rd rd = room_rd(v, name);

	return rd_u32(&rd);
}

// What the three records of one suite share.
struct ctx {
	struct suite ike, esp;
	struct ike_nonces nonces;
	struct v1_proof proof;
	struct secret shared;
	struct v1_keys keys;
	uint32_t mid;
};

// "aes128-sha1", or with a cipher of its own for ESP behind.
static void suites(struct ctx *ctx, const char *title)
{
	struct proposal p;
	char text[64], cipher[64];
	int names = sscanf(title, "%40s %40s", text, cipher);

	strcat(text, "-group2");
	assert_int_equal(proposal_read(text, PROPOSAL_IKE, &p, NULL), 0);
	ctx->ike = ctx->esp = suite_first(&p);
	if (names == 2) {
		ctx->esp.encr = alg_find(ALG_ENCR, cipher);
		ctx->esp.integ = NULL;
	}
}

static void check_phase1(struct vectors *v, struct ctx *ctx)
{
	struct secret psk = secret_of(room_rd(v, "psk"));

	ctx->shared = secret_of(room_rd(v, "shared"));
	ctx->nonces = (struct ike_nonces){room_rd(v, "ni"), room_rd(v, "nr")};
	ctx->proof = (struct v1_proof){.spi_i = u64(v, "spi_i"), .spi_r = u64(v, "spi_r")};
	assert_int_equal(v1_keymat_psk(&ctx->ike, &psk, &ctx->shared, ctx->nonces, ctx->proof.spi_i,
				 ctx->proof.spi_r, &ctx->keys),
		0);
	assert_secret(&ctx->keys.skeyid, room_rd(v, "skeyid"));
	assert_secret(&ctx->keys.d, room_rd(v, "d"));
	assert_secret(&ctx->keys.a, room_rd(v, "a"));
	assert_secret(&ctx->keys.e, room_rd(v, "e"));
	secret_free(&psk);
}

static void check_proofs(struct vectors *v, struct ctx *ctx)
{
	uint8_t sum[PRF_OUT_MAX];
	struct v1_iv iv, last = {};
	struct rd rd = room_rd(v, "last");

	ctx->proof.ke_i = room_rd(v, "ke_i");
	ctx->proof.ke_r = room_rd(v, "ke_r");
	ctx->proof.sa_i = room_rd(v, "sa");
	ctx->proof.id = room_rd(v, "id");
	assert_int_equal(v1_hash_proof(&ctx->keys, &ctx->proof, true, sum), 0);
	assert_bytes(sum, room_rd(v, "hash_i"));
	assert_int_equal(v1_hash_proof(&ctx->keys, &ctx->proof, false, sum), 0);
	assert_bytes(sum, room_rd(v, "hash_r"));
	assert_int_equal(v1_iv_first(&ctx->keys, ctx->proof.ke_i, ctx->proof.ke_r, &iv), 0);
	assert_bytes(iv.b, room_rd(v, "iv"));
	rd_copy(&rd, last.b, ctx->ike.encr->iv_len);
	assert_false(rd.bad);
	ctx->mid = u32(v, "mid");
	assert_int_equal(v1_iv_phase2(&ctx->keys, &last, ctx->mid, &iv), 0);
	assert_bytes(iv.b, room_rd(v, "iv2"));
}

static void check_keymat(struct vectors *v, struct ctx *ctx, const struct secret *shared,
	const char *in, const char *out)
{
	struct ike_child_keys child;
	struct rd want_in = room_rd(v, in), want_out = room_rd(v, out);
	size_t encr_len = ctx->esp.encr->key_len + ctx->esp.encr->salt_len;

	assert_int_equal(v1_keymat_child(&ctx->keys, &ctx->esp, shared, ctx->nonces,
				 u32(v, "spi_in"), u32(v, "spi_out"), &child),
		0);
	assert_secret(&child.encr_in, rd_sub(&want_in, encr_len));
	assert_secret(&child.encr_out, rd_sub(&want_out, encr_len));
	if (ctx->esp.integ) {
		assert_secret(&child.integ_in, want_in);
		assert_secret(&child.integ_out, want_out);
	}
	assert_true(ctx->esp.integ || (!child.integ_in.b && !child.integ_out.b));
	ike_child_keys_fini(&child);
}

static void check_quick(struct vectors *v, struct ctx *ctx)
{
	static const char *const names[] = {"hash1", "hash2", "hash3"};
	struct rd rest = room_rd(v, "rest");
	uint8_t sum[PRF_OUT_MAX];

	for (unsigned int n = V1_HASH_1; n <= V1_HASH_3; n++) {
		assert_int_equal(
			v1_hash(&ctx->keys, (enum v1_hash)n, ctx->mid, ctx->nonces, rest, sum), 0);
		assert_bytes(sum, room_rd(v, names[n]));
	}
	check_keymat(v, ctx, NULL, "in_", "out");
	check_keymat(v, ctx, &ctx->shared, "in_pfs", "out_pfs");
}

static void keys_are_those_of_an_independent_computation(void **)
{
	static void (*const check[])(struct vectors *, struct ctx *) = {
		check_phase1, check_proofs, check_quick};
	struct vectors v;
	struct ctx ctx = {};
	unsigned int records = 0;

	for (vectors_open(&v, "ikev1-keymat.txt"); vectors_next(&v); records++) {
		if (records % 3 == 0)
			suites(&ctx, vectors_text(&v, "title"));
		check[records % 3](&v, &ctx);
		if (records % 3 == 2) {
			v1_keys_fini(&ctx.keys);
			secret_free(&ctx.shared);
		}
	}
	assert_int_equal(records, 27);
}

static struct v1_keys some_keys(const char *proposal)
{
	static const uint8_t bytes[64] = {1, 2, 3};
	struct secret psk = secret_of(rd_of(bytes, 16)), shared = secret_of(rd_of(bytes, 64));
	struct ike_nonces nonces = {rd_of(bytes, 16), rd_of(bytes, 20)};
	struct v1_keys keys;
	struct proposal p;
	struct suite suite;

	assert_int_equal(proposal_read(proposal, PROPOSAL_IKE, &p, NULL), 0);
	suite = suite_first(&p);
	assert_int_equal(v1_keymat_psk(&suite, &psk, &shared, nonces, 1, 2, &keys), 0);
	secret_free(&psk);
	secret_free(&shared);
	return keys;
}

// A message of HASH and a notification, read back with one byte changed.
static bool right_after(struct v1_keys *keys, size_t at, uint8_t change, uint32_t id)
{
	uint8_t room[256];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));
	struct v1_msg msg = {.head = {.id = id, .flags = V1_FLAG_ENCRYPTED}};
	struct ike_nonces none = {};

	v1_payload_hash_room(&chain, keys->prf->out_len);
	v1_payload_dpd(&chain, V1_N_R_U_THERE, 1, 2, 77);
	assert_int_equal(v1_hash_sign(keys, V1_HASH_1, 5, none, &chain), 0);
	room[at] ^= change;
	assert_int_equal(v1_msg_read(rd_of(room, wr_len(&chain.wr) + 7), chain.first, &msg), 0);
	return v1_hash_is_right(keys, V1_HASH_1, none, &msg);
}

static void a_hash_covers_message_id_and_all_that_follows(void **)
{
	struct v1_keys keys = some_keys("aes128-sha1-group2");

	assert_true(right_after(&keys, 0, 0, 5));
	assert_false(right_after(&keys, 0, 0, 6));
	assert_false(right_after(&keys, 4, 1, 5));  // the hash
	assert_false(right_after(&keys, 23, 1, 5)); // its last byte
	assert_false(right_after(&keys, 55, 1, 5)); // the last byte of the last payload
	assert_true(right_after(&keys, 56, 1, 5));  // padding
	v1_keys_fini(&keys);
}

static void a_hash_of_another_length_is_wrong(void **)
{
	struct v1_keys keys = some_keys("aes128-sha1-group2");
	uint8_t body[4 + PRF_OUT_MAX] = {0, 0, 0, 20};
	struct v1_msg msg = {.head = {.id = 5, .flags = V1_FLAG_ENCRYPTED}};

	// 16 bytes, the first of the right ones.
	assert_int_equal(
		v1_hash(&keys, V1_HASH_1, 5, (struct ike_nonces){}, rd_of(body, 0), body + 4), 0);
	assert_int_equal(v1_msg_read(rd_of(body, 24), V1_PAYLOAD_HASH, &msg), 0);
	assert_false(v1_hash_is_right(&keys, V1_HASH_1, (struct ike_nonces){}, &msg));
	v1_keys_fini(&keys);
}

static void the_third_hash_stands_alone(void **)
{
	struct v1_keys keys = some_keys("aes128-md5-group2");
	const uint8_t nonce[16] = {9};
	struct ike_nonces nonces = {rd_of(nonce, 16), rd_of(nonce, 8)};
	uint8_t room[128];

	for (unsigned int more = 0; more < 2; more++) {
		struct ike_chain chain = ike_chain_of(room, sizeof(room));
		struct v1_msg msg = {.head = {.id = 5, .flags = V1_FLAG_ENCRYPTED}};

		v1_payload_hash_room(&chain, keys.prf->out_len);
		if (more)
			v1_payload_delete_esp(&chain, 0x1234);
		assert_int_equal(v1_hash_sign(&keys, V1_HASH_3, 5, nonces, &chain), 0);
		assert_int_equal(v1_msg_read(rd_of(room, wr_len(&chain.wr)), chain.first, &msg), 0);
		assert_int_equal(v1_hash_is_right(&keys, V1_HASH_3, nonces, &msg), !more);
	}
	v1_keys_fini(&keys);
}

static void only_a_chain_that_begins_with_hash_is_signed(void **)
{
	struct v1_keys keys = some_keys("aes128-sha256-group2");
	uint8_t room[128];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));

	v1_payload_delete_esp(&chain, 0x1234);
	v1_payload_hash_room(&chain, keys.prf->out_len);
	assert_int_equal(v1_hash_sign(&keys, V1_HASH_1, 5, (struct ike_nonces){}, &chain), -EINVAL);
	v1_keys_fini(&keys);
}

static bool is_weak(enum alg_id id, const char *hex)
{
	uint8_t bytes[24];
	int len = hex_read(hex, bytes, sizeof(bytes));
	struct secret key;
	bool weak;

	assert_int_equal(len, alg(id)->key_len);
	key = secret_of(rd_of(bytes, (size_t)len));
	weak = v1_key_is_weak(alg(id), &key);
	secret_free(&key);
	return weak;
}

// As RFC 2409 appendix A prints them, and with other parity bits.
static void weak_keys_are_refused(void **)
{
	assert_true(is_weak(ALG_DES_CBC, "0101010101010101"));
	assert_true(is_weak(ALG_DES_CBC, "1f1f1f1f0e0e0e0e"));
	assert_true(is_weak(ALG_DES_CBC, "e0e0e0e0f1f1f1f1"));
	assert_true(is_weak(ALG_DES_CBC, "fefefefefefefefe"));
	assert_true(is_weak(ALG_DES_CBC, "01fe01fe01fe01fe"));
	assert_true(is_weak(ALG_DES_CBC, "1fe01fe00ef10ef1"));
	assert_true(is_weak(ALG_DES_CBC, "01e001e001f101f1"));
	assert_true(is_weak(ALG_DES_CBC, "1ffe1ffe0efe0efe"));
	assert_true(is_weak(ALG_DES_CBC, "011f011f010e010e"));
	assert_true(is_weak(ALG_DES_CBC, "e0fee0fef1fef1fe"));
	assert_true(is_weak(ALG_DES_CBC, "fe01fe01fe01fe01"));
	assert_true(is_weak(ALG_DES_CBC, "e01fe01ff10ef10e"));
	assert_true(is_weak(ALG_DES_CBC, "e001e001f101f101"));
	assert_true(is_weak(ALG_DES_CBC, "fe1ffe1ffe0efe0e"));
	assert_true(is_weak(ALG_DES_CBC, "1f011f010e010e01"));
	assert_true(is_weak(ALG_DES_CBC, "fee0fee0fef1fef1"));
	assert_true(is_weak(ALG_DES_CBC, "0000000000000000"));
	assert_false(is_weak(ALG_DES_CBC, "0123456789abcdef"));
	assert_true(is_weak(ALG_3DES_CBC, "0123456789abcdef0123456789abcdeffedcba9876543210"));
	assert_true(is_weak(ALG_3DES_CBC, "fedcba98765432100123456789abcdef0123456789abcdef"));
	assert_false(is_weak(ALG_3DES_CBC, "0123456789abcdeffedcba98765432100123456789abcdef"));
	assert_false(is_weak(ALG_AES128_CBC, "00000000000000000000000000000000"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_an_independent_computation),
		cmocka_unit_test(a_hash_covers_message_id_and_all_that_follows),
		cmocka_unit_test(a_hash_of_another_length_is_wrong),
		cmocka_unit_test(the_third_hash_stands_alone),
		cmocka_unit_test(only_a_chain_that_begins_with_hash_is_signed),
		cmocka_unit_test(weak_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
