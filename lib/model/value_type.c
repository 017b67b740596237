#include "model/value.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg/proposal.h"
#include "base/secret.h"
#include "model/label.h"
#include "model/model.h"
#include "net/addr.h"
#include "net/ike_id.h"

static int number_of(const char *text, uint64_t max, uint64_t *v)
{
	char *end;

	// strtoull would take "-1", " 1" and "0x1".
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*v = strtoull(text, &end, 10);
	if (*end)
		return -EINVAL;
	return errno || *v > max ? -ERANGE : 0;
}

static uint64_t member_get(const struct schema_leaf *leaf, const void *v)
{
	uint32_t v32;
	uint64_t v64;

	if (leaf->size == sizeof(v64) && !leaf->list) {
		memcpy(&v64, v, sizeof(v64));
		return v64;
	}
	memcpy(&v32, v, sizeof(v32));
	return v32;
}

static void member_set(const struct schema_leaf *leaf, void *dst, uint64_t v)
{
	uint32_t v32 = (uint32_t)v;

	if (leaf->size == sizeof(v) && !leaf->list)
		memcpy(dst, &v, sizeof(v));
	else
		memcpy(dst, &v32, sizeof(v32));
}

static const struct schema_word *word_find(const struct schema_leaf *leaf, const char *text)
{
	for (size_t i = 0; i < SCHEMA_WORDS && leaf->words[i].word; i++) {
		if (!strcmp(leaf->words[i].word, text))
			return &leaf->words[i];
	}
	return NULL;
}

static const struct schema_word *word_of(const struct schema_leaf *leaf, uint64_t v)
{
	for (size_t i = 0; i < SCHEMA_WORDS && leaf->words[i].word; i++) {
		if (leaf->words[i].value == v)
			return &leaf->words[i];
	}
	return NULL;
}

static int bool_read(const struct schema_leaf *, const char *text, void *dst, struct why *)
{
	bool v = !strcmp(text, "true");

	if (!v && strcmp(text, "false"))
		return -EINVAL;
	memcpy(dst, &v, sizeof(v));
	return 0;
}

static char *bool_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	return strcpy(dst, *(const bool *)v ? "true" : "false");
}

static int number_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	const struct schema_word *word = word_find(leaf, text);
	uint64_t v;
	int err;

	if (word) {
		member_set(leaf, dst, word->value);
		return 0;
	}
	err = number_of(text, leaf->max, &v);
	if (!err && v < leaf->min)
		err = -ERANGE;
	if (err == -ERANGE)
		return why_set(why, err, "out of range", NULL, NULL, NULL);
	if (!err)
		member_set(leaf, dst, v);
	return err;
}

// RFC 5396: as one number, or as its upper and lower half with a dot between them.
static int asn_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	const char *dot = strchr(text, '.');
	char high[8] = "";
	uint64_t hi, lo;
	int err;

	if (!dot || (size_t)(dot - text) >= sizeof(high))
		return number_read(leaf, text, dst, why);
	memcpy(high, text, (size_t)(dot - text));
	err = number_of(high, UINT16_MAX, &hi);
	if (!err)
		err = number_of(dot + 1, UINT16_MAX, &lo);
	if (!err && (hi << 16 | lo) < leaf->min)
		err = -ERANGE;
	if (err == -ERANGE)
		return why_set(why, err, "out of range", NULL, NULL, NULL);
	if (!err)
		member_set(leaf, dst, hi << 16 | lo);
	return err;
}

static int word_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	const struct schema_word *word = word_find(leaf, text);

	if (!word)
		return why_set(why, -EINVAL, "not one of the words for it", NULL, NULL, NULL);
	member_set(leaf, dst, word->value);
	return 0;
}

static char *number_show(const struct schema_leaf *leaf, const void *v, char dst[static VALUE_TEXT])
{
	const struct schema_word *word = word_of(leaf, member_get(leaf, v));

	if (word)
		return strcpy(dst, word->word);
	snprintf(dst, VALUE_TEXT, "%" PRIu64, member_get(leaf, v));
	return dst;
}

static int text_set(void *dst, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	memcpy(dst, &copy, sizeof(copy));
	return 0;
}

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

