#include "ike/v1/differ.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ike/reason.h"

enum { WORD = 48 };

// Where a parameter's value stands, what it is called, what an absent one is called; what to tell
// the operator when it differs, in phase 1 and for ESP.
static const struct row {
	const char *name;
	uint8_t param;	    // enum v1_param, V1_PARAMS: none
	enum alg_kind kind; // whose numbers it has; ALG_KINDS: named below
	const char *none;
	struct {
		const char *what;
		enum ike_reason code;
	} say[2];
} rows[] = {
	[V1_DIFFERS_NOT] = {"nothing", V1_PARAMS, ALG_KINDS, "",
		{{"no common IKE proposal", IKE_REASON_ALGORITHM_MISMATCH},
			{"no common ESP proposal", IKE_REASON_ALGORITHM_MISMATCH}}},
	[V1_DIFFERS_FORM] = {"form", V1_PARAMS, ALG_KINDS, "",
		{{"malformed SA payload", IKE_REASON_NEGOTIATION_FAILED},
			{"malformed SA payload", IKE_REASON_NEGOTIATION_FAILED}}},
	[V1_DIFFERS_DOI] = {"domain", V1_PARAMS, ALG_KINDS, "",
		{{"a domain of interpretation that is not IPsec's", IKE_REASON_NEGOTIATION_FAILED},
			{"a domain of interpretation that is not IPsec's",
				IKE_REASON_NEGOTIATION_FAILED}}},
	[V1_DIFFERS_PROTO] = {"protocol", V1_PARAMS, ALG_KINDS, "",
		{{"not a proposal for ISAKMP", IKE_REASON_SECURITY_PROTOCOL_MISMATCH},
			{"no common security protocol", IKE_REASON_SECURITY_PROTOCOL_MISMATCH}}},
	[V1_DIFFERS_AUTH] = {"method", V1_PARAM_AUTH, ALG_KINDS, "none",
		{{"no common IKE authentication method", IKE_REASON_ALGORITHM_COMPATIBILITY},
			{"", IKE_REASON_NONE}}},
	[V1_DIFFERS_ENCRYPTION] = {"encryption", V1_PARAM_ENCR, ALG_ENCR, "none",
		{{"no common IKE encryption algorithm", IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH},
			{"no common ESP encryption algorithm",
				IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH}}},
	[V1_DIFFERS_HASH] = {"authentication", V1_PARAM_HASH, ALG_INTEG, "none",
		{{"no common IKE authentication algorithm",
			 IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH},
			{"no common ESP authentication algorithm",
				IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH}}},
	[V1_DIFFERS_GROUP] = {"group", V1_PARAM_GROUP, ALG_KE, "none",
		{{"no common IKE Diffie-Hellman group", IKE_REASON_DH_GROUP_MISMATCH},
			{"", IKE_REASON_NONE}}},
	[V1_DIFFERS_PFS] = {"group", V1_PARAM_GROUP, ALG_KE, "none",
		{{"", IKE_REASON_NONE},
			{"no common Diffie-Hellman group for PFS", IKE_REASON_PFS_MISMATCH}}},
	[V1_DIFFERS_MODE] = {"mode", V1_PARAM_MODE, ALG_KINDS, "none",
		{{"", IKE_REASON_NONE},
			{"no common encapsulation mode", IKE_REASON_ENCAPSULATION_MODE_MISMATCH}}},
	[V1_DIFFERS_ESN] = {"sequence numbers", V1_PARAM_ESN, ALG_ESN, "noesn",
		{{"", IKE_REASON_NONE}, {"no common length of ESP sequence numbers",
						IKE_REASON_ALGORITHM_MISMATCH}}},
	[V1_DIFFERS_ATTRIBUTE] = {"attribute", V1_PARAMS, ALG_KINDS, "",
		{{"an IKE attribute that nobody knows", IKE_REASON_ALGORITHM_COMPATIBILITY},
			{"an ESP attribute that nobody knows",
				IKE_REASON_ALGORITHM_COMPATIBILITY}}},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == V1_DIFFERENCES);

