#include "ike/v1/quicks.h"

#include <stdlib.h>

#include "ike/child.h"
#include "ike/dh.h"
#include "ike/packet.h"
#include "ike/sa.h"
#include "ike/v1/exchange.h"
#include "ike/v1/info.h"
#include "ike/v1/quick.h"
#include "ike/v1/refuse.h"
#include "ike/v1/talk.h"

enum {
	QUICKS = 32, // of a peer's at once
	DONE_S = 60,
};

uint32_t v1_quick_id(struct ike_sa *sa)
{
	uint32_t id;

	do
		rng_fill(&sa->ike->params.rng, &id, sizeof(id));
	while (!id || v1_quick_find(sa, id));
	return id;
}

struct v1_quick *v1_quick_find(const struct ike_sa *sa, uint32_t id)
{
	struct v1_quick *quick;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->id == id)
			return quick;
	}
	return NULL;
}

struct v1_quick *v1_quick_new(struct ike_sa *sa, uint32_t id, bool initiator)
{
	struct v1_quick *quick = calloc(1, sizeof(*quick));

	if (!quick)
		return NULL;
	if (v1_iv_phase2(&sa->v1->keys, &sa->v1->iv, id, &quick->iv)) {
		free(quick);
		return NULL;
	}
	quick->id = id;
	quick->initiator = initiator;
	quick->next = &v1_rows[initiator ? V1_QUICK_2 : V1_QUICK_1];
	rng_fill(&sa->ike->params.rng, quick->nonce, IKE_NONCE);
	TAILQ_INSERT_TAIL(&sa->v1->quicks, quick, link);
	return quick;
}

struct v1_quick *v1_quick_begun(struct ike_sa *sa, uint32_t id)
{
	const struct v1_quick *quick;
	unsigned int n = 0;

	for (size_t i = 0; i < V1_SEEN; i++) {
		if (sa->v1->seen[i] == id)
			return NULL;
	}
	TAILQ_FOREACH (quick, &sa->v1->quicks, link)
		n += !quick->initiator && quick->next;
	return id && n < QUICKS ? v1_quick_new(sa, id, false) : NULL;
}

void v1_quick_note(struct ike_sa *sa, uint32_t id)
{
	sa->v1->seen[sa->v1->seen_at++ % V1_SEEN] = id;
}

bool v1_quick_busy(const struct ike_sa *sa)
{
	const struct v1_quick *quick;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->initiator && quick->next)
			return true;
	}
	return false;
}

void v1_quick_done(struct ike_sa *sa, struct v1_quick *quick)
{
	quick->next = NULL;
	quick->spi = 0;
	if (!quick->initiator)
		v1_talk_over(&quick->talk);
	quick->talk.waits = false;
	quick->over_at = sa->ike->now + MONO_S(DONE_S);
	ke_free(quick->ke);
	quick->ke = NULL;
}

void v1_quick_free(struct ike_sa *sa, struct v1_quick *quick)
{
	struct ike_child *child = quick->spi ? ike_child_find(sa->ike, quick->spi) : NULL;

	if (child && child->state < IKE_CHILD_LIVE)
		ike_child_drop(child, false);
	TAILQ_REMOVE(&sa->v1->quicks, quick, link);
	ke_free(quick->ke);
	ike_packets_free(&quick->talk.sent);
	free(quick);
}

void v1_quick_decline(struct ike_sa *sa, const struct v1_quick *quick)
{
	const struct ike_child *child = quick->spi ? ike_child_find(sa->ike, quick->spi) : NULL;

	if (child && child->state == IKE_CHILD_OPEN)
		v1_info_delete_child(sa, quick->spi);
}

void v1_quick_drop_all(struct ike_sa *sa)
{
	struct v1_quick *quick;

	while ((quick = TAILQ_FIRST(&sa->v1->quicks)))
		v1_quick_free(sa, quick);
}

mono_us_t v1_quick_at(const struct ike_sa *sa)
{
	const struct v1_quick *quick;
	mono_us_t at = 0;

	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		mono_us_t due = quick->talk.waits ? quick->talk.again_at : quick->over_at;

		if (due && (!at || due < at))
			at = due;
	}
	return at;
}

void v1_quick_due(struct ike_sa *sa)
{
	struct v1_quick *quick, *next;

	TAILQ_FOREACH_SAFE (quick, &sa->v1->quicks, link, next) {
		if (quick->over_at && quick->over_at <= sa->ike->now) {
			v1_quick_free(sa, quick);
		} else if (v1_talk_due(sa, &quick->talk)) {
			v1_quick_silent(sa, quick);
			if (sa->state == IKE_SA_GONE)
				return;
		}
	}
}
