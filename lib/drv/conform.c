#include "drv/conform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drv/trial.h"

enum { SUITES_MAX = 64, MIXTURES = 40 };

// One run of the whole.
struct run {
	const struct crypto_driver *driver;
	struct crypto_lane *lane;
	// Who makes what driver opens, and opens what driver makes: the other back end, or driver
	// itself.
	const struct crypto_driver *ref;
	struct crypto_lane *ref_lane;
	const struct suite *suite[SUITES_MAX]; // what both can do
	unsigned int suites;
	struct trial *t;     // TRIAL_BURST of them
	struct trial *plain; // as they were before anything was computed
	struct why *why;
	uint64_t random; // writer: draw()
};

// xorshift64*: repeatable, and good enough to choose inputs.
static uint32_t draw(struct run *run)
{
	run->random ^= run->random >> 12;
	run->random ^= run->random << 25;
	run->random ^= run->random >> 27;
	return (uint32_t)((run->random * 0x2545f4914f6cdd1d) >> 32);
}

static void draw_bytes(struct run *run, uint8_t *dst, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = (uint8_t)draw(run);
}

// A random packet, to be sealed; len is rounded up to the cipher's block.
static void make(struct run *run, unsigned int i, const struct suite *suite, uint32_t len, bool esn)
{
	struct trial *t = &run->t[i];
	uint32_t block = suite->encr->block_len;

	t->suite = suite;
	t->dir = CRYPTO_ENCRYPT;
	t->esn = esn;
	t->len = (len + block - 1) / block * block;
	t->skew = draw(run) % TRIAL_SKEW_MAX;
	draw_bytes(run, t->esn_high, sizeof(t->esn_high));
	draw_bytes(run, t->encr, sizeof(t->encr));
	draw_bytes(run, t->integ, sizeof(t->integ));
	draw_bytes(run, t->nonce, sizeof(t->nonce));
	if (suite->encr->aead)
		memcpy(t->nonce + 12, (uint8_t[]){0, 0, 0, 1}, 4);
	trial_clear(t);
	draw_bytes(run, trial_wire(t), TRIAL_HEAD + t->len);
	run->plain[i] = *t;
}

static int fail(struct run *run, unsigned int i, const char *what)
{
	return trial_why(run->why, run->driver, &run->t[i], what);
}

// t[i] must have the given status and, when that is CRYPTO_OK, hold the plaintext again.
static int opened(struct run *run, unsigned int i, enum crypto_status status)
{
	struct trial *t = &run->t[i];

	if (t->op.status != status)
		return fail(run, i,
			status == CRYPTO_OK ? "a good packet was refused"
					    : "a forgery was accepted");
	if (status == CRYPTO_OK && memcmp(trial_data(t), trial_data(&run->plain[i]), t->len))
		return fail(run, i, "wrong plaintext");
	return 0;
}

static int sealed(struct run *run, unsigned int i)
{
	return run->t[i].op.status == CRYPTO_OK ? 0 : fail(run, i, "not encrypted");
}

static void turn(struct run *run, unsigned int n, enum crypto_dir dir)
{
	for (unsigned int i = 0; i < n; i++)
		run->t[i].dir = dir;
}

// Seal n packets with one back end and open them with the other.
static int there_and_back(struct run *run, unsigned int n, bool ref_seals)
{
	const struct crypto_driver *sealer = ref_seals ? run->ref : run->driver;
	const struct crypto_driver *opener = ref_seals ? run->driver : run->ref;
	int err;

	turn(run, n, CRYPTO_ENCRYPT);
	err = trial_burst(sealer, ref_seals ? run->ref_lane : run->lane, run->t, n, run->why);
	for (unsigned int i = 0; !err && i < n; i++)
		err = sealed(run, i);
	turn(run, n, CRYPTO_DECRYPT);
	if (!err)
		err = trial_burst(
			opener, ref_seals ? run->lane : run->ref_lane, run->t, n, run->why);
	for (unsigned int i = 0; !err && i < n; i++)
		err = opened(run, i, CRYPTO_OK);
	return err;
}

// Every length up to 300 and some beyond, with one suite.
static int lengths(struct run *run, const struct suite *suite)
{
	static const uint32_t longer[] = {
		511, 512, 513, 1023, 1024, 1025, 1408, 1500, TRIAL_LEN_MAX};
	enum { LONGER = sizeof(longer) / sizeof(longer[0]), EVERY = 300 };
	uint32_t block = suite->encr->block_len, len = block;
	int err = 0;

	for (unsigned int more = 0; !err && more < LONGER;) {
		unsigned int n = 0;

		for (; n < 64 && len <= EVERY; n++, len += block)
			make(run, n, suite, len, n & 1);
		for (; n < 64 && more < LONGER; n++, more++)
			make(run, n, suite, longer[more], n & 1);
		err = there_and_back(run, n, false);
		for (unsigned int i = 0; i < n; i++)
			run->t[i] = run->plain[i];
		if (!err)
			err = there_and_back(run, n, true);
	}
	return err;
}

