#include "ike/v1/propose.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "ike/conf.h"
#include "ike/differ.h"
#include "ike/propose.h"
#include "ike/reason.h"
#include "ike/v1/differ.h"
#include "ike/v1/offer.h"

enum {
	KEY_IKE = 1,   // the transform id of phase 1 (RFC 2407 s4.4.2)
	ESN = 1,       // RFC 4304 s3
	SITUATION = 8, // bytes of DOI and situation
	TRANSFORMS_MAX = 255,
};

static uint16_t number_of(enum proposal_for purpose, const struct alg *a)
{
	return purpose == PROPOSAL_IKE ? a->v1_id : a->v1_esp_id;
}

// The hash of phase 1 is PRF and integrity: it must be wanted as both.
static const struct alg *hash_integ(const struct proposal *p, const struct alg *prf)
{
	const struct alg *integ = alg_integ_of(prf);

	for (uint8_t i = 0; i < p->n[ALG_INTEG]; i++) {
		if (p->choice[ALG_INTEG][i] == integ)
			return integ;
	}
	return NULL;
}

// A transform against a proposal of ours: what differs, and how far down our list it stands.
struct verdict {
	enum v1_differs first;
	unsigned int count;
	uint32_t rank;
	struct suite suite;
};

static void differ(struct verdict *v, enum v1_differs what)
{
	if (!v->count++)
		v->first = what;
}

static const struct alg *pick(const struct v1_propose *propose, const struct proposal *p,
	enum alg_kind kind, uint32_t number, uint32_t key_bits, struct verdict *v)
{
	for (uint8_t i = 0; i < p->n[kind]; i++) {
		const struct alg *a = p->choice[kind][i];

		if (!number || number_of(propose->purpose, a) != number || a->key_bits != key_bits)
			continue;
		if (kind == ALG_PRF && !hash_integ(p, a))
			continue;
		v->rank = v->rank * PROPOSAL_CHOICES + i;
		return a;
	}
	return NULL;
}

static bool hash_fits(const struct v1_propose *propose, const struct proposal *p, uint32_t number,
	struct verdict *v)
{
	if (propose->purpose == PROPOSAL_IKE) {
		v->suite.prf = pick(propose, p, ALG_PRF, number, 0, v);
		v->suite.integ = v->suite.prf ? hash_integ(p, v->suite.prf) : NULL;
		return v->suite.prf;
	}
	if (v->suite.encr && v->suite.encr->aead)
		return !number;
	v->suite.integ = pick(propose, p, ALG_INTEG, number, 0, v);
	return v->suite.integ;
}

static bool group_fits(const struct v1_propose *propose, const struct proposal *p, uint32_t number,
	struct verdict *v)
{
	v->suite.ke = pick(propose, p, ALG_KE, number, 0, v);
	return v->suite.ke || (propose->purpose == PROPOSAL_ESP && !number && !p->n[ALG_KE]);
}

static bool esn_fits(const struct proposal *p, uint32_t esn, struct verdict *v)
{
	v->suite.esn = esn == ESN;
	for (uint8_t i = 0; i < p->n[ALG_ESN]; i++) {
		if ((p->choice[ALG_ESN][i]->id == ALG_ESN_YES) != v->suite.esn)
			continue;
		v->rank = v->rank * PROPOSAL_CHOICES + i;
		return esn <= ESN;
	}
	return false;
}

static bool is_udp(uint32_t mode)
{
	return mode == V1_MODE_UDP_TUNNEL || mode == V1_MODE_UDP_TUNNEL_DRAFT;
}

// Without the attribute it is the host's choice (RFC 2407 s4.5).
static bool mode_fits(uint32_t theirs, uint16_t ours)
{
	return !theirs || theirs == ours || (is_udp(theirs) && is_udp(ours));
}

