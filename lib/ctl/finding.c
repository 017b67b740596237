#include "ctl/finding.h"

#include <stdlib.h>
#include <string.h>

#include "ike/reason.h"

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->why.code == b->why.code && a->phase2 == b->phase2 &&
	       !strcmp(a->why.what, b->why.what) && !strcmp(a->why.where, b->why.where) &&
	       !strcmp(a->why.expected, b->why.expected) && !strcmp(a->why.got, b->why.got);
}

static struct finding *oldest(const struct findings *findings)
{
	struct finding *old = &findings->v[0];

	for (unsigned int i = 1; i < findings->n; i++) {
		if (findings->v[i].last < old->last)
			old = &findings->v[i];
	}
	return old;
}

// Where a new one goes: NULL without memory.
static struct finding *place(struct findings *findings)
{
	struct finding *v;

	if (findings->n == FINDINGS)
		return oldest(findings);
	v = realloc(findings->v, (findings->n + 1) * sizeof(*v));
	if (!v)
		return NULL;
	findings->v = v;
	return &v[findings->n++];
}

void finding_add(
	struct findings *findings, const struct finding *fresh, mono_us_t now, int64_t wall_ms)
{
	struct finding *f = NULL;

	for (unsigned int i = 0; i < findings->n && !f; i++) {
		if (is_same(&findings->v[i], fresh))
			f = &findings->v[i];
	}
	if (!f) {
		f = place(findings);
		if (!f)
			return;
		*f = *fresh;
		f->first = now;
		f->count = 0;
	}
	f->local = fresh->local;
	f->remote = fresh->remote;
	f->last = now;
	f->wall_ms = wall_ms;
	f->count++;
}

static bool is_before(const struct finding *a, const struct finding *b)
{
	enum ike_severity x = ike_reason(a->why.code)->severity;
	enum ike_severity y = ike_reason(b->why.code)->severity;

	return x != y ? x > y : a->last > b->last;
}

unsigned int finding_pick(const struct findings *findings, mono_us_t since,
	const struct finding *dst[static FINDINGS])
{
	unsigned int n = 0, at;

	for (unsigned int i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->v[i];

		if (f->last < since)
			continue;
		for (at = n++; at && is_before(f, dst[at - 1]); at--)
			dst[at] = dst[at - 1];
		dst[at] = f;
	}
	return n;
}

void findings_fini(struct findings *findings)
{
	free(findings->v);
	*findings = (struct findings){};
}