// Numbers that stand for no algorithm.
static const struct {
	enum v1_differs what;
	uint32_t number;
	const char *name;
} names[] = {
	{V1_DIFFERS_PROTO, V1_PROTO_ISAKMP, "ISAKMP"},
	{V1_DIFFERS_PROTO, V1_PROTO_AH, "AH"},
	{V1_DIFFERS_PROTO, V1_PROTO_ESP, "ESP"},
	{V1_DIFFERS_PROTO, V1_PROTO_IPCOMP, "IPComp"},
	{V1_DIFFERS_AUTH, V1_AUTH_PSK, "pre-shared key"},
	{V1_DIFFERS_AUTH, 2, "DSS signature"},
	{V1_DIFFERS_AUTH, 3, "RSA signature"},
	{V1_DIFFERS_AUTH, 4, "RSA encryption"},
	{V1_DIFFERS_AUTH, 5, "RSA encryption, revised"},
	{V1_DIFFERS_AUTH, 64221, "hybrid"},
	{V1_DIFFERS_AUTH, 65001, "XAUTH with pre-shared key"},
	{V1_DIFFERS_AUTH, 65005, "XAUTH with RSA signature"},
	{V1_DIFFERS_MODE, V1_MODE_TUNNEL, "tunnel"},
	{V1_DIFFERS_MODE, V1_MODE_TRANSPORT, "transport"},
	{V1_DIFFERS_MODE, V1_MODE_UDP_TUNNEL, "UDP tunnel"},
	{V1_DIFFERS_MODE, V1_MODE_UDP_TRANSPORT, "UDP transport"},
	{V1_DIFFERS_MODE, V1_MODE_UDP_TUNNEL_DRAFT, "UDP tunnel"},
	{V1_DIFFERS_MODE, V1_MODE_UDP_TRANSPORT_DRAFT, "UDP transport"},
	{V1_DIFFERS_ESN, 1, "esn"},
};

const char *v1_differs_what(enum v1_differs what, enum proposal_for purpose)
{
	return rows[what].say[purpose].what;
}

unsigned int v1_differs_code(enum v1_differs what, enum proposal_for purpose)
{
	return rows[what].say[purpose].code;
}

static void add(char list[static V1_WORDS], const char *word)
{
	size_t len = strlen(list), word_len = strlen(word);

	for (const char *at = list; *at; at += strspn(at, ", ")) {
		size_t one = strcspn(at, ",");

		if (one == word_len && !memcmp(at, word, one))
			return;
		at += one;
	}
	if (len + 2 + word_len < V1_WORDS)
		snprintf(list + len, V1_WORDS - len, "%s%s", len ? ", " : "", word);
}

static void add_number(enum v1_differs what, uint32_t number, char list[static V1_WORDS])
{
	char word[WORD];

	if (!number && rows[what].none[0]) {
		add(list, rows[what].none);
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].what == what && names[i].number == number) {
			add(list, names[i].name);
			return;
		}
	}
	snprintf(word, sizeof(word), "%s %u", rows[what].name, (unsigned int)number);
	add(list, word);
}

static void add_alg(enum v1_differs what, enum proposal_for purpose, const struct v1_attrs *attrs,
	char list[static V1_WORDS])
{
	const struct row *row = &rows[what];
	uint32_t number = attrs->value[row->param], bits = 0;
	const struct alg *a = NULL;
	char word[WORD];

	if (row->kind == ALG_ENCR)
		bits = attrs->value[V1_PARAM_KEY_BITS];
	if (number && number <= UINT16_MAX && bits <= UINT16_MAX)
		a = purpose == PROPOSAL_IKE
			    ? alg_find_v1(row->kind, (uint16_t)number, (uint16_t)bits)
			    : alg_find_v1_esp(row->kind, (uint16_t)number, (uint16_t)bits);
	if (a || !number) {
		add(list, a ? a->name : row->none);
		return;
	}
	if (bits)
		snprintf(word, sizeof(word), "%s %u with %u bits", alg_kind_name(row->kind),
			(unsigned int)number, (unsigned int)bits);
	else
		snprintf(word, sizeof(word), "%s %u", alg_kind_name(row->kind),
			(unsigned int)number);
	add(list, word);
}

void v1_differs_theirs(enum v1_differs what, enum proposal_for purpose,
	const struct v1_offer *offer, const struct v1_transform *t, char list[static V1_WORDS])
{
	const struct row *row = &rows[what];
	char word[WORD];

	if (what == V1_DIFFERS_PROTO) {
		add_number(what, offer->proto, list);
	} else if (what == V1_DIFFERS_ATTRIBUTE) {
		snprintf(word, sizeof(word), "attribute %u = %u", t->attrs.strange,
			(unsigned int)t->attrs.strange_value);
		add(list, word);
	} else if (row->kind != ALG_KINDS && row->kind != ALG_ESN) {
		add_alg(what, purpose, &t->attrs, list);
	} else if (row->param != V1_PARAMS) {
		add_number(what, t->attrs.value[row->param], list);
	}
}

void v1_differs_ours(enum v1_differs what, const struct v1_propose *propose,
	const struct proposal *ours, char list[static V1_WORDS])
{
	const struct row *row = &rows[what];
	bool ike = propose->purpose == PROPOSAL_IKE;

	if (what == V1_DIFFERS_PROTO)
		add_number(what, ike ? V1_PROTO_ISAKMP : V1_PROTO_ESP, list);
	else if (what == V1_DIFFERS_AUTH)
		add_number(what, V1_AUTH_PSK, list);
	else if (what == V1_DIFFERS_MODE)
		add_number(what, propose->mode, list);
	if (row->kind == ALG_KINDS)
		return;
	for (uint8_t i = 0; i < ours->n[row->kind]; i++)
		add(list, ours->choice[row->kind][i]->name);
	if (!ours->n[row->kind])
		add(list, row->none);
}
