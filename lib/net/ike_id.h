// Identities: who a peer says it is (RFC 7296 s3.5).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/addr.h"

// The wire's numbers; IKE_ID_ANY exists in configuration alone.
enum ike_id_type {
	IKE_ID_ANY = 0,
	IKE_ID_IPV4 = 1,
	IKE_ID_FQDN = 2,
	IKE_ID_RFC822 = 3,
	IKE_ID_IPV6 = 5,
	IKE_ID_KEY_ID = 11,
};

enum { IKE_ID_MAX = 128, IKE_ID_TEXT = 300 };

struct ike_id {
	uint8_t type; // enum ike_id_type
	uint8_t len;
	uint8_t b[IKE_ID_MAX]; // as on the wire, without a terminator; zero behind len
};

// Read an identity as an operator writes it: "192.0.2.1", "2001:db8::1", "gw.example.com",
// "user@example.com", "any", or with the type in front: "fqdn:", "email:", "keyid:" (text, or
// "keyid:0x" and hexadecimal digits), "addr:". A leading '@' means a name, too.
//
// returns 0 or -EINVAL with why
[[nodiscard]] int ike_id_read(const char *text, struct ike_id *id, struct why *why);

struct ike_id ike_id_of_addr(const struct addr *a);

// The identity in dst as an operator writes it; returns dst.
char *ike_id_show(const struct ike_id *id, char dst[static IKE_ID_TEXT]);

// The same type and bytes; names and mail domains compare without regard to case.
bool ike_id_eq(const struct ike_id *a, const struct ike_id *b);
// As ike_id_eq, and true when want is "any".
bool ike_id_matches(const struct ike_id *want, const struct ike_id *got);