// Length and characters of what is kept as text or secret.
static int text_check(const struct schema_leaf *leaf, const char *text, struct why *why)
{
	size_t len = strlen(text);

	if (len < leaf->min || len > leaf->max) {
		why_set(why, -ERANGE, "too short or too long", NULL, NULL, NULL);
		why_fmt(why, expected, "%" PRIu64 " to %" PRIu64 " bytes", leaf->min, leaf->max);
		why_fmt(why, got, "%zu bytes", len);
		return -ERANGE;
	}
	// What is shown must be text in every encoding; a secret is only told apart from its line.
	for (const char *c = text; *c; c++) {
		if (leaf->type == SCHEMA_SECRET ? iscntrl((unsigned char)*c) : !is_plain(*c))
			return why_set(why, -EINVAL, "a character that has no place here", NULL,
				leaf->type == SCHEMA_SECRET ? "no control characters"
							    : "printable ASCII",
				NULL);
	}
	return 0;
}

static int text_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	int err = text_check(leaf, text, why);

	return err ? err : text_set(dst, text);
}

static int label_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	int err = label_check(text, leaf->min, leaf->max, why);

	return err ? err : text_set(dst, text);
}

static int tag_read(const struct schema_leaf *, const char *text, void *dst, struct why *why)
{
	int err = label_check_tag(text, why);

	return err ? err : text_set(dst, text);
}

static int name_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	int err = text_check(leaf, text, why);

	if (err)
		return err;
	if (text[0] && !isalnum((unsigned char)text[0]))
		return why_set(
			why, -EINVAL, "a name begins with a letter or digit", NULL, NULL, NULL);
	for (const char *c = text; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return why_set(why, -EINVAL, "not a name", NULL, NULL, NULL);
	}
	return text_set(dst, text);
}

static int id_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	struct ike_id id;
	int err = text_check(leaf, text, why);

	if (!err && *text)
		err = ike_id_read(text, &id, why);
	return err ? err : text_set(dst, text);
}

static char *text_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	snprintf(dst, VALUE_TEXT, "%s", *(char *const *)v);
	return dst;
}

static bool text_given(const struct schema_leaf *, const void *v)
{
	return **(char *const *)v;
}

static bool text_eq(const void *a, const void *b)
{
	return !strcmp(*(char *const *)a, *(char *const *)b);
}

static int text_copy(void *dst, const void *src)
{
	return text_set(dst, *(char *const *)src);
}

static void text_fini(void *v)
{
	free(*(char **)v);
}

static int secret_read(const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	int err = text_check(leaf, text, why);

	return err || !*text ? err : secret_copy(dst, text, strlen(text));
}

static char *secret_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	return strcpy(dst, ((const struct secret *)v)->len ? "<set>" : "");
}

static bool secret_given(const struct schema_leaf *, const void *v)
{
	return ((const struct secret *)v)->len;
}

static bool secret_same(const void *a, const void *b)
{
	return secret_eq(a, b);
}

static int secret_dup(void *dst, const void *src)
{
	const struct secret *s = src;

	return s->len ? secret_copy(dst, s->b, s->len) : 0;
}

static void secret_fini(void *v)
{
	secret_free(v);
}

static int address_read(
	const struct schema_leaf *leaf, const char *text, void *dst, struct why *why)
{
	const struct schema_word *word = word_find(leaf, text);

	if (word) {
		*(struct addr *)dst = (struct addr){};
		return 0;
	}
	return addr_read(text, dst);
}

static char *address_show(
	const struct schema_leaf *leaf, const void *v, char dst[static VALUE_TEXT])
{
	const struct addr *a = v;
	const struct schema_word *word = word_of(leaf, ADDR_NONE);

	if (a->family == ADDR_NONE)
		return strcpy(dst, word ? word->word : "");
	return addr_show(a, dst);
}

static bool address_given(const struct schema_leaf *leaf, const void *v)
{
	return ((const struct addr *)v)->family != ADDR_NONE || word_of(leaf, ADDR_NONE);
}

