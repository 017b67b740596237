#include "drv/conform.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drv/trial.h"

enum { LEN = 48, SUITES_MAX = 64 };

// What each algorithm makes of one fixed packet: a cipher decrypts its data (key 01 02 .. 20), an
// integrity algorithm or AEAD gives its tag (key 40 41 .. 7f). Computed with Python's hmac and
// cryptography modules, and openssl enc for DES.
struct answer {
	enum alg_id id;
	const char *plain;
	const char *tag;
};

static const struct answer answers[] = {
	{ALG_AES128_GCM16,
		"3236ad9922e44fc56f26ac0e9f54a1ff3eff6dceeb2ebd4d007d64f60a781f2f"
		"b12bcf8693769542a2cc8449c3799b70",
		"2bf8557b9e7f04e361a3f20e94a981be"},
	{ALG_AES192_GCM16,
		"160eace6a6df534da6f52758498e2fabc5558a3151c20d82aa9a23323a4bba42"
		"c55227b5ec46a222a36b2d2180793fd5",
		"ca673330ee657233327b689b67451971"},
	{ALG_AES256_GCM16,
		"89e40759b9fc14572753c00c9df456ffd7523a96ccf1fe278ff6674aee8f1efe"
		"e10443170b3b5ec7d58bc29eaa27583c",
		"a71bbae8ba26f24f9cbb4d3e18047fa9"},
	{ALG_AES128_CBC,
		"441a96194621918e0069485a92e12d46ec4b30319c2c1b5e615f1f4fb9f4d44a"
		"469577a0e47cc6e5861be2acc1bc62eb",
		NULL},
	{ALG_AES192_CBC,
		"8f25ae0128473820c86b9e803454a8e651ae9140b6560b4eaa692d06cda209e6"
		"d6cf9241d63c8e6d340d8c7b6cba57bf",
		NULL},
	{ALG_AES256_CBC,
		"9b427699473764e7ded79e66f05a64e999e7c0808bab9fc823a7a02c13307399"
		"043476e2909e50ca9dc1108fccedfea5",
		NULL},
	{ALG_CHACHA20_POLY1305,
		"a61763cab512443742e616fdd53867c632a30f8d1210aa7fa317c470cfc220ff"
		"36668d5786c9f68347445d3c2e0df78a",
		"2bd49ca968469a01e230f96eb700dc8f"},
	{ALG_3DES_CBC,
		"99535cbb08819e3a7e4a8c1c4d58c2d45e9d22d2410035ae34fc6aa196eaf7f5"
		"7706a484be8ac3a567a49bd707c8b155",
		NULL},
	{ALG_DES_CBC,
		"f2f27c934213dca2af3b054d8536a3e46a33d898889e52e8dcde4a4fa811d798"
		"fceb0eaaed65a135f7a7f80db2a5ff2b",
		NULL},
	{ALG_HMAC_MD5, NULL, "58e0721df3e6c3827526be5c"},
	{ALG_HMAC_SHA1, NULL, "b3d66b97e3671fd3a080d58b"},
	{ALG_HMAC_SHA256, NULL, "9ce43fcbdcbde4e11ccfe881c30bbe96"},
	{ALG_HMAC_SHA384, NULL, "3f2bafa4f49237117f3ffcb7af276df15512cb68a16a31b0"},
	{ALG_HMAC_SHA512, NULL, "2865f96aae090d78fb32428585ff059f482e6472b4db6e9f5a141c11248a78e0"},
};

// Of so many rows at most half are ciphers, each with every other row.
static_assert(sizeof(answers) / sizeof(answers[0]) * sizeof(answers) / sizeof(answers[0]) / 4 <=
	      SUITES_MAX);

static const uint8_t packet[TRIAL_HEAD] = {0xc0, 0xff, 0xee, 0x01, 0x00, 0x00, 0x00, 0x07, 0xa0,
	0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct suite suites[SUITES_MAX]; // writer: the first that asks
static unsigned int suite_count;

static const struct answer *answer_find(const struct alg *row)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].id == row->id)
			return &answers[i];
	}
	return NULL;
}

