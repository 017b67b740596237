#include "ike/reveal.h"

#include "ike/v1/sa.h"

static uint32_t tunnel_of(const struct ike_sa *sa)
{
	if (sa->tunnel)
		return sa->tunnel->conf.tunnel;
	return sa->half ? sa->half->candidate : 0;
}

void ike_reveal(const struct ike *ike, uint32_t tunnel,
	void (*each)(void *ctx, const struct ike_secrets *secrets), void *ctx)
{
	const struct ike_sa *sa, *next;

	HASH_ITER (hh, ike->sas, sa, next) {
		const struct skey *i = sa->initiator ? &sa->keys.out : &sa->keys.in;
		const struct skey *r = sa->initiator ? &sa->keys.in : &sa->keys.out;
		struct ike_secrets secrets = {
			.spi_i = sa->spi_i,
			.spi_r = sa->spi_r,
			.suite = &sa->suite,
			.encr_i = i->encr_key.b,
			.encr_r = r->encr_key.b,
			.integ_i = i->integ_key.b,
			.integ_r = r->integ_key.b,
			.encr_len = i->encr_key.len,
			.integ_len = i->integ_key.len,
		};

		if (sa->v1) {
			secrets.v1 = true;
			secrets.encr_i = sa->v1->keys.e.b;
			secrets.encr_len = sa->v1->keys.e.len;
		}
		if (tunnel_of(sa) == tunnel && secrets.encr_len)
			each(ctx, &secrets);
	}
}
