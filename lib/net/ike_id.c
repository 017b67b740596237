#include "net/ike_id.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"

struct ike_id ike_id_of_addr(const struct addr *a)
{
	struct ike_id id = {.type = a->family == ADDR_V4 ? IKE_ID_IPV4 : IKE_ID_IPV6,
		.len = (uint8_t)addr_len(a)};

	memcpy(id.b, a->b, id.len);
	return id;
}

static int of_text(uint8_t type, const char *text, struct ike_id *id, struct why *why)
{
	size_t len = strlen(text);

	if (!len || len > IKE_ID_MAX)
		return why_set(
			why, -EINVAL, "identity", NULL, "1 to 128 characters without spaces", text);
	if (type != IKE_ID_KEY_ID && strpbrk(text, " \t"))
		return why_set(why, -EINVAL, "identity", NULL, "no spaces", text);
	*id = (struct ike_id){.type = type, .len = (uint8_t)len};
	memcpy(id->b, text, len);
	return 0;
}

static int of_addr(uint8_t, const char *text, struct ike_id *id, struct why *why)
{
	struct addr a;

	if (addr_read(text, &a))
		return why_set(why, -EINVAL, "identity", NULL, "an IP address", text);
	*id = ike_id_of_addr(&a);
	return 0;
}

static int of_key_id(uint8_t type, const char *text, struct ike_id *id, struct why *why)
{
	uint8_t bytes[IKE_ID_MAX];
	int len;

	if (strncmp(text, "0x", 2))
		return of_text(type, text, id, why);
	len = hex_read(text + 2, bytes, sizeof(bytes));
	if (len <= 0)
		return why_set(
			why, -EINVAL, "identity", NULL, "hexadecimal digits behind keyid:0x", text);
	*id = (struct ike_id){.type = type, .len = (uint8_t)len};
	memcpy(id->b, bytes, (size_t)len);
	return 0;
}

static const struct {
	const char *prefix;
	uint8_t type;
	int (*read)(uint8_t type, const char *text, struct ike_id *id, struct why *why);
} prefixes[] = {
	{"addr:", IKE_ID_IPV4, of_addr},
	{"fqdn:", IKE_ID_FQDN, of_text},
	{"email:", IKE_ID_RFC822, of_text},
	{"keyid:", IKE_ID_KEY_ID, of_key_id},
	{"@", IKE_ID_FQDN, of_text},
};

int ike_id_read(const char *text, struct ike_id *id, struct why *why)
{
	struct addr a;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i].prefix);

		if (!strncasecmp(text, prefixes[i].prefix, len))
			return prefixes[i].read(prefixes[i].type, text + len, id, why);
	}
	if (!strcasecmp(text, "any") || !strcmp(text, "%any")) {
		*id = (struct ike_id){.type = IKE_ID_ANY};
		return 0;
	}
	if (!addr_read(text, &a)) {
		*id = ike_id_of_addr(&a);
		return 0;
	}
	return of_text(strchr(text, '@') ? IKE_ID_RFC822 : IKE_ID_FQDN, text, id, why);
}

static bool is_printable(const struct ike_id *id)
{
	for (uint8_t i = 0; i < id->len; i++) {
		if (id->b[i] <= ' ' || id->b[i] > '~')
			return false;
	}
	return id->len > 0;
}

char *ike_id_show(const struct ike_id *id, char dst[static IKE_ID_TEXT])
{
	char hex[2 * IKE_ID_MAX + 1];
	struct addr a;

	if (id->type == IKE_ID_ANY) {
		snprintf(dst, IKE_ID_TEXT, "any");
	} else if (id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6) {
		a = addr_from_wire(id->b, id->type == IKE_ID_IPV4 ? ADDR_V4 : ADDR_V6);
		addr_show(&a, dst);
	} else if (!is_printable(id)) {
		// A peer's bytes never reach a terminal or a log as they are.
		hex_show(id->b, id->len, hex, sizeof(hex));
		snprintf(dst, IKE_ID_TEXT, "%s:0x%s", id->type == IKE_ID_KEY_ID ? "keyid" : "id",
			hex);
	} else {
		snprintf(dst, IKE_ID_TEXT, "%s%.*s", id->type == IKE_ID_KEY_ID ? "keyid:" : "",
			id->len, (const char *)id->b);
	}
	return dst;
}

// Not strncasecmp: a peer's name may hold a zero byte, and ends where its length says.
static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool ike_id_eq(const struct ike_id *a, const struct ike_id *b)
{
	if (a->type != b->type || a->len != b->len)
		return false;
	if (a->type != IKE_ID_FQDN && a->type != IKE_ID_RFC822)
		return !memcmp(a->b, b->b, a->len);
	for (uint8_t i = 0; i < a->len; i++) {
		if (lower(a->b[i]) != lower(b->b[i]))
			return false;
	}
	return true;
}

bool ike_id_matches(const struct ike_id *want, const struct ike_id *got)
{
	return want->type == IKE_ID_ANY || ike_id_eq(want, got);
}
