#include "drv/trial.h"

#include <errno.h>
#include <string.h>

enum { GUARD = 0xc5, TAG_BEFORE = 0x5c };

int trial_why(struct why *why, const struct crypto_driver *driver, const struct trial *t,
	const char *what)
{
	char suite[PROPOSAL_TEXT];

	why_set(why, -EBADMSG, what, NULL, NULL, NULL);
	why_fmt(why, where, "%s %.50s%s, %s, %u bytes", driver->name,
		suite_show(t->suite, PROPOSAL_ESP, suite), t->esn ? " ESN" : "",
		t->dir == CRYPTO_ENCRYPT ? "encrypt" : "decrypt", t->len);
	return -EBADMSG;
}

void trial_clear(struct trial *t)
{
	uint8_t *end = t->room + sizeof(t->room);

	memset(t->room, GUARD, (size_t)(trial_wire(t) - t->room));
	memset(trial_tag(t), GUARD, (size_t)(end - trial_tag(t)));
	memset(trial_tag(t), TAG_BEFORE, trial_icv_len(t));
}

static bool guards_stand(struct trial *t)
{
	bool inserted = t->esn && t->suite->integ && t->dir == CRYPTO_DECRYPT;
	const uint8_t *end = t->room + sizeof(t->room);

	for (const uint8_t *p = t->room; p < trial_wire(t); p++) {
		if (*p != GUARD)
			return false;
	}
	for (const uint8_t *p = trial_tag(t) + trial_icv_len(t) + (inserted ? 4 : 0); p < end;
		p++) {
		if (*p != GUARD)
			return false;
	}
	return true;
}

static void fill_gcm(struct trial *t)
{
	const uint8_t *wire = trial_wire(t);

	memcpy(t->op.aad, wire, 4);
	t->op.aad_len = t->esn ? 12 : 8;
	if (t->esn)
		memcpy(t->op.aad + 4, t->esn_high, 4);
	memcpy(t->op.aad + t->op.aad_len - 4, wire + 4, 4);
}

// RFC 4303 s2.2.1: the high half counts as standing behind the data. On encrypt the tag is written
// over it, on decrypt the tag moves up.
static void fill_cbc(struct trial *t)
{
	t->op.auth = trial_wire(t);
	t->op.auth_len = TRIAL_HEAD + t->len;
	if (!t->esn)
		return;
	if (t->dir == CRYPTO_DECRYPT) {
		memmove(t->op.tag + 4, t->op.tag, trial_icv_len(t));
		t->op.tag += 4;
	}
	memcpy(trial_tag(t), t->esn_high, 4);
	t->op.auth_len += 4;
}

static void fill(struct trial *t, unsigned int slot)
{
	t->op = (struct crypto_op){
		.key = t->key,
		.data = trial_data(t),
		.len = t->len,
		.tag = trial_tag(t),
		.slot = (uint16_t)slot,
		.status = 0xff,
	};
	memcpy(t->op.iv, t->nonce, sizeof(t->op.iv));
	if (t->suite->integ)
		fill_cbc(t);
	else
		fill_gcm(t);
}

// Submit all, a prefix at a time, and wait for all; seen counts how often each slot came back.
static int run(const struct crypto_driver *driver, struct crypto_lane *lane, struct trial *t,
	unsigned int n, uint8_t seen[static TRIAL_BURST], struct why *why)
{
	struct crypto_op *op[TRIAL_BURST], *done[TRIAL_BURST];
	unsigned int taken = 0, back = 0, idle = 0;

	for (unsigned int i = 0; i < n; i++)
		op[i] = &t[i].op;
	while (back < n) {
		unsigned int now = 0;

		if (taken < n)
			now = driver->submit(lane, op + taken, n - taken);
		for (unsigned int i = taken; driver->immediate && i < taken + now; i++)
			seen[t[i].op.slot]++;
		taken += now;
		if (driver->immediate)
			back = taken;
		else {
			unsigned int polled = driver->poll(lane, done, n - back);

			for (unsigned int i = 0; i < polled; i++)
				seen[done[i]->slot]++;
			back += polled;
			now += polled;
		}
		// Hardware needs time, but not for ever.
		idle = now ? 0 : idle + 1;
		if (idle > 100u * 1000 * 1000)
			return trial_why(why, driver, &t[taken < n ? taken : 0],
				"an operation was never taken, or never came back");
	}
	return 0;
}

int trial_burst(const struct crypto_driver *driver, struct crypto_lane *lane, struct trial *t,
	unsigned int n, struct why *why)
{
	uint8_t seen[TRIAL_BURST] = {};
	unsigned int keys = 0;
	int err = 0;

	for (; keys < n; keys++) {
		struct trial *at = &t[keys];

		err = driver->key_new(at->suite, at->dir, at->encr,
			at->suite->integ ? at->integ : NULL, &at->key);
		if (err) {
			err = err == -ENOMEM ? err
					     : trial_why(why, driver, at, "a key was refused");
			goto free_keys;
		}
		fill(at, keys);
	}
	err = run(driver, lane, t, n, seen, why);
	for (unsigned int i = 0; !err && i < n; i++) {
		if (seen[i] != 1)
			err = trial_why(why, driver, &t[i], "an operation came back twice");
		else if (!guards_stand(&t[i]))
			err = trial_why(why, driver, &t[i], "wrote outside of data and tag");
	}
free_keys:
	while (keys--)
		driver->key_free(t[keys].key);
	return err;
}
