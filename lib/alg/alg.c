#include "alg/alg.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define CBC(ID, NAME, BITS, ALIASES) \
	[ID] = {.id = ID,            \
		.kind = ALG_ENCR,    \
		.name = NAME,        \
		.aliases = ALIASES,  \
		.v2_id = 12,         \
		.key_bits = BITS,    \
		.v1_id = 7,          \
		.v1_esp_id = 12,     \
		.key_len = BITS / 8, \
		.iv_len = 16,        \
		.block_len = 16,     \
		.data_log2 = 52,     \
		.evp = "AES-" #BITS "-CBC"}
#define GCM(ID, NAME, BITS, ALIASES) \
	[ID] = {.id = ID,            \
		.kind = ALG_ENCR,    \
		.name = NAME,        \
		.aliases = ALIASES,  \
		.v2_id = 20,         \
		.key_bits = BITS,    \
		.v1_esp_id = 20,     \
		.key_len = BITS / 8, \
		.salt_len = 4,       \
		.iv_len = 8,         \
		.block_len = 1,      \
		.data_log2 = 52,     \
		.icv_len = 16,       \
		.aead = true,        \
		.evp = "AES-" #BITS "-GCM"}
// Ciphers of 64-bit blocks, of one key length each.
#define DES(ID, NAME, V2, V1, V1_ESP, LEN, ALIASES) \
	[ID] = {.id = ID,                           \
		.kind = ALG_ENCR,                   \
		.name = NAME,                       \
		.aliases = ALIASES,                 \
		.v2_id = V2,                        \
		.v1_id = V1,                        \
		.v1_esp_id = V1_ESP,                \
		.key_len = LEN,                     \
		.iv_len = 8,                        \
		.block_len = 8,                     \
		.data_log2 = 30,                    \
		.status = ALG_WEAK,                 \
		.evp = "DES-EDE3-CBC"}
#define PRF(ID, NAME, V2, V1, LEN, STATUS, EVP) \
	[ID] = {.id = ID,                       \
		.kind = ALG_PRF,                \
		.name = "prf" NAME,             \
		.aliases = "prf-hmac-" NAME,    \
		.v2_id = V2,                    \
		.v1_id = V1,                    \
		.key_len = LEN,                 \
		.out_len = LEN,                 \
		.status = STATUS,               \
		.evp = EVP}
#define HMAC(ID, NAME, V2, V1, V1_ESP, LEN, ICV, STATUS, EVP, ALIASES) \
	[ID] = {.id = ID,                                              \
		.kind = ALG_INTEG,                                     \
		.name = NAME,                                          \
		.aliases = ALIASES,                                    \
		.v2_id = V2,                                           \
		.v1_id = V1,                                           \
		.v1_esp_id = V1_ESP,                                   \
		.key_len = LEN,                                        \
		.icv_len = ICV,                                        \
		.out_len = LEN,                                        \
		.status = STATUS,                                      \
		.evp = EVP}
#define KE(ID, NAME, GROUP, LEN, STATUS, EVP, ALIASES) \
	[ID] = {.id = ID,                              \
		.kind = ALG_KE,                        \
		.name = NAME,                          \
		.aliases = ALIASES,                    \
		.v2_id = GROUP,                        \
		.v1_id = GROUP,                        \
		.v1_esp_id = GROUP,                    \
		.key_len = LEN,                        \
		.status = STATUS,                      \
		.evp = EVP}

// The birthday bound: of n blocks of b bits, two are equal with a chance of about n^2 / 2^(b + 1),
// and then tell of what they hide. 2^30 bytes of 64-bit blocks make that 2^-11, 2^52 bytes of AES
// 2^-33. GCM's nonces are the sequence numbers, so that NIST SP 800-38D s8.3 sets no limit of its
// own.

// Ids: IANA "IKEv2 Parameters" and "IPSEC ISAKMP" registries. Lengths: RFC 3602, 4106, 2404, 2403,
// 4868, 7634, 2451, 2405, 3526, 2409, 5903, 8031. Status: RFC 8221, RFC 8247. IKEv1 has no number
// for group 31; its implementers use IKEv2's. OpenSSL has single DES in its legacy provider alone,
// and triple DES with one key three times is the same function.
const struct alg alg_table[ALG_COUNT] = {
	CBC(ALG_AES128_CBC, "aes128", 128, "aes aes-128 aes128-cbc aes-128-cbc"),
	CBC(ALG_AES192_CBC, "aes192", 192, "aes-192 aes192-cbc aes-192-cbc"),
	CBC(ALG_AES256_CBC, "aes256", 256, "aes-256 aes256-cbc aes-256-cbc"),
	GCM(ALG_AES128_GCM16, "aes128gcm16", 128, "aes128gcm aes128-gcm aes128gcm128 aes-128-gcm"),
	GCM(ALG_AES192_GCM16, "aes192gcm16", 192, "aes192gcm aes192-gcm aes192gcm128 aes-192-gcm"),
	GCM(ALG_AES256_GCM16, "aes256gcm16", 256, "aes256gcm aes256-gcm aes256gcm128 aes-256-gcm"),
	[ALG_CHACHA20_POLY1305] = {.id = ALG_CHACHA20_POLY1305,
		.kind = ALG_ENCR,
		.name = "chacha20poly1305",
		.aliases = "chacha20-poly1305 chacha20poly1305-256",
		.v2_id = 28,
		.key_len = 32,
		.salt_len = 4,
		.iv_len = 8,
		.block_len = 1,
		.icv_len = 16,
		.aead = true,
		.evp = "ChaCha20-Poly1305"},
	DES(ALG_3DES_CBC, "3des", 3, 5, 3, 24, "3des-cbc tripledes des3 des-ede3"),
	DES(ALG_DES_CBC, "des", 2, 1, 2, 8, "des-cbc"),
	PRF(ALG_PRF_MD5, "md5", 1, 1, 16, ALG_WEAK, "MD5"),
	PRF(ALG_PRF_SHA1, "sha1", 2, 2, 20, ALG_WEAK, "SHA1"),
	PRF(ALG_PRF_SHA256, "sha256", 5, 4, 32, ALG_GOOD, "SHA256"),
	PRF(ALG_PRF_SHA384, "sha384", 6, 5, 48, ALG_GOOD, "SHA384"),
	PRF(ALG_PRF_SHA512, "sha512", 7, 6, 64, ALG_GOOD, "SHA512"),
	HMAC(ALG_HMAC_MD5, "md5", 1, 1, 1, 16, 12, ALG_WEAK, "MD5", "md5-96 hmac-md5"),
	HMAC(ALG_HMAC_SHA1, "sha1", 2, 2, 2, 20, 12, ALG_WEAK, "SHA1", "sha sha1-96 hmac-sha1"),
	HMAC(ALG_HMAC_SHA256, "sha256", 12, 4, 5, 32, 16, ALG_GOOD, "SHA256",
		"sha2-256 sha256-128 hmac-sha256"),
	HMAC(ALG_HMAC_SHA384, "sha384", 13, 5, 6, 48, 24, ALG_GOOD, "SHA384",
		"sha2-384 sha384-192 hmac-sha384"),
	HMAC(ALG_HMAC_SHA512, "sha512", 14, 6, 7, 64, 32, ALG_GOOD, "SHA512",
		"sha2-512 sha512-256 hmac-sha512"),
	KE(ALG_MODP768, "group1", 1, 96, ALG_WEAK, "modp_768", "modp768 dh1"),
	KE(ALG_MODP1024, "group2", 2, 128, ALG_WEAK, "modp_1024", "modp1024 dh2"),
	KE(ALG_MODP1536, "group5", 5, 192, ALG_WEAK, "modp_1536", "modp1536 dh5"),
	KE(ALG_MODP2048, "group14", 14, 256, ALG_GOOD, "modp_2048", "modp2048 dh14"),
	KE(ALG_MODP3072, "group15", 15, 384, ALG_GOOD, "modp_3072", "modp3072 dh15"),
	KE(ALG_MODP4096, "group16", 16, 512, ALG_GOOD, "modp_4096", "modp4096 dh16"),
	KE(ALG_MODP6144, "group17", 17, 768, ALG_GOOD, "modp_6144", "modp6144 dh17"),
	KE(ALG_MODP8192, "group18", 18, 1024, ALG_GOOD, "modp_8192", "modp8192 dh18"),
	KE(ALG_ECP256, "group19", 19, 64, ALG_GOOD, "P-256", "ecp256 dh19 p256"),
	KE(ALG_ECP384, "group20", 20, 96, ALG_GOOD, "P-384", "ecp384 dh20 p384"),
	KE(ALG_ECP521, "group21", 21, 132, ALG_GOOD, "P-521", "ecp521 dh21 p521"),
	KE(ALG_X25519, "group31", 31, 32, ALG_GOOD, "X25519", "x25519 curve25519 dh31"),
	[ALG_NO_ESN] =
		{.id = ALG_NO_ESN, .kind = ALG_ESN, .name = "noesn", .aliases = "", .v2_id = 0},
	[ALG_ESN_YES] =
		{.id = ALG_ESN_YES, .kind = ALG_ESN, .name = "esn", .aliases = "", .v2_id = 1},
};

static bool is_alias(const char *aliases, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = aliases; *at;) {
		size_t word = strcspn(at, " ");

		if (word == len && !strncasecmp(at, name, len))
			return true;
		at += word;
		at += strspn(at, " ");
	}
	return false;
}

const struct alg *alg_find(enum alg_kind kind, const char *name)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *row = &alg_table[i];

		if (row->kind == kind &&
			(!strcasecmp(row->name, name) || is_alias(row->aliases, name)))
			return row;
	}
	return NULL;
}