// In the order of enum v1_differs.
static struct verdict judge(const struct v1_offer *offer, const struct v1_transform *t,
	const struct v1_propose *propose, const struct proposal *p)
{
	const uint32_t *value = t->attrs.value;
	bool ike = propose->purpose == PROPOSAL_IKE;
	struct verdict v = {};

	if (!ike && (offer->spi_len != 4 || offer->spi <= 255)) // RFC 4303 s2.1
		differ(&v, V1_DIFFERS_FORM);
	if (offer->proto != (ike ? V1_PROTO_ISAKMP : V1_PROTO_ESP) || offer->bundle ||
		(ike && t->id != KEY_IKE))
		differ(&v, V1_DIFFERS_PROTO);
	if (ike && value[V1_PARAM_AUTH] != V1_AUTH_PSK)
		differ(&v, V1_DIFFERS_AUTH);
	v.suite.encr = pick(
		propose, p, ALG_ENCR, value[V1_PARAM_ENCR], value[V1_PARAM_KEY_BITS], &v);
	if (!v.suite.encr)
		differ(&v, V1_DIFFERS_ENCRYPTION);
	if (!hash_fits(propose, p, value[V1_PARAM_HASH], &v))
		differ(&v, V1_DIFFERS_HASH);
	if (!group_fits(propose, p, value[V1_PARAM_GROUP], &v))
		differ(&v, ike ? V1_DIFFERS_GROUP : V1_DIFFERS_PFS);
	if (!ike && !mode_fits(value[V1_PARAM_MODE], propose->mode))
		differ(&v, V1_DIFFERS_MODE);
	if (!ike && !esn_fits(p, value[V1_PARAM_ESN], &v))
		differ(&v, V1_DIFFERS_ESN);
	if (t->attrs.strange)
		differ(&v, V1_DIFFERS_ATTRIBUTE);
	return v;
}

// The closest pair so far.
struct closest {
	struct verdict verdict;
	const struct proposal *ours;
};

static void say_one(const struct v1_offers *offers, const struct v1_propose *propose,
	const struct closest *closest, struct why *why)
{
	enum v1_differs what = closest->verdict.first;

	static_assert(sizeof(why->expected) == V1_WORDS && sizeof(why->got) == V1_WORDS);
	why->expected[0] = why->got[0] = 0;
	v1_differs_ours(what, propose, closest->ours, why->expected);
	for (size_t i = 0; i < offers->count; i++) {
		struct rd walk = offers->offer[i].transforms;
		struct v1_transform t;

		while (v1_transform_next(&walk, propose->purpose, &t)) {
			struct verdict v = judge(&offers->offer[i], &t, propose, closest->ours);

			if (v.first == what && v.count == closest->verdict.count)
				v1_differs_theirs(
					what, propose->purpose, &offers->offer[i], &t, why->got);
		}
	}
}

static void say(struct rd body, const struct v1_offers *offers, const struct v1_propose *propose,
	const struct closest *closest, struct why *why)
{
	const struct ike_propose ours = {.purpose = propose->purpose,
		.ke = true,
		.ours = propose->ours,
		.count = propose->count};
	bool one = closest->verdict.count == 1 || closest->verdict.first == V1_DIFFERS_PROTO;
	enum v1_differs what = one ? closest->verdict.first : V1_DIFFERS_NOT;

	why_code(why, v1_differs_code(what, propose->purpose));
	why_fmt(why, what, "%s", v1_differs_what(what, propose->purpose));
	if (one) {
		say_one(offers, propose, closest, why);
		return;
	}
	ike_propose_show(&ours, why->expected, sizeof(why->expected));
	v1_propose_show_peer(body, propose->purpose, why->got, sizeof(why->got));
}

static struct v1_choice choice_of(
	const struct v1_offer *offer, const struct v1_transform *t, const struct verdict *v)
{
	return (struct v1_choice){.suite = v->suite,
		.spi = offer->spi,
		.mode = (uint16_t)t->attrs.value[V1_PARAM_MODE],
		.life_s = t->attrs.value[V1_PARAM_LIFE_S],
		.life_kb = t->attrs.value[V1_PARAM_LIFE_KB],
		.number = offer->number,
		.transform = t->whole};
}