static int prefix_read(const struct schema_leaf *, const char *text, void *dst, struct why *why)
{
	int err = cidr_read(text, dst);

	if (err == -EDOM)
		return why_set(why, -EINVAL, "bits behind the prefix length are set", NULL,
			"the first address of the network", NULL);
	if (err == -ERANGE)
		return why_set(why, -EINVAL, "prefix length out of range", NULL,
			"/0 to /32, or /128 for IPv6", NULL);
	return err;
}

static char *prefix_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	const struct cidr *c = v;

	dst[0] = 0;
	return c->addr.family == ADDR_NONE ? dst : cidr_show(c, dst);
}

static bool prefix_given(const struct schema_leaf *, const void *v)
{
	return ((const struct cidr *)v)->addr.family != ADDR_NONE;
}

static int ifaddr_read(const struct schema_leaf *, const char *text, void *dst, struct why *)
{
	struct model_ifaddr *ifaddr = dst;
	char host[ADDR_TEXT];
	const char *slash = strchr(text, '/');
	uint64_t bits;

	if (!slash || (size_t)(slash - text) >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = 0;
	if (addr_read(host, &ifaddr->addr))
		return -EINVAL;
	if (number_of(slash + 1, addr_len(&ifaddr->addr) * 8, &bits))
		return -EINVAL;
	ifaddr->bits = (uint8_t)bits;
	return 0;
}

static char *ifaddr_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	const struct model_ifaddr *ifaddr = v;
	char host[ADDR_TEXT];

	snprintf(dst, VALUE_TEXT, "%s/%u", addr_show(&ifaddr->addr, host), ifaddr->bits);
	return dst;
}

static int ports_read(const struct schema_leaf *, const char *text, void *dst, struct why *)
{
	char first[8];
	const char *dash = strchr(text, '-');
	size_t len = dash ? (size_t)(dash - text) : strlen(text);
	uint64_t a, b;

	if (!strcmp(text, "any")) {
		*(struct model_ports *)dst = (struct model_ports){0, UINT16_MAX};
		return 0;
	}
	if (len >= sizeof(first))
		return -EINVAL;
	memcpy(first, text, len);
	first[len] = 0;
	if (number_of(first, UINT16_MAX, &a) || number_of(dash ? dash + 1 : first, UINT16_MAX, &b))
		return -EINVAL;
	if (a > b)
		return -EINVAL;
	*(struct model_ports *)dst = (struct model_ports){(uint16_t)a, (uint16_t)b};
	return 0;
}

static char *ports_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	const struct model_ports *ports = v;

	if (ports->first == 0 && ports->last == UINT16_MAX)
		return strcpy(dst, "any");
	if (ports->first == ports->last)
		snprintf(dst, VALUE_TEXT, "%u", ports->first);
	else
		snprintf(dst, VALUE_TEXT, "%u-%u", ports->first, ports->last);
	return dst;
}

static int ike_proposal_read(
	const struct schema_leaf *, const char *text, void *dst, struct why *why)
{
	return proposal_read(text, PROPOSAL_IKE, dst, why);
}

static int esp_proposal_read(
	const struct schema_leaf *, const char *text, void *dst, struct why *why)
{
	return proposal_read(text, PROPOSAL_ESP, dst, why);
}

static_assert((int)VALUE_TEXT >= (int)PROPOSAL_TEXT);
static char *suites_show(const struct schema_leaf *, const void *v, char dst[static VALUE_TEXT])
{
	return proposal_show(v, dst);
}

static bool suites_eq(const void *a, const void *b)
{
	const struct proposal *x = a, *y = b;

	// Choices behind n are zero, padding is anything.
	return !memcmp(x->n, y->n, sizeof(x->n)) &&
	       !memcmp(x->choice, y->choice, sizeof(x->choice));
}

static int none_read(const struct schema_leaf *, const char *, void *, struct why *)
{
	return -EINVAL;
}

static char *none_show(const struct schema_leaf *, const void *, char dst[static VALUE_TEXT])
{
	dst[0] = 0;
	return dst;
}

