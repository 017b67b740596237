#include "ctl/rib.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>
#include <utlist.h>

struct rib_entry {
	struct rib_route route;
	bool stale; // between mark and sweep: not set again yet
	struct rib_entry *next;
};

// Keys are compared as bytes, so their holes are zero.
struct rib_key {
	uint8_t addr[16];
	uint8_t family, bits;
};
static_assert(sizeof(struct rib_key) == 18);

struct rib_prefix {
	struct rib_key key;
	struct rib_entry *entry; // in no order
	UT_hash_handle hh;
};

struct rib {
	struct rib_prefix *prefix;
	void (*best)(void *ctx, const struct cidr *prefix, const struct rib_hop *hop);
	void *ctx;
};

int rib_new(void (*best)(void *ctx, const struct cidr *prefix, const struct rib_hop *hop),
	void *ctx, struct rib **rib)
{
	*rib = calloc(1, sizeof(**rib));
	if (!*rib)
		return -ENOMEM;
	(*rib)->best = best;
	(*rib)->ctx = ctx;
	return 0;
}

void rib_free(struct rib *rib)
{
	struct rib_prefix *p, *next;
	struct rib_entry *e, *tmp;

	if (!rib)
		return;
	HASH_ITER (hh, rib->prefix, p, next) {
		LL_FOREACH_SAFE (p->entry, e, tmp)
			free(e);
		HASH_DEL(rib->prefix, p);
		free(p);
	}
	free(rib);
}

static struct rib_key key_of(const struct cidr *c)
{
	struct rib_key key = {.family = c->addr.family, .bits = c->bits};

	memcpy(key.addr, c->addr.b, sizeof(key.addr));
	return key;
}

static struct rib_prefix *prefix_find(const struct rib *rib, const struct cidr *c)
{
	struct rib_key key = key_of(c);
	struct rib_prefix *p;

	HASH_FIND(hh, rib->prefix, &key, sizeof(key), p);
	return p;
}

static bool hop_eq(const struct rib_hop *a, const struct rib_hop *b)
{
	return a->kind == b->kind && a->id == b->id && addr_eq(&a->gateway, &b->gateway);
}

static bool before(const struct rib_route *a, const struct rib_route *b)
{
	return a->source != b->source ? a->source < b->source : a->metric < b->metric;
}

// Choose again, and tell when the choice differs from old (NULL: there was none). Frees a prefix
// that has no route left.
static void choose(
	struct rib *rib, struct rib_prefix *p, const struct cidr *c, const struct rib_hop *old)
{
	struct rib_entry *best = NULL, *e;

	LL_FOREACH (p->entry, e) {
		e->route.best = false;
		if (e->route.withheld)
			continue;
		if (!best || before(&e->route, &best->route))
			best = e;
	}
	if (best) {
		best->route.best = true;
		if (!old || !hop_eq(old, &best->route.hop))
			rib->best(rib->ctx, c, &best->route.hop);
		return;
	}
	if (!p->entry) {
		HASH_DEL(rib->prefix, p);
		free(p);
	}
	if (old)
		rib->best(rib->ctx, c, NULL);
}

// The present winner's hop in *hop. returns hop, or NULL when there is none.
static const struct rib_hop *winner(const struct rib_prefix *p, struct rib_hop *hop)
{
	struct rib_entry *e;

	LL_FOREACH (p->entry, e) {
		if (e->route.best) {
			*hop = e->route.hop;
			return hop;
		}
	}
	return NULL;
}

int rib_set(struct rib *rib, enum rib_source source, const struct cidr *prefix, uint32_t metric,
	const struct rib_hop *hop)
{
	struct rib_prefix *p = prefix_find(rib, prefix);
	const struct rib_hop *old;
	struct rib_hop was;
	struct rib_entry *e;

	if (!p) {
		p = calloc(1, sizeof(*p));
		if (!p)
			return -ENOMEM;
		p->key = key_of(prefix);
		HASH_ADD(hh, rib->prefix, key, sizeof(p->key), p);
	}
	LL_FOREACH (p->entry, e) {
		if (e->route.source == source && e->route.metric == metric)
			break;
	}
	old = winner(p, &was);
	if (!e) {
		e = calloc(1, sizeof(*e));
		if (!e) {
			choose(rib, p, prefix, old); // frees the prefix if it was new
			return -ENOMEM;
		}
		LL_PREPEND(p->entry, e);
	}
	e->stale = false;
	e->route = (struct rib_route){
		.prefix = *prefix, .source = source, .metric = metric, .hop = *hop};
	choose(rib, p, prefix, old);
	return 0;
}