// Of our first proposal that fits anything, the transform that stands highest in it.
static int choose(struct rd body, const struct v1_offers *offers, const struct v1_propose *propose,
	struct v1_choice *choice, struct why *why)
{
	struct closest closest = {.verdict.count = UINT32_MAX};

	for (size_t i = 0; i < propose->count; i++) {
		uint32_t best = UINT32_MAX;

		for (size_t k = 0; k < offers->count; k++) {
			const struct v1_offer *offer = &offers->offer[k];
			struct rd walk = offer->transforms;
			struct v1_transform t;

			while (v1_transform_next(&walk, propose->purpose, &t)) {
				struct verdict v = judge(offer, &t, propose, &propose->ours[i]);

				if (v.count < closest.verdict.count)
					closest = (struct closest){v, &propose->ours[i]};
				if (v.count || v.rank >= best)
					continue;
				best = v.rank;
				*choice = choice_of(offer, &t, &v);
			}
		}
		if (best != UINT32_MAX)
			return 0;
	}
	choice->differs = closest.verdict.first;
	if (why)
		say(body, offers, propose, &closest, why);
	return -ENOENT;
}

static int read_offers(struct rd body, enum proposal_for purpose, struct v1_offers *offers,
	struct v1_choice *choice, struct why *why)
{
	int err = v1_offers_read(body, purpose, offers);

	*choice = (struct v1_choice){};
	if (!err)
		return 0;
	choice->differs = err == -EPROTO ? V1_DIFFERS_DOI : V1_DIFFERS_FORM;
	why_code(why, v1_differs_code(choice->differs, purpose));
	why_fmt(why, what, "%s", v1_differs_what(choice->differs, purpose));
	return err == -EPROTO ? -ENOENT : err;
}

int v1_propose_choose(
	struct rd body, const struct v1_propose *propose, struct v1_choice *choice, struct why *why)
{
	struct v1_offers offers;
	int err = read_offers(body, propose->purpose, &offers, choice, why);

	return err ? err : choose(body, &offers, propose, choice, why);
}

const struct alg *v1_propose_group(const struct proposal *ours, size_t count)
{
	return count && ours[0].n[ALG_KE] ? ours[0].choice[ALG_KE][0] : NULL;
}

// What one of our proposals is in an offer: without what has no number in IKEv1, with the one group
// that is offered. returns false when nothing is left.
static bool reduce(
	const struct v1_propose *propose, const struct proposal *ours, struct proposal *p)
{
	bool ike = propose->purpose == PROPOSAL_IKE;

	*p = (struct proposal){.purpose = ours->purpose};
	for (unsigned int kind = 0; kind < ALG_KINDS; kind++) {
		for (uint8_t i = 0; i < ours->n[kind]; i++) {
			const struct alg *a = ours->choice[kind][i];

			if (kind != ALG_ESN && !number_of(propose->purpose, a))
				continue;
			if (kind == ALG_PRF && !hash_integ(ours, a))
				continue;
			if (kind == ALG_KE && (!ike || propose->group) && a != propose->group)
				continue;
			p->choice[kind][p->n[kind]++] = a;
		}
	}
	if (ike)
		return p->n[ALG_ENCR] && p->n[ALG_PRF] && p->n[ALG_KE];
	if (!p->n[ALG_ENCR] || (!p->choice[ALG_ENCR][0]->aead && !p->n[ALG_INTEG]))
		return false;
	return propose->group ? p->n[ALG_KE] : !ours->n[ALG_KE];
}

int v1_propose_accept(
	struct rd body, const struct v1_propose *propose, struct v1_choice *choice, struct why *why)
{
	struct proposal offered[IKE_PROPOSALS];
	struct v1_propose reduced = *propose;
	struct v1_transform first, second;
	struct v1_offers offers;
	struct rd walk;
	int err = read_offers(body, propose->purpose, &offers, choice, why);