#define TEXT_ROW(name_, want_, read_)                                                          \
	{                                                                                      \
		.name = name_, .want = want_, .form = VALUE_FORM_TEXT, .size = sizeof(char *), \
		.read = read_, .show = text_show, .given = text_given, .eq = text_eq,          \
		.copy = text_copy, .fini = text_fini,                                          \
	}
#define PLAIN_ROW(name_, want_, form_, size_, read_, show_)                                \
	{                                                                                  \
		.name = name_, .want = want_, .form = form_, .size = size_, .read = read_, \
		.show = show_                                                              \
	}

#define PROPOSAL_ROW(name_, want_, read_)                                            \
	{                                                                            \
		.name = name_, .want = want_, .form = VALUE_FORM_TEXT,               \
		.size = sizeof(struct proposal), .read = read_, .show = suites_show, \
		.eq = suites_eq,                                                     \
	}

static const struct value_type types[SCHEMA_TYPES] = {
	[SCHEMA_BOOL] = PLAIN_ROW(
		"boolean", "true or false", VALUE_FORM_BOOL, sizeof(bool), bool_read, bool_show),
	[SCHEMA_NUMBER] = PLAIN_ROW(
		"number", "a number", VALUE_FORM_NUMBER, 0, number_read, number_show),
	[SCHEMA_ASN] = PLAIN_ROW("AS number", "an AS number such as 65000 or 1.10",
		VALUE_FORM_NUMBER, 0, asn_read, number_show),
	[SCHEMA_WORD] = PLAIN_ROW("word", "a word", VALUE_FORM_TEXT, 0, word_read, number_show),
	[SCHEMA_TEXT] = TEXT_ROW("text", "a text in quotes", text_read),
	[SCHEMA_LABEL] = TEXT_ROW("label", "a text in quotes", label_read),
	[SCHEMA_TAG] = TEXT_ROW("tag", "key=value in quotes", tag_read),
	[SCHEMA_NAME] = TEXT_ROW("name", "letters, digits and . _ -", name_read),
	[SCHEMA_ID] = TEXT_ROW("identity",
		"an address, a name, user@domain, or fqdn: email: keyid: and more", id_read),
	[SCHEMA_SECRET] = {.name = "secret",
		.want = "a text in quotes",
		.form = VALUE_FORM_TEXT,
		.size = sizeof(struct secret),
		.read = secret_read,
		.show = secret_show,
		.given = secret_given,
		.eq = secret_same,
		.copy = secret_dup,
		.fini = secret_fini},
	[SCHEMA_ADDR] = {.name = "address",
		.want = "an address such as 192.0.2.1",
		.form = VALUE_FORM_TEXT,
		.size = sizeof(struct addr),
		.read = address_read,
		.show = address_show,
		.given = address_given},
	[SCHEMA_CIDR] = {.name = "prefix",
		.want = "a prefix such as 192.0.2.0/24",
		.form = VALUE_FORM_TEXT,
		.size = sizeof(struct cidr),
		.read = prefix_read,
		.show = prefix_show,
		.given = prefix_given},
	[SCHEMA_IFADDR] = PLAIN_ROW("interface address",
		"an address with its network's prefix length such as 192.0.2.1/24", VALUE_FORM_TEXT,
		sizeof(struct model_ifaddr), ifaddr_read, ifaddr_show),
	[SCHEMA_PORTS] = PLAIN_ROW("ports", "80, 1000-2000 or any", VALUE_FORM_TEXT,
		sizeof(struct model_ports), ports_read, ports_show),
	[SCHEMA_IKE_PROPOSAL] = PROPOSAL_ROW(
		"IKE proposal", "a proposal such as aes256-sha256-ecp256", ike_proposal_read),
	[SCHEMA_ESP_PROPOSAL] = PROPOSAL_ROW(
		"ESP proposal", "a proposal such as aes256gcm16-ecp256", esp_proposal_read),
	[SCHEMA_GROUP] = PLAIN_ROW(
		"group", "a group in braces", VALUE_FORM_NONE, 0, none_read, none_show),
	[SCHEMA_OBJECTS] = PLAIN_ROW(
		"list", "a list of groups", VALUE_FORM_NONE, 0, none_read, none_show),
};

const struct value_type *value_type(enum schema_type type)
{
	return &types[type];
}
