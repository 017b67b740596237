#include "ctl/backend.h"

#include <errno.h>

#include "base/log.h"
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

bool backends_knows(const struct backends *b, unsigned int i, const struct alg *a)
{
	const struct suite *suite;

	for (unsigned int s = 0; s < BACKEND_SUITES && (suite = crypto_suite(s)); s++) {
		if (b->state[i][s] == BACKEND_PROVEN && (suite->encr == a || suite->integ == a))
			return true;
	}
	return false;
}
