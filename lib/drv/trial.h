// Inside lib/drv: one packet that a back end is tried with, and bursts of them.
#pragma once

#include "base/err.h"
#include "drv/crypto.h"

enum {
	TRIAL_BURST = 256,
	TRIAL_LEN_MAX = 2048,
	TRIAL_HEAD = 24, // ESP header and IV
	TRIAL_TAIL = 4 + CRYPTO_ICV_MAX,
	TRIAL_GUARD = 32,
	TRIAL_SKEW_MAX = 16,
};

// What lies on the wire stands at trial_wire(): SPI, sequence number, 16 bytes of IV, len bytes of
// data, with CBC and ESN in the direction of decryption 4 high bytes, tag.
struct trial {
	const struct suite *suite;
	enum crypto_dir dir;
	bool esn;
	uint32_t len;
	uint32_t skew; // alignment of the wire bytes
	uint8_t esn_high[4];
	uint8_t encr[36];
	uint8_t integ[64];
	uint8_t nonce[16]; // the operation's IV
	struct crypto_key *key;
	struct crypto_op op;
	uint8_t room[TRIAL_GUARD + TRIAL_SKEW_MAX + TRIAL_HEAD + TRIAL_LEN_MAX + TRIAL_TAIL +
		     TRIAL_GUARD];
};

static inline uint8_t *trial_wire(struct trial *t)
{
	return t->room + TRIAL_GUARD + t->skew;
}

static inline uint8_t *trial_data(struct trial *t)
{
	return trial_wire(t) + TRIAL_HEAD;
}

static inline uint32_t trial_icv_len(const struct trial *t)
{
	return t->suite->integ ? t->suite->integ->icv_len : t->suite->encr->icv_len;
}

// Where the tag stands in a sealed packet, before trial_burst opens it.
static inline uint8_t *trial_tag(struct trial *t)
{
	return trial_data(t) + t->len;
}

// Fill the guards and the bytes where a tag will be.
void trial_clear(struct trial *t);

// Run n <= TRIAL_BURST trials as one burst, each with a key of its own, in its own direction, in
// place; t[i]->op.status says how each went.
//
// returns 0, -ENOMEM, or -EBADMSG with why: not every operation came back exactly once, a key was
// refused, or a byte outside of data and tag was written
[[nodiscard]] int trial_burst(const struct crypto_driver *driver, struct crypto_lane *lane,
	struct trial *t, unsigned int n, struct why *why);

// Returns -EBADMSG, with why saying what went wrong with which driver and trial.
int trial_why(struct why *why, const struct crypto_driver *driver, const struct trial *t,
	const char *what);