// A burst with one forgery in it, at every position, and in every byte of the tag.
static int positions(struct run *run, const struct suite *suite)
{
	enum { N = 33 };
	struct trial *kept = malloc(N * sizeof(*kept));
	int err = kept ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < N; i++)
		make(run, i, suite, 64, false);
	if (!err)
		err = trial_burst(run->driver, run->lane, run->t, N, run->why);
	for (unsigned int i = 0; !err && i < N; i++)
		kept[i] = run->t[i];
	for (unsigned int at = 0; !err && at < N; at++) {
		for (unsigned int i = 0; i < N; i++)
			run->t[i] = kept[i];
		turn(run, N, CRYPTO_DECRYPT);
		trial_tag(&run->t[at])[at % trial_icv_len(run->t)] ^= (uint8_t)(1u << at % 8);
		err = trial_burst(run->driver, run->lane, run->t, N, run->why);
		for (unsigned int i = 0; !err && i < N; i++)
			err = opened(run, i, i == at ? CRYPTO_BAD_TAG : CRYPTO_OK);
	}
	free(kept);
	return err;
}

// Alter one bit of what a tag covers, or of the tag.
static void forge(struct run *run, struct trial *t)
{
	uint32_t covered = t->len + trial_icv_len(t), at = draw(run) % (covered + 8);

	// The first 8 bytes are the ESP header; data and tag begin behind the IV.
	trial_wire(t)[at < 8 ? at : at - 8 + TRIAL_HEAD] ^= (uint8_t)(1u << draw(run) % 8);
}

// Whole bursts of random suites, keys, lengths and directions: even packets come from ref and are
// opened, some of them forged; odd ones are sealed, and must be what ref makes of them.
static int mixture(struct run *run)
{
	static const enum crypto_status expect[] = {CRYPTO_OK, CRYPTO_BAD_TAG};
	uint8_t forged[TRIAL_BURST] = {};
	struct trial *want = run->plain + TRIAL_BURST;
	unsigned int n = 1 + draw(run) % TRIAL_BURST;
	int err;

	for (unsigned int i = 0; i < n; i++)
		make(run, i, run->suite[draw(run) % run->suites], 1 + draw(run) % 1500,
			draw(run) & 1);
	memcpy(want, run->t, n * sizeof(*want));
	err = trial_burst(run->ref, run->ref_lane, want, n, run->why);
	for (unsigned int i = 0; i < n; i += 2) {
		run->t[i] = want[i];
		run->t[i].dir = CRYPTO_DECRYPT;
		forged[i] = draw(run) % 8 == 0;
		if (forged[i])
			forge(run, &run->t[i]);
	}
	if (!err)
		err = trial_burst(run->driver, run->lane, run->t, n, run->why);
	for (unsigned int i = 0; !err && i < n; i++) {
		struct trial *t = &run->t[i];

		if (i % 2 == 0)
			err = opened(run, i, expect[forged[i]]);
		else if (sealed(run, i) || memcmp(trial_wire(t), trial_wire(&want[i]),
						   TRIAL_HEAD + t->len + trial_icv_len(t)))
			err = fail(run, i, "not what the other back end makes of it");
	}
	return err;
}

static void suites_find(struct run *run)
{
	const struct suite *suite;

	for (unsigned int i = 0; run->suites < SUITES_MAX && (suite = crypto_suite(i)); i++) {
		if (run->driver->can(suite) && run->ref->can(suite))
			run->suite[run->suites++] = suite;
	}
}

static int all(struct run *run)
{
	int err = 0;

	suites_find(run);
	if (!run->suites)
		return why_set(
			run->why, -EBADMSG, "no suite in common", run->driver->name, NULL, NULL);
	for (unsigned int i = 0; !err && i < run->suites; i++) {
		err = crypto_check(run->driver, run->suite[i], run->why);
		if (!err)
			err = lengths(run, run->suite[i]);
		if (!err)
			err = positions(run, run->suite[i]);
	}
	for (unsigned int i = 0; !err && i < MIXTURES; i++)
		err = mixture(run);
	return err;
}

int crypto_conform(const struct crypto_driver *driver, const struct crypto_driver *other,
	unsigned int seed, struct why *why)
{
	struct run run = {
		.driver = driver,
		.ref = other ? other : driver,
		.t = calloc(TRIAL_BURST, sizeof(*run.t)),
		.plain = calloc(2 * TRIAL_BURST, sizeof(*run.plain)),
		.why = why,
		.random = 0x9e3779b97f4a7c15 ^ seed,
	};
	int err = -ENOMEM;

	if (!run.t || !run.plain || run.driver->lane_open(TRIAL_BURST, &run.lane))
		goto free_trials;
	if (run.ref->lane_open(TRIAL_BURST, &run.ref_lane))
		goto close_lane;
	if (run.driver->submit(run.lane, NULL, 0))
		err = why_set(why, -EBADMSG, "took something from an empty burst", driver->name,
			NULL, NULL);
	else
		err = all(&run);
	run.ref->lane_close(run.ref_lane);
close_lane:
	run.driver->lane_close(run.lane);
free_trials:
	free(run.t);
	free(run.plain);
	return err;
}