	if (err)
		return err;
	walk = offers.offer[0].transforms;
	if (offers.count != 1 || !v1_transform_next(&walk, propose->purpose, &first) ||
		v1_transform_next(&walk, propose->purpose, &second)) {
		choice->differs = V1_DIFFERS_FORM;
		why_code(why, IKE_REASON_NEGOTIATION_FAILED);
		why_fmt(why, what, "the peer chose more than one proposal");
		return -EINVAL;
	}
	reduced.ours = offered;
	reduced.count = 0;
	for (size_t i = 0; i < propose->count && i < IKE_PROPOSALS; i++)
		reduced.count += reduce(propose, &propose->ours[i], &offered[reduced.count]);
	return choose(body, &offers, &reduced, choice, why);
}

// The n-th combination of a reduced proposal, most wanted first. returns false behind the last one.
static bool combination(
	const struct proposal *p, enum proposal_for purpose, unsigned int n, struct suite *suite)
{
	bool ike = purpose == PROPOSAL_IKE;
	enum alg_kind hash = ike ? ALG_PRF : ALG_INTEG;
	const enum alg_kind order[] = {ALG_KE, hash, ALG_ENCR, ALG_ESN};
	const struct alg *pick[ALG_KINDS] = {};

	// The last kind in the list changes slowest.
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		unsigned int choices = p->n[order[i]];

		if (!choices)
			continue;
		pick[order[i]] = p->choice[order[i]][n % choices];
		n /= choices;
	}
	if (n)
		return false;
	*suite = (struct suite){.encr = pick[ALG_ENCR],
		.prf = pick[ALG_PRF],
		.integ = ike || pick[ALG_ENCR]->aead ? NULL : pick[ALG_INTEG],
		.ke = pick[ALG_KE],
		.esn = pick[ALG_ESN] && pick[ALG_ESN]->id == ALG_ESN_YES};
	return true;
}

static void attr(struct wr *wr, enum proposal_for purpose, enum v1_param param, uint32_t value)
{
	if (value)
		v1_attr_write(wr, purpose, param, value);
}

static void transform_write(
	struct wr *wr, const struct v1_propose *propose, uint8_t number, const struct suite *s)
{
	enum proposal_for to = propose->purpose;
	bool ike = to == PROPOSAL_IKE;
	size_t at = wr_len(wr);

	wr_u8(wr, V1_PAYLOAD_NONE); // the writer of the next one corrects it
	wr_u8(wr, 0);
	wr_u16(wr, 0);
	wr_u8(wr, number);
	wr_u8(wr, (uint8_t)(ike ? KEY_IKE : number_of(to, s->encr)));
	wr_u16(wr, 0);
	if (ike) {
		attr(wr, to, V1_PARAM_ENCR, number_of(to, s->encr));
		attr(wr, to, V1_PARAM_KEY_BITS, s->encr->key_bits);
		attr(wr, to, V1_PARAM_HASH, number_of(to, s->prf));
		attr(wr, to, V1_PARAM_AUTH, V1_AUTH_PSK);
		attr(wr, to, V1_PARAM_GROUP, number_of(to, s->ke));
	} else {
		attr(wr, to, V1_PARAM_KEY_BITS, s->encr->key_bits);
		attr(wr, to, V1_PARAM_HASH, s->integ ? number_of(to, s->integ) : 0);
		attr(wr, to, V1_PARAM_GROUP, s->ke ? number_of(to, s->ke) : 0);
		attr(wr, to, V1_PARAM_MODE, propose->mode);
		attr(wr, to, V1_PARAM_ESN, s->esn ? ESN : 0);
	}
	attr(wr, to, V1_PARAM_LIFE_S, propose->life_s);
	wr_patch_u16(wr, at + 2, (uint16_t)(wr_len(wr) - at));
}

