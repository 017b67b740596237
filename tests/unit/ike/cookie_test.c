#include "ike/cookie.h"

#include <string.h>

#include "unit/unit.h"

static void count_up(void *ctx, void *dst, size_t len)
{
	uint8_t *next = ctx;

	memset(dst, ++*next, len);
}

struct fixture {
	struct ike_cookies cookies;
	uint8_t seed;
	struct rng rng;
	struct endpoint remote;
	uint8_t nonce[32], cookie[IKE_COOKIE];
};

static void make(struct fixture *f)
{
	*f = (struct fixture){.rng = {.fill = count_up}};
	f->rng.ctx = &f->seed;
	f->remote.addr = addr_v4(0xc0000201);
	assert_int_equal(ike_cookie_make(&f->cookies, &f->rng, MONO_S(10),
				 rd_of(f->nonce, sizeof(f->nonce)), &f->remote, 7, f->cookie),
		0);
}

static bool good(struct fixture *f, mono_us_t now, uint64_t spi, size_t len)
{
	return ike_cookie_is_good(&f->cookies, &f->rng, now, rd_of(f->nonce, sizeof(f->nonce)),
		&f->remote, spi, rd_of(f->cookie, len));
}

static void is_good_for_who_got_it(void **)
{
	struct fixture f;

	make(&f);
	assert_true(good(&f, MONO_S(11), 7, IKE_COOKIE));
	assert_false(good(&f, MONO_S(11), 8, IKE_COOKIE));
	assert_false(good(&f, MONO_S(11), 7, IKE_COOKIE - 1));
	f.nonce[0] ^= 1;
	assert_false(good(&f, MONO_S(11), 7, IKE_COOKIE));
	f.nonce[0] ^= 1;
	f.remote.addr = addr_v4(0xc0000202);
	assert_false(good(&f, MONO_S(11), 7, IKE_COOKIE));
	f.remote.addr = addr_v4(0xc0000201);
	f.cookie[20] ^= 1;
	assert_false(good(&f, MONO_S(11), 7, IKE_COOKIE));
}

static void outlives_one_change_of_the_secret(void **)
{
	struct fixture f;

	make(&f);
	assert_true(good(&f, MONO_S(75), 7, IKE_COOKIE));
	assert_false(good(&f, MONO_S(140), 7, IKE_COOKIE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_good_for_who_got_it),
		cmocka_unit_test(outlives_one_change_of_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
