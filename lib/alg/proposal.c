#include "alg/proposal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DISABLED "disabled"

static int add(struct proposal *p, const struct alg *a, struct why *why)
{
	uint8_t *n = &p->n[a->kind];

	for (uint8_t i = 0; i < *n; i++) {
		if (p->choice[a->kind][i] == a)
			return 0;
	}
	if (*n == PROPOSAL_CHOICES)
		return why_set(why, -EINVAL, "too many alternatives of one kind", NULL,
			"12 at most", a->name);
	p->choice[a->kind][(*n)++] = a;
	return 0;
}

// Names are searched as the longest run of words: "aes-128-cbc" before "aes".
static const struct alg *longest_name(const char *text, size_t *used)
{
	static const enum alg_kind order[] = {ALG_ENCR, ALG_INTEG, ALG_PRF, ALG_KE, ALG_ESN};
	size_t len = strlen(text);
	char word[32];

	while (len) {
		if (len < sizeof(word)) {
			memcpy(word, text, len);
			word[len] = 0;
			for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
				const struct alg *found = alg_find(order[i], word);

				if (found) {
					*used = len;
					return found;
				}
			}
		}
		do
			len--;
		while (len && text[len] != '-');
	}
	return NULL;
}

// "disabled" where ESP's group could stand: no perfect forward secrecy. returns whether it is that.
static bool read_disabled(const char *text, struct proposal *p, size_t *used)
{
	size_t len = strcspn(text, "-");

	if (p->purpose != PROPOSAL_ESP || len != strlen(DISABLED) ||
		strncasecmp(text, DISABLED, len) != 0)
		return false;
	*used = len;
	return true;
}

static int read_names(const char *text, struct proposal *p, struct why *why)
{
	bool disabled = false;

	while (*text) {
		size_t used = 0;
		const struct alg *found = longest_name(text, &used);
		int err;

		if (!found && read_disabled(text, p, &used)) {
			disabled = true;
		} else if (!found) {
			why_set(why, -EINVAL, "unknown algorithm", NULL,
				"a name of `show algorithms`", NULL);
			why_fmt(why, got, "%.*s", (int)strcspn(text, "-"), text);
			return -EINVAL;
		}
		err = found ? add(p, found, why) : 0;
		if (err)
			return err;
		text += used;
		if (*text == '-' && !*++text)
			return why_set(why, -EINVAL, "a proposal ends with '-'", NULL, NULL, NULL);
	}
	if (disabled && p->n[ALG_KE])
		return why_set(why, -EINVAL, "perfect forward secrecy both disabled and asked for",
			NULL, DISABLED " or groups", p->choice[ALG_KE][0]->name);
	return 0;
}

static int check_ciphers(const struct proposal *p, struct why *why)
{
	bool aead = false, plain = false;

	for (uint8_t i = 0; i < p->n[ALG_ENCR]; i++) {
		aead |= p->choice[ALG_ENCR][i]->aead;
		plain |= !p->choice[ALG_ENCR][i]->aead;
	}
	if (!aead && !plain)
		return why_set(why, -EINVAL, "no cipher in the proposal", NULL,
			"aes128, aes256gcm16 ...", NULL);
	// RFC 7296 s3.3: one proposal holds either; two proposals offer both.
	if (aead && plain)
		return why_set(why, -EINVAL, "AEAD and other ciphers in one proposal", NULL,
			"two proposals", NULL);
	if (plain && !p->n[ALG_INTEG])
		return why_set(why, -EINVAL,
			"no integrity algorithm beside a cipher that needs one", NULL,
			"sha1, sha256 ...", NULL);
	return 0;
}

static int finish_ike(struct proposal *p, bool aead, struct why *why)
{
	if (!p->n[ALG_PRF]) {
		for (uint8_t i = 0; i < p->n[ALG_INTEG]; i++) {
			if (add(p, alg_prf_of(p->choice[ALG_INTEG][i]), why))
				return -EINVAL;
		}
	}
	if (aead)
		p->n[ALG_INTEG] = 0;
	if (!p->n[ALG_PRF])
		return why_set(why, -EINVAL, "no PRF in the proposal", NULL, "prfsha256 ...", NULL);
	if (!p->n[ALG_KE])
		return why_set(why, -EINVAL, "no group in the proposal", NULL, "group14 ...", NULL);
	if (p->n[ALG_ESN])
		return why_set(why, -EINVAL, "ESN belongs to ESP proposals", NULL, NULL, "esn");
	return 0;
}

