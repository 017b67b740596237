#include "ctl/idmap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct idmap_entry {
	char name[IDMAP_NAME]; // empty: nobody's
	uint32_t next;	       // of those given back: the id given back after this one; 0: none
	UT_hash_handle hh;
};

struct idmap {
	struct idmap_entry *by_name;
	uint32_t used;	      // ids 1 .. used have been handed out before
	uint32_t first, last; // of those given back; 0: none
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

// One that nobody has had, else the one given back longest ago. returns 0: none is left
static uint32_t take(struct idmap *map)
{
	uint32_t id = map->first;

	if (map->used < map->max)
		return ++map->used;
	if (!id)
		return 0;
	map->first = map->entry[id - 1].next;
	if (!map->first)
		map->last = 0;
	return id;
}

uint32_t idmap_get(struct idmap *map, const char *name)
{
	uint32_t id = idmap_find(map, name);
	struct idmap_entry *e;

	if (id)
		return id;
	id = take(map);
	if (!id)
		return 0;
	e = &map->entry[id - 1];
	snprintf(e->name, sizeof(e->name), "%s", name);
	HASH_ADD_STR(map->by_name, name, e);
	return id;
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

uint32_t idmap_max(const struct idmap *map)
{
	return map->max;
}

void idmap_put(struct idmap *map, uint32_t id)
{
	struct idmap_entry *e;

	if (!idmap_name(map, id))
		return;
	e = &map->entry[id - 1];
	HASH_DEL(map->by_name, e);
	e->name[0] = 0;
	e->next = 0;
	if (map->last)
		map->entry[map->last - 1].next = id;
	else
		map->first = id;
	map->last = id;
}
