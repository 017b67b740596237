// The algorithm table: one row per algorithm that Culvert can negotiate or compute with.
//
// Proposals, key lengths, both crypto back ends, the bench matrix, configuration values and
// documents derive from it. A row says what an algorithm is; whether this machine can do it, a back
// end says.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum alg_kind {
	ALG_ENCR,  // ciphers, with and without their own integrity (RFC 7296 transform type 1)
	ALG_PRF,   // 2
	ALG_INTEG, // 3
	ALG_KE,	   // 4: Diffie-Hellman groups
	ALG_ESN,   // 5
	ALG_KINDS,
};

enum alg_id {
	// ciphers
	ALG_AES128_CBC,
	ALG_AES192_CBC,
	ALG_AES256_CBC,
	ALG_AES128_GCM16,
	ALG_AES192_GCM16,
	ALG_AES256_GCM16,
	ALG_CHACHA20_POLY1305,
	ALG_3DES_CBC,
	ALG_DES_CBC,
	// pseudo-random functions
	ALG_PRF_MD5,
	ALG_PRF_SHA1,
	ALG_PRF_SHA256,
	ALG_PRF_SHA384,
	ALG_PRF_SHA512,
	// integrity
	ALG_HMAC_MD5,
	ALG_HMAC_SHA1,
	ALG_HMAC_SHA256,
	ALG_HMAC_SHA384,
	ALG_HMAC_SHA512,
	// key exchange
	ALG_MODP768,
	ALG_MODP1024,
	ALG_MODP1536,
	ALG_MODP2048,
	ALG_MODP3072,
	ALG_MODP4096,
	ALG_MODP6144,
	ALG_MODP8192,
	ALG_ECP256,
	ALG_ECP384,
	ALG_ECP521,
	ALG_X25519,
	// extended sequence numbers
	ALG_NO_ESN,
	ALG_ESN_YES,
	ALG_COUNT,
};

// RFC 8221 and RFC 8247, in the product's words: weak is what one of them says MUST NOT, SHOULD NOT
// or MAY of, or expects to (MUST-).
enum alg_status {
	ALG_GOOD,
	ALG_WEAK, // works, and is marked "weak" wherever it is shown
};

struct alg {
	enum alg_id id;
	enum alg_kind kind;
	const char *name;    // the one that we print
	const char *aliases; // space-separated
	uint16_t v2_id;	     // IANA IKEv2 transform id
	uint16_t key_bits;   // Key Length attribute of either version; 0: none is sent
	uint16_t v1_id;	     // IKEv1 phase 1 id (cipher, hash or group); 0: none
	uint16_t v1_esp_id;  // IKEv1 ESP transform or authentication-attribute value; 0: none
	uint16_t key_len;    // bytes: cipher key without salt, HMAC and PRF key; KE: public value
	uint8_t salt_len;    // AEAD: bytes of KEYMAT beside the key
	uint8_t iv_len;	     // on the wire
	uint8_t block_len;   // padding unit; 1 for stream modes
	uint8_t icv_len;     // on the wire: AEAD tag or truncated HMAC
	uint8_t out_len;     // PRF output, or HMAC output before truncation
	uint8_t data_log2;   // cipher: bytes that one key may protect, as a power of two; 0: any
	bool aead;
	enum alg_status status;
	const char *evp; // OpenSSL's name: cipher, digest or group
};

extern const struct alg alg_table[ALG_COUNT];

// The row of an id; any thread.
static inline const struct alg *alg(enum alg_id id)
{
	return &alg_table[id];
}

// By name or alias, case-insensitive, in one kind. returns NULL when there is none.
const struct alg *alg_find(enum alg_kind kind, const char *name);
// By IKEv2 transform: id and key length attribute in bits (0: absent).
const struct alg *alg_find_v2(enum alg_kind kind, uint16_t v2_id, uint16_t key_bits);
// By IKEv1 attribute of phase 1: the value of Encryption Algorithm (with its Key Length in bits, 0:
// absent), Hash Algorithm (kind PRF or INTEG) or Group Description. RFC 2409 appendix A.
const struct alg *alg_find_v1(enum alg_kind kind, uint16_t v1_id, uint16_t key_bits);
// By IKEv1 ESP transform (kind ENCR, with its Key Length), Authentication Algorithm (INTEG) or
// Group Description (KE). RFC 2407 s4.4.4, s4.5.
const struct alg *alg_find_v1_esp(enum alg_kind kind, uint16_t v1_id, uint16_t key_bits);
// Bytes that one key of a cipher may protect; UINT64_MAX: any number.
uint64_t alg_data_max(const struct alg *encr);
// The PRF with the hash of an integrity algorithm, and the reverse; NULL when there is none.
const struct alg *alg_prf_of(const struct alg *integ);
const struct alg *alg_integ_of(const struct alg *prf);

// "ENCR", "PRF", "INTEG", "KE", "ESN".
const char *alg_kind_name(enum alg_kind kind);
