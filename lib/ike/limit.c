#include "ike/limit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	UNPROVEN = 8,	// half-opens of a source whose address is not proven
	LOOK_US = 1000, // between two requests without any proof, in the long run
	LOOK_BURST = 200,
	FAIL_GAP_S = 5, // between failed proofs of a source, in the long run
	FAIL_BURST = 8, // that may come at once
	SOURCES = 4096, // without half-opens, but with a failed proof, that are remembered
};

static void key_of(const struct addr *remote, uint8_t key[static 17])
{
	memset(key, 0, 17);
	key[0] = (uint8_t)remote->family;
	memcpy(key + 1, remote->b, remote->family == ADDR_V6 ? 8 : 4);
}

static struct ike_source *find(const struct ike *ike, const struct addr *remote)
{
	struct ike_source *source;
	uint8_t key[17];

	key_of(remote, key);
	HASH_FIND(hh, ike->sources, key, sizeof(key), source);
	return source;
}

static void forget(struct ike *ike, struct ike_source *source)
{
	HASH_DEL(ike->sources, source);
	free(source);
}

// Those about whom there is nothing to know any more; when there are too many, the oldest.
static void tidy(struct ike *ike)
{
	struct ike_source *source, *next;
	unsigned int looked = 0;

	HASH_ITER (hh, ike->sources, source, next) {
		bool full = HASH_COUNT(ike->sources) > SOURCES + ike->half_count;

		if (!source->halves && (full || source->failures_until <= ike->now))
			forget(ike, source);
		if (++looked >= 8 && !full)
			return;
	}
}

static struct ike_source *get(struct ike *ike, const struct addr *remote)
{
	struct ike_source *source = find(ike, remote);

	if (source)
		return source;
	tidy(ike);
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	key_of(remote, source->key);
	HASH_ADD(hh, ike->sources, key, sizeof(source->key), source);
	return source;
}

enum ike_limit ike_limit_ask(struct ike *ike, const struct addr *remote, enum ike_proof proof)
{
	const struct ike_params *params = &ike->params;
	const struct ike_source *source = find(ike, remote);

	if (ike->half_count >= params->half_open_max)
		return IKE_LIMIT_REFUSE;
	if (source && (source->halves >= params->half_open_source ||
			      source->failures_until > ike->now + MONO_S(FAIL_BURST * FAIL_GAP_S)))
		return IKE_LIMIT_REFUSE;
	if (proof == IKE_PROOF_COOKIE)
		return IKE_LIMIT_PASS;
	if (source && source->unproven >= UNPROVEN)
		return IKE_LIMIT_PROVE;
	if (proof == IKE_PROOF_NAMED)
		return IKE_LIMIT_PASS;
	if (ike->half_count >= params->cookie_above ||
		ike->looks_until > ike->now + LOOK_BURST * LOOK_US)
		return IKE_LIMIT_PROVE;
	if (ike->looks_until < ike->now)
		ike->looks_until = ike->now;
	ike->looks_until += LOOK_US;
	return IKE_LIMIT_PASS;
}

int ike_limit_open(
	struct ike *ike, struct ike_half *half, const struct addr *remote, enum ike_proof proof)
{
	struct ike_source *source = get(ike, remote);

	if (!source)
		return -ENOMEM;
	half->source = source;
	half->proven = proof == IKE_PROOF_COOKIE;
	source->halves++;
	source->unproven += !half->proven;
	ike->half_count++;
	return 0;
}

void ike_limit_proven(struct ike *, struct ike_half *half)
{
	if (!half->source || half->proven)
		return;
	half->proven = true;
	half->source->unproven--;
}

void ike_limit_close(struct ike *ike, struct ike_half *half)
{
	struct ike_source *source = half->source;

	if (!source)
		return;
	ike_limit_proven(ike, half);
	half->source = NULL;
	ike->half_count--;
	if (!--source->halves && source->failures_until <= ike->now)
		forget(ike, source);
}

void ike_limit_failed(struct ike *ike, const struct addr *remote)
{
	struct ike_source *source = get(ike, remote);

	if (!source)
		return;
	if (source->failures_until < ike->now)
		source->failures_until = ike->now;
	source->failures_until += MONO_S(FAIL_GAP_S);
}

void ike_limit_fini(struct ike *ike)
{
	struct ike_source *source, *next;

	HASH_ITER (hh, ike->sources, source, next)
		forget(ike, source);
}
