// The contract of a bulk-crypto back end: what ESP asks of AES-NI, OpenSSL, QAT or a pool of cores.
//
// One key belongs to one direction of one SA. A lane belongs to one worker. Keys are made on the
// control core, because expanding a key schedule is slow and allocates; a lane only computes.
//
// Every back end passes lib/drv/conform, and each back end x suite is checked with known answers at
// start (crypto_check) and refused if wrong.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"

struct crypto_key;  // the back end's own: expanded key, HMAC pads
struct crypto_lane; // the back end's own: job manager, scratch

enum crypto_dir { CRYPTO_ENCRYPT, CRYPTO_DECRYPT };

enum crypto_status {
	CRYPTO_OK,
	CRYPTO_BAD_TAG, // decrypt: the ICV differs; the data is no longer meaningful and is dropped
	CRYPTO_FAILED,	// the back end could not compute it
};

enum { CRYPTO_AAD_MAX = 16, CRYPTO_ICV_MAX = 32 };

// One packet's work, in place.
//
// AEAD (RFC 4106): iv = salt(4) | explicit IV(8) | 00 00 00 01, aad[0..aad_len). auth and auth_len
// are not read. CBC + HMAC: iv = what the first block of data is chained to; ESP decrypts with the
// 16 bytes on the wire, and encrypts from the IV's place on (lib/esp/encap.c). The HMAC covers
// auth[0 .. auth_len), which holds ESP header, IV, ciphertext and, with ESN, the 4 high bytes
// behind (RFC 4303 s2.2.1). Encrypt: cipher, then HMAC. Decrypt: HMAC, then cipher.
//
// tag: encrypt writes icv_len bytes, decrypt compares with them, constant-time. It normally stands
// right behind data; with CBC + HMAC + ESN it may overlap the 4 high bytes on encrypt: it is
// written last. iv is written with one 16-byte store (loading it right after two smaller ones
// stalls the core).
struct crypto_op {
	_Alignas(16) uint8_t iv[16];
	uint8_t aad[CRYPTO_AAD_MAX];
	const struct crypto_key *key;
	uint8_t *data; // bytes to encrypt or decrypt: a multiple of the suite's block
	uint8_t *auth;
	uint8_t *tag;
	uint32_t len;
	uint32_t auth_len;
	uint16_t slot;	 // the caller's: which packet this is
	uint8_t aad_len; // 8, or 12 with ESN
	uint8_t status;	 // enum crypto_status, written by the back end
};

struct crypto_driver {
	const char *name;

	// Whether this back end can do a suite here (CPU features, providers). Control core.
	bool (*can)(const struct suite *suite);

	// Expand a key. encr: encr->key_len + salt_len bytes (the salt is not used here), integ:
	// integ->key_len bytes or NULL with AEAD. Control core or helper thread.
	//
	// returns 0, -ENOTSUP (suite) or -ENOMEM
	int (*key_new)(const struct suite *suite, enum crypto_dir dir, const uint8_t *encr,
		const uint8_t *integ, struct crypto_key **key);
	// Wipe and free; no lane uses the key any more.
	void (*key_free)(struct crypto_key *key);

	// A worker's own instance. depth: the most operations that it will have submitted and not
	// polled.
	int (*lane_open)(unsigned int depth, struct crypto_lane **lane);
	void (*lane_close)(struct crypto_lane *lane);

	// Take a prefix of op[0 .. n), n <= 256, of any mixture of keys, suites and directions.
	// Operations stay where they are until polled. A software lane finishes them all before it
	// returns; none waits for a later packet. returns how many were taken. Owning worker.
	unsigned int (*submit)(struct crypto_lane *lane, struct crypto_op *op[], unsigned int n);
	// Finished operations, in any order; op->slot says which. returns how many. Owning worker.
	unsigned int (*poll)(struct crypto_lane *lane, struct crypto_op *done[], unsigned int max);

	// True when submit leaves every taken operation finished with its status set: the caller
	// need not poll and may go on with its own array, in its own order.
	bool immediate;
};
