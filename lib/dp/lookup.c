#include "dp/decide.h"
#include "dp/stage.h"

static uint64_t hash(const struct key *key)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t h = key->w[0];

	if ((key->w[4] >> 40 & 0xff) == ADDR_V6)
		h ^= key->w[1] * 3 ^ key->w[2] * 5 ^ key->w[3] * 7;
	h = (h ^ h >> 32) * odd;
	h = (h ^ key->w[4] ^ h >> 29) * odd;
	h = (h ^ key->w[5] ^ h >> 32) * odd;
	return h >> 32;
}

static bool key_eq(const struct key *a, const struct key *b)
{
	if (a->w[0] != b->w[0] || a->w[4] != b->w[4] || a->w[5] != b->w[5])
		return false;
	return (a->w[4] >> 40 & 0xff) == ADDR_V4 ||
	       (a->w[1] == b->w[1] && a->w[2] == b->w[2] && a->w[3] == b->w[3]);
}

static void use(
	struct burst *b, unsigned int i, uint8_t verdict, uint8_t out, uint8_t flags, void *to)
{
	b->out[i] = out;
	b->flags[i] |= flags;
	b->to[i] = to;
	burst_stop(b, i, verdict);
}

// A decision that is fit to be remembered goes to the front of its set; the older one moves back
// and the oldest is forgotten.
static void decide(struct worker *w, struct burst *b, unsigned int i, struct flow_entry *set)
{
	struct ip_info ip;
	struct flow flow;
	struct decision d;

	if (flow_read(b->pkt[i].l3, b->pkt[i].len, &flow, &ip)) {
		burst_stop(b, i, V_MALFORMED);
		return;
	}
	d = b->origin[i] == FROM_TUNNEL ? decide_inward(w, b, i, &flow)
					: decide_outward(w, b, i, &flow);
	use(b, i, d.verdict, d.out, d.flags, d.to);
	if (d.transient)
		return;
	set[1] = set[0];
	set[0] = (struct flow_entry){
		.key = b->key[i],
		.to = d.to,
		.generation = w->generation,
		.verdict = d.verdict,
		.out = d.out,
		.flags = d.flags,
	};
}

static bool is_for(const struct flow_entry *e, const struct worker *w, const struct key *key)
{
	return e->generation == w->generation && key_eq(&e->key, key);
}

void lookup(struct worker *w, struct burst *b)
{
	struct flow_entry *set[BURST];
	unsigned int hits = 0;

	for (unsigned int i = 0; i < b->n; i++) {
		set[i] = &w->flow[hash(&b->key[i]) & w->flow_mask & ~1u];
		__builtin_prefetch(&set[i][0]);
		__builtin_prefetch(&set[i][1]);
	}
	for (unsigned int i = 0; i < b->n; i++) {
		const struct flow_entry *e = set[i];

		if (__builtin_expect(!is_for(e, w, &b->key[i]), 0))
			e++;
		if (__builtin_expect(is_for(e, w, &b->key[i]), 1)) {
			use(b, i, e->verdict, e->out, e->flags, e->to);
			hits++;
		} else {
			decide(w, b, i, set[i]);
		}
	}
	stat_add(&w->flow_hits, hits);
	stat_add(&w->flow_misses, b->n - hits);
}