// The row of a kind with this number in the column at an offset of struct alg.
static const struct alg *by_number(
	enum alg_kind kind, size_t column, uint16_t number, uint16_t key_bits)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *row = &alg_table[i];
		const uint16_t *cell = (const uint16_t *)((const char *)row + column);

		if (row->kind == kind && *cell == number && row->key_bits == key_bits)
			return row;
	}
	return NULL;
}

const struct alg *alg_find_v2(enum alg_kind kind, uint16_t v2_id, uint16_t key_bits)
{
	return by_number(kind, offsetof(struct alg, v2_id), v2_id, key_bits);
}

// In IKEv1's columns 0 says that there is no number.
const struct alg *alg_find_v1(enum alg_kind kind, uint16_t v1_id, uint16_t key_bits)
{
	return v1_id ? by_number(kind, offsetof(struct alg, v1_id), v1_id, key_bits) : NULL;
}

const struct alg *alg_find_v1_esp(enum alg_kind kind, uint16_t v1_id, uint16_t key_bits)
{
	return v1_id ? by_number(kind, offsetof(struct alg, v1_esp_id), v1_id, key_bits) : NULL;
}

uint64_t alg_data_max(const struct alg *encr)
{
	return encr->data_log2 ? UINT64_C(1) << encr->data_log2 : UINT64_MAX;
}

static const struct alg *same_hash(enum alg_kind kind, const struct alg *other)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		if (alg_table[i].kind == kind && !strcmp(alg_table[i].evp, other->evp))
			return &alg_table[i];
	}
	return NULL;
}

const struct alg *alg_prf_of(const struct alg *integ)
{
	return same_hash(ALG_PRF, integ);
}

const struct alg *alg_integ_of(const struct alg *prf)
{
	return same_hash(ALG_INTEG, prf);
}

const char *alg_kind_name(enum alg_kind kind)
{
	static const char *const names[] = {
		[ALG_ENCR] = "ENCR",
		[ALG_PRF] = "PRF",
		[ALG_INTEG] = "INTEG",
		[ALG_KE] = "KE",
		[ALG_ESN] = "ESN",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == ALG_KINDS);

	return names[kind];
}