// Every cipher of the table, with every integrity algorithm where it needs one, whose answers we
// know.
static void suites_make(void)
{
	for (size_t e = 0; e < ALG_COUNT; e++) {
		const struct alg *encr = &alg_table[e];

		if (encr->kind != ALG_ENCR || !answer_find(encr))
			continue;
		if (encr->aead)
			suites[suite_count++] = (struct suite){.encr = encr};
		for (size_t i = 0; i < ALG_COUNT && !encr->aead; i++) {
			const struct alg *integ = &alg_table[i];

			if (integ->kind == ALG_INTEG && answer_find(integ))
				suites[suite_count++] = (struct suite){encr, integ};
		}
	}
}

const struct suite *crypto_suite(unsigned int i)
{
	pthread_once(&once, suites_make);
	return i < suite_count ? &suites[i] : NULL;
}

// The fixed packet, sealed.
static void seal(struct trial *t, const char *tag)
{
	for (unsigned int i = 0; i < LEN; i++)
		trial_data(t)[i] = (uint8_t)(0x30 + 5 * i);
	(void)hex_read(tag, trial_tag(t), CRYPTO_ICV_MAX);
}

static void prepare(struct trial *t, const struct suite *suite, enum crypto_dir dir)
{
	*t = (struct trial){.suite = suite, .dir = dir, .len = LEN};
	for (unsigned int i = 0; i < sizeof(t->encr); i++)
		t->encr[i] = (uint8_t)(1 + i);
	for (unsigned int i = 0; i < sizeof(t->integ); i++)
		t->integ[i] = (uint8_t)(0x40 + i);
	trial_clear(t);
	memcpy(trial_wire(t), packet, sizeof(packet));
	memcpy(t->nonce, packet + 8, sizeof(t->nonce));
	if (suite->encr->aead)
		memcpy(t->nonce + 12, (uint8_t[]){0, 0, 0, 1}, 4);
}

static int judge(const struct crypto_driver *driver, struct trial *t, enum crypto_status status,
	struct trial *want, struct why *why)
{
	size_t len = LEN + (t->dir == CRYPTO_ENCRYPT ? trial_icv_len(t) : 0);

	if (t->op.status != status)
		return trial_why(why, driver, t,
			status == CRYPTO_OK ? "known answer: not computed"
					    : "known answer: an altered tag was accepted");
	if (status == CRYPTO_OK && memcmp(trial_data(t), trial_data(want), len))
		return trial_why(why, driver, t, "known answer: wrong result");
	return 0;
}

int crypto_check(const struct crypto_driver *driver, const struct suite *suite, struct why *why)
{
	enum { OPEN, ALTERED, SEAL, OPEN_AGAIN, TRIALS, PLAIN = TRIALS, SEALED, ALL };
	const struct answer *encr = answer_find(suite->encr);
	const struct answer *integ = suite->integ ? answer_find(suite->integ) : encr;
	struct crypto_lane *lane;
	struct trial *t;
	int err = -ENOMEM;

	if (!encr || !integ || !driver->can(suite))
		return -ENOTSUP;
	t = malloc(ALL * sizeof(*t));
	if (!t || driver->lane_open(TRIALS, &lane))
		goto free_trials;
	for (unsigned int i = 0; i < ALL; i++) {
		prepare(&t[i], suite, i == SEAL ? CRYPTO_ENCRYPT : CRYPTO_DECRYPT);
		seal(&t[i], integ->tag);
	}
	(void)hex_read(encr->plain, trial_data(&t[PLAIN]), LEN);
	memcpy(trial_data(&t[SEAL]), trial_data(&t[PLAIN]), LEN);
	trial_clear(&t[SEAL]);
	trial_tag(&t[ALTERED])[trial_icv_len(t) - 1] ^= 1;

	err = trial_burst(driver, lane, t, TRIALS, why);
	if (!err)
		err = judge(driver, &t[OPEN], CRYPTO_OK, &t[PLAIN], why);
	if (!err)
		err = judge(driver, &t[OPEN_AGAIN], CRYPTO_OK, &t[PLAIN], why);
	if (!err)
		err = judge(driver, &t[SEAL], CRYPTO_OK, &t[SEALED], why);
	if (!err)
		err = judge(driver, &t[ALTERED], CRYPTO_BAD_TAG, NULL, why);
	driver->lane_close(lane);
free_trials:
	free(t);
	return err;
}
