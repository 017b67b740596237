#include "ctl/backend.h"

#include <errno.h>

#include "base/log.h"
#include "crypto/avail.h"
#include "drv/conform.h"

static enum backend_state check(const struct crypto_driver *driver, const struct suite *suite)
{
	char name[PROPOSAL_TEXT], text[512];
	struct why why = {};
	int err = crypto_check(driver, suite, &why);

	if (!err)
		return BACKEND_PROVEN;
	if (err == -ENOTSUP)
		return BACKEND_NONE;
	log_error("crypto back end %s computes %s wrongly and is not used for it: %s", driver->name,
		suite_show(suite, PROPOSAL_ESP, name), why_show(&why, text, sizeof(text)));
	return BACKEND_WRONG;
}

unsigned int backends_check(struct backends *b, const struct crypto_driver *const drivers[])
{
	unsigned int proven = 0;
	const struct suite *suite;

	*b = (struct backends){};
	while (b->n < BACKENDS && drivers[b->n]) {
		b->driver[b->n] = drivers[b->n];
		b->n++;
	}
	for (unsigned int i = 0; i < BACKEND_SUITES && (suite = crypto_suite(i)); i++) {
		for (unsigned int d = 0; d < b->n; d++)
			b->state[d][i] = (uint8_t)check(b->driver[d], suite);
		proven += backends_pick(b, suite) != NULL;
	}
	for (unsigned int i = 0; i < ALG_COUNT; i++)
		b->ike[i] = avail_ike(&alg_table[i]);
	return proven;
}

// Groups and the length of sequence numbers do not concern a back end's key.
static bool same_keys(const struct suite *a, const struct suite *b)
{
	return a->encr == b->encr && a->integ == b->integ;
}

const struct crypto_driver *backends_pick(const struct backends *b, const struct suite *suite)
{
	for (unsigned int d = 0; d < b->n; d++) {
		const struct suite *known;
		bool proven = false, wrong = false;

		for (unsigned int i = 0; i < BACKEND_SUITES && (known = crypto_suite(i)); i++) {
			if (!same_keys(known, suite))
				continue;
			proven |= b->state[d][i] == BACKEND_PROVEN;
			wrong |= b->state[d][i] == BACKEND_WRONG;
		}
		if (proven && !wrong)
			return b->driver[d];
	}
	return NULL;
}

static int cannot(struct why *why, const char *got)
{
	return why_set(why, -ENOTSUP, "this machine cannot compute the algorithm", NULL,
		"what `show algorithms` says it can", got);
}

// Every pair of a cipher and an integrity algorithm that ESP may come to.
static int can_esp(const struct backends *b, const struct proposal *p, struct why *why)
{
	char text[PROPOSAL_TEXT];

	for (uint8_t e = 0; e < p->n[ALG_ENCR]; e++) {
		struct suite suite = {.encr = p->choice[ALG_ENCR][e]};
		uint8_t i = 0;

		do {
			suite.integ = p->choice[ALG_INTEG][i];
			if (!backends_pick(b, &suite))
				return cannot(why, suite_show(&suite, PROPOSAL_ESP, text));
		} while (++i < p->n[ALG_INTEG]);
	}
	return 0;
}

int backends_can(const struct backends *b, const struct proposal *p, struct why *why)
{
	bool ike = p->purpose == PROPOSAL_IKE;

	for (unsigned int kind = 0; kind < ALG_KINDS; kind++) {
		for (uint8_t i = 0; (ike || kind == ALG_KE) && i < p->n[kind]; i++) {
			if (!b->ike[p->choice[kind][i]->id])
				return cannot(why, p->choice[kind][i]->name);
		}
	}
	return ike ? 0 : can_esp(b, p, why);
}

bool backends_knows(const struct backends *b, unsigned int i, const struct alg *a)
{
	const struct suite *suite;

	for (unsigned int s = 0; s < BACKEND_SUITES && (suite = crypto_suite(s)); s++) {
		if (b->state[i][s] == BACKEND_PROVEN && (suite->encr == a || suite->integ == a))
			return true;
	}
	return false;
}
