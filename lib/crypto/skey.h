// One direction of an IKE SA's protection: what stands in an SK or SKF payload.
//
//  |<-------------- head ------------>|
//  +------------+---------------------+----+----------------+---------+-----------+-----+
//  | IKE header | SK payload header   | IV | payloads       | padding | pad length| ICV |
//  |            | (SKF: + 4 bytes)    |    | (inner bytes)  |         | (1 byte)  |     |
//  +------------+---------------------+----+----------------+---------+-----------+-----+
//                                          |<------ encrypted with either suite ->|
//  An AEAD authenticates head and the encrypted bytes, the HMAC everything before the ICV.
//  RFC 7296 s3.14, RFC 5282 s3-5, RFC 7634 s2, RFC 7383 s2.5
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/rng.h"
#include "base/secret.h"

// Owner: the IKE SA. Zero-initialised is "no key" and may be given to skey_fini.
struct skey {
	const struct alg *encr;
	const struct alg *integ; // NULL with AEAD
	struct secret encr_key;	 // as OpenSSL takes it; with the salt behind (AEAD)
	struct secret integ_key;
	uint64_t iv; // AEAD: the next nonce's explicit part; a counter never repeats
};

// Whether OpenSSL can do a suite's cipher and integrity here. Control core, at start.
bool skey_can(const struct suite *suite);

// Bytes of SK_e and SK_a that a suite takes, for one direction (RFC 7296 s2.14).
size_t skey_encr_len(const struct suite *suite);
size_t skey_integ_len(const struct suite *suite); // 0 with AEAD

// Copy one direction's SK_e and SK_a: skey_encr_len and skey_integ_len bytes.
//
// returns 0 or -ENOMEM
[[nodiscard]] int skey_init(
	struct skey *key, const struct suite *suite, const uint8_t *encr, const uint8_t *integ);
// Wipe.
void skey_fini(struct skey *key);

static inline size_t skey_iv_len(const struct skey *key)
{
	return key->encr->iv_len;
}

// Bytes behind head for so many inner bytes: IV, inner, padding, pad length, ICV.
size_t skey_sealed_len(const struct skey *key, size_t inner_len);

// The most inner bytes that fit behind head in so many bytes; 0 when there is no room for any.
size_t skey_inner_max(const struct skey *key, size_t room);

// Encrypt and authenticate one message in place.
//
// msg    head bytes as they will be sent, lengths included; then skey_iv_len bytes of room; then
//        inner_len bytes of payloads; room up to head + skey_sealed_len(inner_len)
// rng    for the IV of CBC
// returns 0 or -ENOMEM (also: OpenSSL failed); the message must then not be sent
[[nodiscard]] int skey_seal(
	struct skey *key, const struct rng *rng, uint8_t *msg, size_t head, size_t inner_len);

// Authenticate and decrypt one message in place; nothing is decrypted before the ICV is right.
//
// msg    len bytes as received: head, then IV up to and including ICV
// inner  on success the payloads' length; they stand at msg + head + skey_iv_len
// returns 0, -EBADMSG (too short, not a multiple of the block, wrong ICV, padding longer than the
// message; msg is then not meaningful unless it is too short) or -ENOMEM
[[nodiscard]] int skey_open(
	const struct skey *key, uint8_t *msg, size_t head, size_t len, size_t *inner_len);
