#include "ike/propose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike/differ.h"
#include "ike/reason.h"
#include "ike/wire.h"

enum {
	MORE_PROPOSALS = 2,
	MORE_TRANSFORMS = 3,
	ATTR_KEY_LENGTH = 0x800e, // RFC 7296 s3.3.5: type/value form
	OFFERS_MAX = 64,
};

// Transform types of RFC 7296 s3.3.2, by our kinds.
static const uint8_t wire_kind[ALG_KINDS] = {
	[ALG_ENCR] = 1,
	[ALG_PRF] = 2,
	[ALG_INTEG] = 3,
	[ALG_KE] = 4,
	[ALG_ESN] = 5,
};

// One proposal of a peer, checked for form; its transforms are looked through as often as needed.
struct offer {
	uint8_t number;
	uint8_t proto;
	uint8_t spi_len;
	uint64_t spi;
	struct rd transforms;
	bool strange; // holds a transform type that we do not know: not acceptable (s3.3.6)
};

struct transform {
	uint8_t type; // of RFC 7296 s3.3.2
	uint16_t id;
	uint16_t key_bits;
	bool strange; // an attribute that we do not know
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Last Substruc |   RESERVED    |        Transform Length       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |Transform Type |   RESERVED    |          Transform ID         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                      Transform Attributes                     ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool transform_next(struct rd *rd, struct transform *t)
{
	uint16_t len;
	struct rd body;

	if (!rd_left(rd))
		return false;
	rd_skip(rd, 2);
	len = rd_u16(rd);
	body = rd_sub(rd, len < 4 ? 0 : len - 4u);
	*t = (struct transform){.type = rd_u8(&body)};
	rd_skip(&body, 1);
	t->id = rd_u16(&body);
	while (rd_left(&body)) {
		uint16_t type = rd_u16(&body), value = rd_u16(&body);

		if (type == ATTR_KEY_LENGTH) {
			t->key_bits = value;
			continue;
		}
		t->strange = true;
		if (!(type & 0x8000))
			rd_skip(&body, value);
	}
	if (body.bad)
		rd->bad = true;
	return !rd->bad;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Last Substruc |   RESERVED    |         Proposal Length       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                        SPI (variable)                         ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// ~                        <Transforms>                           ~
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
static bool offer_next(struct rd *rd, struct offer *offer)
{
	uint8_t count, seen = 0;
	uint16_t len;
	struct rd body, walk;
	struct transform t;

	if (!rd_left(rd))
		return false;
	rd_skip(rd, 2);
	len = rd_u16(rd);
	body = rd_sub(rd, len < 4 ? 0 : len - 4u);
	*offer = (struct offer){.number = rd_u8(&body)};
	offer->proto = rd_u8(&body);
	offer->spi_len = rd_u8(&body);
	count = rd_u8(&body);
	if (offer->spi_len == 4)
		offer->spi = rd_u32(&body);
	else if (offer->spi_len == 8)
		offer->spi = rd_u64(&body);
	else
		rd_skip(&body, offer->spi_len);
	offer->transforms = body;
	for (walk = body; transform_next(&walk, &t); seen++) {
		if (!t.type || t.type > wire_kind[ALG_ESN])
			offer->strange = true;
	}
	if (body.bad || walk.bad || seen != count)
		rd->bad = true;
	return !rd->bad;
}

static bool offer_has(const struct offer *offer, uint8_t type, uint16_t id, uint16_t key_bits)
{
	struct rd walk = offer->transforms;
	struct transform t;

	while (transform_next(&walk, &t)) {
		if (t.type == type && t.id == id && t.key_bits == key_bits && !t.strange)
			return true;
	}
	return false;
}

static bool offer_has_type(const struct offer *offer, uint8_t type)
{
	struct rd walk = offer->transforms;
	struct transform t;

	while (transform_next(&walk, &t)) {
		if (t.type == type)
			return true;
	}
	return false;
}

// Whether the offer leaves out a kind that we do not want: by silence, or by NONE.
static bool offer_spares(const struct offer *offer, enum alg_kind kind)
{
	return !offer_has_type(offer, wire_kind[kind]) || offer_has(offer, wire_kind[kind], 0, 0);
}

static const struct alg *pick(
	const struct offer *offer, const struct proposal *ours, enum alg_kind kind, uint16_t prefer)
{
	const struct alg *best = NULL;

	for (uint8_t i = 0; i < ours->n[kind]; i++) {
		const struct alg *a = ours->choice[kind][i];

		if (!offer_has(offer, wire_kind[kind], a->v2_id, a->key_bits))
			continue;
		if (!best || (prefer && a->v2_id == prefer))
			best = a;
	}
	return best;
}

// Peers that never learnt of ESN leave the transform out (RFC 4306): then it is "no".
static const struct alg *pick_esn(const struct offer *offer, const struct proposal *ours)
{
	const struct alg *found = pick(offer, ours, ALG_ESN, 0);

	if (found || offer_has_type(offer, wire_kind[ALG_ESN]))
		return found;
	for (uint8_t i = 0; i < ours->n[ALG_ESN]; i++) {
		if (ours->choice[ALG_ESN][i]->id == ALG_NO_ESN)
			return ours->choice[ALG_ESN][i];
	}
	return NULL;
}

static bool fits(const struct offer *offer, const struct proposal *ours,
	const struct ike_propose *propose, uint16_t group, struct suite *suite)
{
	bool ike = propose->purpose == PROPOSAL_IKE;
	const struct alg *esn;

	if (offer->strange || offer->proto != (ike ? IKE_PROTO_IKE : IKE_PROTO_ESP))
		return false;
	*suite = (struct suite){.encr = pick(offer, ours, ALG_ENCR, 0)};
	if (!suite->encr)
		return false;
	if (suite->encr->aead) {
		if (!offer_spares(offer, ALG_INTEG))
			return false;
	} else {
		suite->integ = pick(offer, ours, ALG_INTEG, 0);
		if (!suite->integ)
			return false;
	}
	if (propose->ke && ours->n[ALG_KE]) {
		suite->ke = pick(offer, ours, ALG_KE, group);
		if (!suite->ke)
			return false;
	} else if (propose->ke && !offer_spares(offer, ALG_KE)) {
		return false;
	}
	if (ike) {
		suite->prf = pick(offer, ours, ALG_PRF, 0);
		return suite->prf;
	}
	esn = pick_esn(offer, ours);
	suite->esn = esn && esn->id == ALG_ESN_YES;
	return esn;
}

static void transform_show(const struct transform *t, char *dst, size_t size)
{
	for (unsigned int kind = 0; kind < ALG_KINDS; kind++) {
		const struct alg *a = alg_find_v2((enum alg_kind)kind, t->id, t->key_bits);

		if (wire_kind[kind] == t->type && a && !t->strange) {
			snprintf(dst, size, "%s", a->name);
			return;
		}
		if (wire_kind[kind] == t->type) {
			snprintf(dst, size, "%s%u", alg_kind_name((enum alg_kind)kind), t->id);
			return;
		}
	}
	snprintf(dst, size, "type%u:%u", t->type, t->id);
}

// What the offer has of one kind.
static void offer_show(const struct offer *offer, enum alg_kind kind, char *dst, size_t size)
{
	struct rd walk = offer->transforms;
	struct transform t;
	char word[32];

	dst[0] = '\0';
	while (transform_next(&walk, &t)) {
		if (t.type != wire_kind[kind])
			continue;
		transform_show(&t, word, sizeof(word));
		ike_differ_append(dst, size, ", ", word);
	}
}

// Bits of the kinds in which an offer and a proposal of ours have nothing in common.
static unsigned int differ_in(
	const struct offer *offer, const struct proposal *ours, const struct ike_propose *propose)
{
	const struct alg *encr = pick(offer, ours, ALG_ENCR, 0);
	bool integ = encr ? !encr->aead : ours->n[ALG_INTEG] && !offer_spares(offer, ALG_INTEG);
	unsigned int kinds = 0;

	if (!encr)
		kinds |= 1u << ALG_ENCR;
	if (integ ? !pick(offer, ours, ALG_INTEG, 0) : encr && !offer_spares(offer, ALG_INTEG))
		kinds |= 1u << ALG_INTEG;
	if (propose->ke &&
		(ours->n[ALG_KE] ? !pick(offer, ours, ALG_KE, 0) : !offer_spares(offer, ALG_KE)))
		kinds |= 1u << ALG_KE;
	if (propose->purpose == PROPOSAL_IKE && !pick(offer, ours, ALG_PRF, 0))
		kinds |= 1u << ALG_PRF;
	if (propose->purpose == PROPOSAL_ESP && !pick_esn(offer, ours))
		kinds |= 1u << ALG_ESN;
	return kinds;
}

// Compare all pairs. returns whether one parameter alone explains it.
static bool explain(struct rd body, const struct ike_propose *propose, struct why *why)
{
	const uint8_t proto = propose->purpose == PROPOSAL_IKE ? IKE_PROTO_IKE : IKE_PROTO_ESP;
	bool strange = true, foreign = true, ah = true;
	struct ike_differ differ = {};
	unsigned int offers = 0;
	struct offer offer;

	while (offer_next(&body, &offer) && offers++ < OFFERS_MAX) {
		strange &= offer.strange;
		foreign &= offer.proto != proto;
		ah &= offer.proto == IKE_PROTO_AH;
		if (offer.strange || offer.proto != proto)
			continue;
		for (size_t i = 0; i < propose->count; i++) {
			const struct proposal *ours = &propose->ours[i];

			if (ike_differ_pair(&differ, ours, differ_in(&offer, ours, propose)))
				offer_show(&offer, ike_differ_kind(&differ), differ.theirs,
					sizeof(differ.theirs));
		}
	}
	if (ike_differ_say(&differ, propose->purpose, why))
		return true;
	if (foreign && ah && proto == IKE_PROTO_ESP) {
		why_fmt(why, what, "the peer offers AH");
		why_fmt(why, expected, "ESP");
		why_fmt(why, got, "AH");
		why_code(why, IKE_REASON_SECURITY_PROTOCOL_MISMATCH);
		return true;
	}
	// Every one wants something that we have never heard of.
	if (strange)
		why_code(why, IKE_REASON_ALGORITHM_COMPATIBILITY);
	return false;
}

static int refuse(struct rd body, const struct ike_propose *propose, int err, struct why *why)
{
	if (!why || (err == -ENOENT && explain(body, propose, why)))
		return err;
	if (err == -EINVAL)
		why_code(why, IKE_REASON_NEGOTIATION_FAILED);
	why_fmt(why, what, "%s",
		err == -EINVAL			   ? "malformed SA payload"
		: propose->purpose == PROPOSAL_IKE ? "no common IKE proposal"
						   : "no common ESP proposal");
	ike_propose_show(propose, why->expected, sizeof(why->expected));
	ike_propose_show_peer(body, why->got, sizeof(why->got));
	return err;
}

static bool spi_is_right(const struct offer *offer)
{
	if (offer->proto == IKE_PROTO_ESP)
		return offer->spi_len == 4 && offer->spi > 255; // RFC 4303 s2.1
	return offer->spi_len == 0 || (offer->spi_len == 8 && offer->spi);
}

int ike_propose_choose(struct rd body, const struct ike_propose *propose, uint16_t group,
	struct ike_choice *choice, struct why *why)
{
	struct rd walk = body;
	struct offer offer;
	unsigned int offers = 0;

	while (offer_next(&walk, &offer))
		offers++;
	if (walk.bad || !offers || offers > OFFERS_MAX)
		return refuse(body, propose, -EINVAL, why);
	for (size_t i = 0; i < propose->count; i++) {
		walk = body;
		while (offer_next(&walk, &offer)) {
			*choice = (struct ike_choice){
				.number = offer.number, .spi = offer.spi, .spi_len = offer.spi_len};
			if (spi_is_right(&offer) &&
				fits(&offer, &propose->ours[i], propose, group, &choice->suite))
				return 0;
		}
	}
	return refuse(body, propose, -ENOENT, why);
}

// One transform of each type, no more.
static bool is_single(const struct offer *offer)
{
	struct rd walk = offer->transforms;
	struct transform t;
	unsigned int seen = 0;

	while (transform_next(&walk, &t)) {
		if (seen & 1u << (t.type & 31))
			return false;
		seen |= 1u << (t.type & 31);
	}
	return true;
}

int ike_propose_accept(struct rd body, const struct ike_propose *propose, struct ike_choice *choice,
	struct why *why)
{
	struct rd walk = body;
	struct offer offer;

	if (!offer_next(&walk, &offer) || rd_left(&walk))
		return refuse(body, propose, -EINVAL, why);
	*choice = (struct ike_choice){
		.number = offer.number, .spi = offer.spi, .spi_len = offer.spi_len};
	if (!offer.number || offer.number > propose->count || !is_single(&offer) ||
		!spi_is_right(&offer))
		return refuse(body, propose, -ENOENT, why);
	if (!fits(&offer, &propose->ours[offer.number - 1], propose, 0, &choice->suite))
		return refuse(body, propose, -ENOENT, why);
	return 0;
}

static void spi_write(struct wr *wr, uint64_t spi, uint8_t spi_len)
{
	if (spi_len == 4)
		wr_u32(wr, (uint32_t)spi);
	else if (spi_len == 8)
		wr_u64(wr, spi);
}

// A proposal of a given list of algorithms.
static void proposal_write(struct wr *wr, enum proposal_for purpose, uint8_t number, bool last,
	uint64_t spi, uint8_t spi_len, const struct alg *const *algs, size_t count)
{
	size_t at = wr_len(wr);

	wr_u8(wr, last ? 0 : MORE_PROPOSALS);
	wr_u8(wr, 0);
	wr_u16(wr, 0);
	wr_u8(wr, number);
	wr_u8(wr, purpose == PROPOSAL_IKE ? IKE_PROTO_IKE : IKE_PROTO_ESP);
	wr_u8(wr, spi_len);
	wr_u8(wr, (uint8_t)count);
	spi_write(wr, spi, spi_len);
	for (size_t i = 0; i < count; i++) {
		wr_u8(wr, i + 1 < count ? MORE_TRANSFORMS : 0);
		wr_u8(wr, 0);
		wr_u16(wr, algs[i]->key_bits ? 12 : 8);
		wr_u8(wr, wire_kind[algs[i]->kind]);
		wr_u8(wr, 0);
		wr_u16(wr, algs[i]->v2_id);
		if (algs[i]->key_bits) {
			wr_u16(wr, ATTR_KEY_LENGTH);
			wr_u16(wr, algs[i]->key_bits);
		}
	}
	wr_patch_u16(wr, at + 2, (uint16_t)(wr_len(wr) - at));
}

void ike_propose_write(const struct ike_propose *propose, uint64_t spi, uint8_t spi_len,
	const struct alg *first, struct wr *wr)
{
	for (size_t i = 0; i < propose->count; i++) {
		const struct alg *algs[ALG_KINDS * PROPOSAL_CHOICES];
		size_t n = 0;

		for (unsigned int kind = 0; kind < ALG_KINDS; kind++) {
			const struct proposal *p = &propose->ours[i];

			if (kind == ALG_KE && !propose->ke)
				continue;
			for (uint8_t k = 0; k < p->n[kind]; k++) {
				if (p->choice[kind][k] == first)
					algs[n++] = first;
			}
			for (uint8_t k = 0; k < p->n[kind]; k++) {
				if (p->choice[kind][k] != first)
					algs[n++] = p->choice[kind][k];
			}
		}
		proposal_write(wr, propose->purpose, (uint8_t)(i + 1), i + 1 == propose->count, spi,
			spi_len, algs, n);
	}
}

void ike_propose_answer(
	enum proposal_for purpose, const struct ike_choice *choice, uint64_t spi, struct wr *wr)
{
	const struct suite *s = &choice->suite;
	const struct alg *parts[ALG_KINDS] = {s->encr, s->prf, s->integ, s->ke,
		purpose == PROPOSAL_IKE ? NULL : alg(s->esn ? ALG_ESN_YES : ALG_NO_ESN)};
	const struct alg *algs[ALG_KINDS];
	size_t n = 0;

	for (size_t i = 0; i < ALG_KINDS; i++) {
		if (parts[i])
			algs[n++] = parts[i];
	}
	proposal_write(wr, purpose, choice->number, true, spi, choice->spi_len, algs, n);
}

static bool has(const struct proposal *p, enum alg_kind kind, const struct alg *a)
{
	for (uint8_t i = 0; i < p->n[kind]; i++) {
		if (p->choice[kind][i] == a)
			return true;
	}
	return !a && !p->n[kind];
}

bool ike_propose_has(const struct ike_propose *propose, const struct suite *suite)
{
	for (size_t i = 0; i < propose->count; i++) {
		const struct proposal *p = &propose->ours[i];

		if (has(p, ALG_ENCR, suite->encr) && has(p, ALG_PRF, suite->prf) &&
			has(p, ALG_INTEG, suite->integ) &&
			(!propose->ke || has(p, ALG_KE, suite->ke)))
			return true;
	}
	return false;
}

char *ike_propose_show(const struct ike_propose *propose, char *dst, size_t size)
{
	dst[0] = 0;
	for (size_t i = 0; i < propose->count; i++) {
		struct proposal p = propose->ours[i];
		char text[PROPOSAL_TEXT];

		if (!propose->ke)
			p.n[ALG_KE] = 0;
		ike_differ_append(dst, size, ", ", proposal_show(&p, text));
	}
	return dst;
}

char *ike_propose_show_peer(struct rd body, char *dst, size_t size)
{
	struct offer offer;
	struct transform t;
	unsigned int offers = 0;

	dst[0] = 0;
	while (offer_next(&body, &offer) && offers++ < OFFERS_MAX) {
		const char *between = ", ";

		while (transform_next(&offer.transforms, &t)) {
			char word[32];

			transform_show(&t, word, sizeof(word));
			ike_differ_append(dst, size, between, word);
			between = "-";
		}
	}
	return dst;
}
