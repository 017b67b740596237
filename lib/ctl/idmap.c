#include "ctl/idmap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct idmap_entry {
	char name[IDMAP_NAME]; // empty: nobody's
	uint64_t freed;	       // when it was given back; 0: never used
	UT_hash_handle hh;
};

struct idmap {
	struct idmap_entry *by_name;
	uint64_t clock; // counts what was given back
	uint32_t max;
	struct idmap_entry entry[]; // of id i + 1
};

int idmap_new(uint32_t max, struct idmap **map)
{
	*map = calloc(1, sizeof(**map) + max * sizeof((*map)->entry[0]));
	if (!*map)
		return -ENOMEM;
	(*map)->max = max;
	return 0;
}

void idmap_free(struct idmap *map)
{
	if (!map)
		return;
	HASH_CLEAR(hh, map->by_name);
	free(map);
}

static struct idmap_entry *find(const struct idmap *map, const char *name)
{
	struct idmap_entry *e;

	HASH_FIND_STR(map->by_name, name, e);
	return e;
}

uint32_t idmap_get(struct idmap *map, const char *name)
{
	struct idmap_entry *e = find(map, name);

	if (e)
		return (uint32_t)(e - map->entry) + 1;
	for (uint32_t i = 0; i < map->max; i++) {
		struct idmap_entry *free_one = &map->entry[i];

		if (!free_one->name[0] && (!e || free_one->freed < e->freed))
			e = free_one;
	}
	if (!e)
		return 0;
	snprintf(e->name, sizeof(e->name), "%s", name);
	HASH_ADD_STR(map->by_name, name, e);
	return (uint32_t)(e - map->entry) + 1;
}

uint32_t idmap_find(const struct idmap *map, const char *name)
{
	const struct idmap_entry *e = find(map, name);

	return e ? (uint32_t)(e - map->entry) + 1 : 0;
}

const char *idmap_name(const struct idmap *map, uint32_t id)
{
	return id && id <= map->max && map->entry[id - 1].name[0] ? map->entry[id - 1].name : NULL;
}

void idmap_put(struct idmap *map, uint32_t id)
{
	struct idmap_entry *e;

	if (!idmap_name(map, id))
		return;
	e = &map->entry[id - 1];
	HASH_DEL(map->by_name, e);
	e->name[0] = 0;
	e->freed = ++map->clock;
}
