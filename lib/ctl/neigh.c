#include "ctl/neigh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

enum {
	ASK_S = 1,	// between questions about one that is not known
	CHECK_S = 30,	// between checks of one that is
	LOSE_S = 60,	// without a question from the dataplane an unknown one is forgotten
	NEIGHS = 16384, // a sweep through a wide network must not eat the memory
};

// Compared as bytes, so without holes.
struct neigh_key {
	uint8_t addr[16];
	uint32_t family;
	uint32_t port;
};

struct neigh {
	struct neigh_key key;
	struct neigh_view view;
	mono_us_t asked;  // the kernel
	mono_us_t wanted; // by the dataplane
	UT_hash_handle hh;
};

struct neighs {
	struct neigh *neigh;
	struct neigh_ops ops;
};

int neighs_new(const struct neigh_ops *ops, struct neighs **neighs)
{
	*neighs = calloc(1, sizeof(**neighs));
	if (!*neighs)
		return -ENOMEM;
	(*neighs)->ops = *ops;
	return 0;
}

static void drop(struct neighs *neighs, struct neigh *n)
{
	HASH_DEL(neighs->neigh, n);
	free(n);
}

void neighs_free(struct neighs *neighs)
{
	struct neigh *n, *next;

	if (!neighs)
		return;
	HASH_ITER (hh, neighs->neigh, n, next)
		drop(neighs, n);
	free(neighs);
}

// NULL without room: the question will come again.
static struct neigh *get(
	struct neighs *neighs, unsigned int port, const struct addr *addr, mono_us_t now)
{
	struct neigh_key key = {.family = addr->family, .port = port};
	struct neigh *n;

	memcpy(key.addr, addr->b, sizeof(key.addr));
	HASH_FIND(hh, neighs->neigh, &key, sizeof(key), n);
	if (n)
		return n;
	n = HASH_COUNT(neighs->neigh) < NEIGHS ? calloc(1, sizeof(*n)) : NULL;
	if (!n)
		return NULL;
	n->key = key;
	n->view = (struct neigh_view){.port = port, .addr = *addr, .since = now};
	HASH_ADD(hh, neighs->neigh, key, sizeof(key), n);
	return n;
}

static void ask(struct neighs *neighs, struct neigh *n, unsigned int pause_s, mono_us_t now)
{
	if (n->asked && now < n->asked + MONO_S(pause_s))
		return;
	n->asked = now;
	neighs->ops.resolve(neighs->ops.ctx, n->view.port, &n->view.addr);
}

void neigh_want(struct neighs *neighs, unsigned int port, const struct addr *addr, mono_us_t now)
{
	struct neigh *n = get(neighs, port, addr, now);

	if (!n)
		return;
	n->wanted = now;
	n->view.wanted = true;
	// The dataplane may have missed the answer, or asks again because it had to forget it.
	if (n->view.known)
		neighs->ops.set(neighs->ops.ctx, port, addr, n->view.mac);
	else
		ask(neighs, n, ASK_S, now);
}

void neigh_heard(struct neighs *neighs, unsigned int port, const struct addr *addr,
	const uint8_t *mac, mono_us_t now)
{
	struct neigh *n = get(neighs, port, addr, now);
	bool change;

	if (!n)
		return;
	change = n->view.known != (mac != NULL) || (mac && memcmp(n->view.mac, mac, 6) != 0);
	// Whoever waits for one that does not answer must hear it each time.
	if (!change && mac)
		return;
	if (change)
		n->view.since = now;
	n->view.known = mac != NULL;
	if (mac)
		memcpy(n->view.mac, mac, 6);
	neighs->ops.set(neighs->ops.ctx, port, addr, mac);
	if (!mac && !n->view.wanted)
		drop(neighs, n);
}

static void lose(struct neighs *neighs, struct neigh *n)
{
	neighs->ops.set(neighs->ops.ctx, n->view.port, &n->view.addr, NULL);
	drop(neighs, n);
}

void neigh_tick(struct neighs *neighs, mono_us_t now)
{
	struct neigh *n, *next;

	HASH_ITER (hh, neighs->neigh, n, next) {
		if (!n->view.wanted)
			continue;
		if (n->view.known)
			ask(neighs, n, CHECK_S, now);
		else if (now > n->wanted + MONO_S(LOSE_S))
			lose(neighs, n);
	}
}

void neigh_again(struct neighs *neighs, unsigned int port, mono_us_t now)
{
	struct neigh *n, *next;

	HASH_ITER (hh, neighs->neigh, n, next) {
		if (n->view.port != port || !n->view.wanted)
			continue;
		n->asked = 0;
		ask(neighs, n, ASK_S, now);
	}
}

void neigh_forget(struct neighs *neighs, unsigned int port)
{
	struct neigh *n, *next;

	HASH_ITER (hh, neighs->neigh, n, next) {
		if (n->view.port != port)
			continue;
		if (n->view.known)
			neighs->ops.set(neighs->ops.ctx, port, &n->view.addr, NULL);
		drop(neighs, n);
	}
}

void neigh_each(const struct neighs *neighs, void (*each)(void *ctx, const struct neigh_view *view),
	void *ctx)
{
	struct neigh *n, *next;

	HASH_ITER (hh, neighs->neigh, n, next)
		each(ctx, &n->view);
}