static void proposal_begin(
	struct wr *wr, enum proposal_for purpose, uint8_t number, uint8_t count, uint32_t spi)
{
	bool ike = purpose == PROPOSAL_IKE;

	wr_u32(wr, V1_DOI);
	wr_u32(wr, V1_SITUATION);
	wr_u8(wr, V1_PAYLOAD_NONE);
	wr_u8(wr, 0);
	wr_u16(wr, 0); // the length is patched in
	wr_u8(wr, number);
	wr_u8(wr, ike ? V1_PROTO_ISAKMP : V1_PROTO_ESP);
	wr_u8(wr, ike ? 0 : sizeof(spi));
	wr_u8(wr, count);
	if (!ike)
		wr_u32(wr, spi);
}

void v1_propose_write(const struct v1_propose *propose, uint32_t spi, struct wr *wr)
{
	size_t start = wr_len(wr), at = start + SITUATION, last = 0;
	unsigned int count = 0;

	proposal_begin(wr, propose->purpose, 1, 0, spi);
	for (size_t i = 0; i < propose->count; i++) {
		struct proposal p;
		struct suite suite;

		if (!reduce(propose, &propose->ours[i], &p))
			continue;
		for (unsigned int n = 0;
			count < TRANSFORMS_MAX && combination(&p, propose->purpose, n, &suite);
			n++) {
			if (count++)
				wr_patch_u8(wr, last, V1_PAYLOAD_TRANSFORM);
			last = wr_len(wr);
			transform_write(wr, propose, (uint8_t)count, &suite);
		}
	}
	if (!count)
		wr->bad = true;
	wr_patch_u8(wr, at + 7, (uint8_t)count);
	wr_patch_u16(wr, at + 2, (uint16_t)(wr_len(wr) - at));
}

void v1_propose_answer(
	enum proposal_for purpose, const struct v1_choice *choice, uint32_t spi, struct wr *wr)
{
	size_t at = wr_len(wr) + SITUATION, transform;

	proposal_begin(wr, purpose, choice->number, 1, spi);
	transform = wr_len(wr);
	wr_copy(wr, choice->transform.p, rd_left(&choice->transform));
	wr_patch_u8(wr, transform, V1_PAYLOAD_NONE);
	wr_patch_u16(wr, at + 2, (uint16_t)(wr_len(wr) - at));
}

int v1_life_read(struct rd data, enum proposal_for purpose, uint32_t *life_s, uint32_t *life_kb)
{
	struct v1_attrs attrs;
	int err = v1_attrs_read(data, purpose, &attrs);

	*life_s = attrs.value[V1_PARAM_LIFE_S];
	*life_kb = attrs.value[V1_PARAM_LIFE_KB];
	return err;
}

void v1_life_write(enum proposal_for purpose, uint32_t life_s, struct wr *wr)
{
	v1_attr_write(wr, purpose, V1_PARAM_LIFE_S, life_s);
}

char *v1_propose_show_peer(struct rd body, enum proposal_for purpose, char *dst, size_t size)
{
	static const enum v1_differs words[] = {
		V1_DIFFERS_ENCRYPTION, V1_DIFFERS_HASH, V1_DIFFERS_GROUP};
	struct v1_offers offers;

	dst[0] = 0;
	if (v1_offers_read(body, purpose, &offers))
		return dst;
	for (size_t i = 0; i < offers.count; i++) {
		struct rd walk = offers.offer[i].transforms;
		struct v1_transform t;

		while (v1_transform_next(&walk, purpose, &t)) {
			const char *between = ", ";

			for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
				char word[V1_WORDS] = "";

				v1_differs_theirs(words[k], purpose, &offers.offer[i], &t, word);
				if (!strcmp(word, "none"))
					continue;
				ike_differ_append(dst, size, between, word);
				between = "-";
			}
		}
	}
	return dst;
}
