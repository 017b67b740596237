#include "ike/differ.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ike/reason.h"

#define BIT(kind) (1u << (kind))
#define HASH	  (BIT(ALG_PRF) | BIT(ALG_INTEG)) // one parameter to the operator

enum { SEVERAL = 99 };

static const struct {
	const char *what;
	enum ike_reason code;
} rows[][ALG_KINDS] = {
	[PROPOSAL_IKE] = {[ALG_ENCR] = {"no common IKE encryption algorithm",
				  IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH},
		[ALG_PRF] = {"no common IKE pseudo-random function",
			IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH},
		[ALG_INTEG] = {"no common IKE authentication algorithm",
			IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH},
		[ALG_KE] = {"no common IKE Diffie-Hellman group", IKE_REASON_DH_GROUP_MISMATCH},
		[ALG_ESN] = {"no common IKE proposal", IKE_REASON_ALGORITHM_MISMATCH}},
	[PROPOSAL_ESP] = {[ALG_ENCR] = {"no common ESP encryption algorithm",
				  IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH},
		[ALG_PRF] = {"no common ESP proposal", IKE_REASON_ALGORITHM_MISMATCH},
		[ALG_INTEG] = {"no common ESP authentication algorithm",
			IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH},
		[ALG_KE] = {"no common Diffie-Hellman group for PFS", IKE_REASON_PFS_MISMATCH},
		[ALG_ESN] = {"no common length of ESP sequence numbers",
			IKE_REASON_ALGORITHM_MISMATCH}},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == PROPOSAL_ESP + 1);

static unsigned int count_of(unsigned int kinds)
{
	unsigned int n = 0;

	for (unsigned int kind = 0; kind < ALG_KINDS; kind++)
		n += kinds & BIT(kind) && kind != ALG_PRF && kind != ALG_INTEG;
	n += (kinds & HASH) != 0;
	return n ? n : SEVERAL;
}

bool ike_differ_pair(struct ike_differ *d, const struct proposal *ours, unsigned int kinds)
{
	unsigned int count = count_of(kinds);

	if (d->count && count >= d->count)
		return false;
	*d = (struct ike_differ){.count = count, .kinds = kinds, .ours = ours};
	return count == 1;
}

enum alg_kind ike_differ_kind(const struct ike_differ *d)
{
	unsigned int kind = ALG_ENCR;

	// Where both differ, the integrity algorithm is the one that has a name for the operator.
	if (d->kinds & BIT(ALG_INTEG))
		return ALG_INTEG;
	while (kind + 1 < ALG_KINDS && !(d->kinds & BIT(kind)))
		kind++;
	return (enum alg_kind)kind;
}

void ike_differ_append(char *dst, size_t size, const char *between, const char *word)
{
	size_t len = strlen(dst);

	if (len + 1 < size)
		snprintf(dst + len, size - len, "%s%s", len ? between : "", word);
}

bool ike_differ_say(const struct ike_differ *d, enum proposal_for purpose, struct why *why)
{
	enum alg_kind kind = ike_differ_kind(d);

	if (d->count != 1) {
		why_code(why, IKE_REASON_ALGORITHM_MISMATCH);
		return false;
	}
	if (!why)
		return true;
	why->code = rows[purpose][kind].code;
	why_fmt(why, what, "%s", rows[purpose][kind].what);
	why->expected[0] = '\0';
	for (uint8_t i = 0; i < d->ours->n[kind]; i++)
		ike_differ_append(
			why->expected, sizeof(why->expected), ", ", d->ours->choice[kind][i]->name);
	if (!why->expected[0])
		why_fmt(why, expected, "none");
	why_fmt(why, got, "%s", d->theirs[0] ? d->theirs : "none");
	return true;
}