static int finish_esp(struct proposal *p, bool aead, struct why *why)
{
	if (p->n[ALG_PRF])
		return why_set(why, -EINVAL, "a PRF belongs to IKE proposals", NULL, NULL,
			p->choice[ALG_PRF][0]->name);
	if (aead && p->n[ALG_INTEG])
		return why_set(why, -EINVAL, "an AEAD cipher takes no integrity algorithm", NULL,
			NULL, p->choice[ALG_INTEG][0]->name);
	if (!p->n[ALG_ESN])
		return add(p, alg(ALG_NO_ESN), why);
	return 0;
}

int proposal_read(const char *text, enum proposal_for purpose, struct proposal *p, struct why *why)
{
	bool aead;
	int err;

	*p = (struct proposal){.purpose = purpose};
	err = read_names(text, p, why);
	if (!err)
		err = check_ciphers(p, why);
	if (err)
		return err;
	aead = p->choice[ALG_ENCR][0]->aead;
	return purpose == PROPOSAL_IKE ? finish_ike(p, aead, why) : finish_esp(p, aead, why);
}

static void append(char *dst, const char *name)
{
	size_t len = strlen(dst);

	snprintf(dst + len, PROPOSAL_TEXT - len, "%s%s", len ? "-" : "", name);
}

// The PRFs go without saying when they are the hashes of the integrity algorithms.
static bool prf_is_implied(const struct proposal *p)
{
	if (p->n[ALG_PRF] != p->n[ALG_INTEG])
		return false;
	for (uint8_t i = 0; i < p->n[ALG_PRF]; i++) {
		if (alg_prf_of(p->choice[ALG_INTEG][i]) != p->choice[ALG_PRF][i])
			return false;
	}
	return true;
}

char *proposal_show(const struct proposal *p, char dst[static PROPOSAL_TEXT])
{
	static const enum alg_kind order[] = {ALG_ENCR, ALG_INTEG, ALG_PRF, ALG_KE, ALG_ESN};

	dst[0] = 0;
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		enum alg_kind kind = order[k];

		if (kind == ALG_PRF && prf_is_implied(p))
			continue;
		if (kind == ALG_ESN && p->n[kind] == 1 && p->choice[kind][0]->id == ALG_NO_ESN)
			continue;
		for (uint8_t i = 0; i < p->n[kind]; i++)
			append(dst, p->choice[kind][i]->name);
	}
	return dst;
}

char *suite_show(const struct suite *s, enum proposal_for purpose, char dst[static PROPOSAL_TEXT])
{
	const struct alg *parts[] = {
		s->encr, s->integ, s->prf, s->ke, s->esn ? alg(ALG_ESN_YES) : alg(ALG_NO_ESN)};
	struct proposal p = {.purpose = purpose};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i])
			(void)add(&p, parts[i], NULL);
	}
	return proposal_show(&p, dst);
}

struct suite suite_first(const struct proposal *p)
{
	const struct alg *esn = p->n[ALG_ESN] ? p->choice[ALG_ESN][0] : NULL;

	return (struct suite){
		.encr = p->n[ALG_ENCR] ? p->choice[ALG_ENCR][0] : NULL,
		.integ = p->n[ALG_INTEG] ? p->choice[ALG_INTEG][0] : NULL,
		.prf = p->n[ALG_PRF] ? p->choice[ALG_PRF][0] : NULL,
		.ke = p->n[ALG_KE] ? p->choice[ALG_KE][0] : NULL,
		.esn = esn && esn->id == ALG_ESN_YES,
	};
}

bool suite_is_weak(const struct suite *s)
{
	const struct alg *parts[] = {s->encr, s->integ, s->prf, s->ke};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i] && parts[i]->status == ALG_WEAK)
			return true;
	}
	return false;
}