// Remove the entries of one prefix for which gone says so.
static unsigned int prune(struct rib *rib, struct rib_prefix *p,
	bool (*gone)(const struct rib_entry *e, const void *arg), const void *arg)
{
	struct rib_hop was;
	const struct rib_hop *old = winner(p, &was);
	struct rib_entry *e, *tmp;
	unsigned int n = 0;
	struct cidr c = {};

	LL_FOREACH_SAFE (p->entry, e, tmp) {
		if (!gone(e, arg))
			continue;
		c = e->route.prefix;
		LL_DELETE(p->entry, e);
		free(e);
		n++;
	}
	if (n)
		choose(rib, p, &c, old);
	return n;
}

static void prune_all(
	struct rib *rib, bool (*gone)(const struct rib_entry *e, const void *arg), const void *arg)
{
	struct rib_prefix *p, *next;

	HASH_ITER (hh, rib->prefix, p, next)
		prune(rib, p, gone, arg);
}

static bool is_same(const struct rib_entry *e, const void *arg)
{
	const struct rib_route *r = arg;

	return e->route.source == r->source && e->route.metric == r->metric;
}

int rib_del(struct rib *rib, enum rib_source source, const struct cidr *prefix, uint32_t metric)
{
	struct rib_prefix *p = prefix_find(rib, prefix);
	struct rib_route want = {.source = source, .metric = metric};

	return p && prune(rib, p, is_same, &want) ? 0 : -ENOENT;
}

void rib_mark(struct rib *rib, enum rib_source source)
{
	struct rib_prefix *p, *next;
	struct rib_entry *e;

	HASH_ITER (hh, rib->prefix, p, next) {
		LL_FOREACH (p->entry, e)
			e->stale |= e->route.source == source;
	}
}

static bool is_stale(const struct rib_entry *e, const void *arg)
{
	const enum rib_source *source = arg;

	return e->stale && e->route.source == *source;
}

void rib_sweep(struct rib *rib, enum rib_source source)
{
	prune_all(rib, is_stale, &source);
}

static bool is_of_port(const struct rib_entry *e, const void *arg)
{
	const struct rib_route *r = arg;

	return e->route.source == r->source && e->route.hop.kind == RIB_PORT &&
	       e->route.hop.id == r->hop.id;
}

void rib_del_port(struct rib *rib, enum rib_source source, uint32_t port)
{
	struct rib_route want = {.source = source, .hop.id = port};

	prune_all(rib, is_of_port, &want);
}

void rib_withhold(struct rib *rib, uint32_t connection, bool on)
{
	struct rib_prefix *p, *next;
	struct rib_entry *e;

	HASH_ITER (hh, rib->prefix, p, next) {
		struct rib_hop was;
		const struct rib_hop *old = winner(p, &was);
		struct cidr c = p->entry->route.prefix;
		bool changed = false;

		LL_FOREACH (p->entry, e) {
			if (e->route.hop.kind != RIB_CONNECTION || e->route.hop.id != connection)
				continue;
			changed |= e->route.withheld != on;
			e->route.withheld = on;
		}
		if (changed)
			choose(rib, p, &c, old);
	}
}

const struct rib_hop *rib_find(const struct rib *rib, const struct addr *addr)
{
	const struct rib_hop *found = NULL;
	struct rib_prefix *p, *next;
	struct rib_entry *e;
	int bits = -1;

	HASH_ITER (hh, rib->prefix, p, next) {
		LL_FOREACH (p->entry, e) {
			if (!e->route.best || (int)e->route.prefix.bits <= bits ||
				!cidr_has(&e->route.prefix, addr))
				continue;
			found = &e->route.hop;
			bits = e->route.prefix.bits;
		}
	}
	return found;
}

void rib_each(
	const struct rib *rib, void (*each)(void *ctx, const struct rib_route *route), void *ctx)
{
	struct rib_prefix *p, *next;
	struct rib_entry *e;

	HASH_ITER (hh, rib->prefix, p, next) {
		LL_FOREACH (p->entry, e)
			each(ctx, &e->route);
	}
}

const char *rib_source_name(enum rib_source source)
{
	static const char *const name[] = {
		[RIB_CONFIG] = "config",
		[RIB_CONNECTED] = "connected",
		[RIB_GATEWAY] = "gateway",
		[RIB_KERNEL] = "kernel",
	};

	static_assert(sizeof(name) / sizeof(name[0]) == RIB_SOURCES);
	return name[source];
}
