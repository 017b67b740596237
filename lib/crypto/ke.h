// Key exchange: Diffie-Hellman over the groups of the algorithm table.
//
// Both calls that compute are slow (20 to 500 us) and hold no lock: they belong on a helper thread
// when many handshakes arrive at once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/alg.h"
#include "base/err.h"
#include "base/secret.h"

// Our half of one exchange: private key and public value. Owner: whoever called ke_new. It never
// changes.
struct ke;

// Whether a key of this group can be made here. Control core, at start: it makes one.
bool ke_can(const struct alg *group);

// A fresh key pair.
//
// group  row of kind ALG_KE
// returns 0, -ENOTSUP (group) or -ENOMEM (also: OpenSSL failed). Any thread.
// Exponent lengths of the modp groups: RFC 7919 s5.2, RFC 3526 s8
[[nodiscard]] int ke_new(const struct alg *group, struct ke **ke);

// The key pair of a given private key, big-endian (X25519: as in RFC 7748): for published vectors.
//
// returns 0, -ENOTSUP (group), -EINVAL (no private key of this group) or -ENOMEM
[[nodiscard]] int ke_load(
	const struct alg *group, const uint8_t *private, size_t len, struct ke **ke);

// One more owner: another thread may compute with it while the first one lets it go.
struct ke *ke_get(struct ke *ke);
// Wipe and free when the last owner lets it go; NULL is allowed. Any thread.
void ke_free(struct ke *ke);

const struct alg *ke_group(const struct ke *ke);

// The public value as the KE payload carries it: group->key_len bytes, owned by ke.
// modp: padded with zeros in front (RFC 7296 s3.4); ECP: x | y (RFC 5903 s7); X25519: RFC 8031
// s3.1.
const uint8_t *ke_public(const struct ke *ke);

// The shared secret with the peer's public value: group length for modp, zeros in front included; x
// for ECP (RFC 5903 s9); 32 bytes for X25519.
//
// peer    len bytes as the peer's KE payload carries them; nothing is assumed about them
// shared  a new secret on success, which the caller frees; no secret otherwise
// returns 0, -EBADMSG with why (wrong length, not a public value of this group) or -ENOMEM.
// Any thread.
// RFC 6989 s2.1 (modp: 1 < y < p - 1), s2.3 (ECP: a point of the curve), RFC 7748 s6.1 (not zero)
[[nodiscard]] int ke_derive(const struct ke *ke, const uint8_t *peer, size_t len,
	struct secret *shared, struct why *why);
