#include "dp/table/neigh.h"

#include <stdlib.h>
#include <string.h>

struct neigh *neigh_lookup(
	const struct neigh_list *list, unsigned int port, const struct addr *addr)
{
	struct neigh *neigh;

	TAILQ_FOREACH (neigh, list, entry) {
		if (neigh->port == port && addr_eq(&neigh->addr, addr))
			return neigh;
	}
	return NULL;
}

struct neigh *neigh_get(struct neigh_list *list, unsigned int port, const struct addr *addr)
{
	struct neigh *neigh = neigh_lookup(list, port, addr);

	if (!neigh) {
		neigh = calloc(1, sizeof(*neigh));
		if (!neigh)
			return NULL;
		neigh->port = (uint8_t)port;
		neigh->addr = *addr;
		TAILQ_INSERT_TAIL(list, neigh, entry);
	}
	neigh->refs++;
	return neigh;
}

bool neigh_put(struct neigh_list *list, struct neigh *neigh)
{
	if (--neigh->refs)
		return false;
	TAILQ_REMOVE(list, neigh, entry);
	return true;
}

void neigh_mac_set(struct neigh *neigh, const uint8_t *mac)
{
	uint8_t b[8] = {};
	uint64_t word;

	if (mac) {
		memcpy(b, mac, 6);
		b[NEIGH_KNOWN_BYTE] = 1;
	}
	memcpy(&word, b, sizeof(word));
	__atomic_store_n(&neigh->mac, word, __ATOMIC_RELAXED);
	__atomic_store_n(&neigh->asked, 0, __ATOMIC_RELAXED);
}

void neigh_free(struct retired *retired)
{
	struct neigh *neigh = (struct neigh *)retired;

	free(neigh->held);
	free(neigh);
}

static uint32_t hash(unsigned int port, const struct addr *addr)
{
	uint32_t h = port * UINT32_C(0x9e3779b1), word;

	for (size_t i = 0; i < sizeof(addr->b); i += sizeof(word)) {
		memcpy(&word, addr->b + i, sizeof(word));
		h = (h ^ word) * UINT32_C(0x85ebca6b);
		h ^= h >> 15;
	}
	return h;
}

struct neigh_set *neigh_set_new(const struct neigh_list *list)
{
	struct neigh_set *set;
	struct neigh *neigh;
	uint32_t n = 0, size = 4;

	TAILQ_FOREACH (neigh, list, entry)
		n++;
	while (size < 2 * n + 1)
		size *= 2;
	set = calloc(1, sizeof(*set) + size * sizeof(set->slot[0]));
	if (!set)
		return NULL;
	set->mask = size - 1;
	TAILQ_FOREACH (neigh, list, entry) {
		uint32_t at = hash(neigh->port, &neigh->addr) & set->mask;

		while (set->slot[at])
			at = (at + 1) & set->mask;
		set->slot[at] = neigh;
	}
	return set;
}

void neigh_set_free(struct neigh_set *set)
{
	free(set);
}

struct neigh *neigh_find(const struct neigh_set *set, unsigned int port, const struct addr *addr)
{
	uint32_t at = hash(port, addr) & set->mask;

	for (; set->slot[at]; at = (at + 1) & set->mask) {
		if (set->slot[at]->port == port && addr_eq(&set->slot[at]->addr, addr))
			return set->slot[at];
	}
	return NULL;
}
