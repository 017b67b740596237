// Small numbers for names: the dataplane and the negotiator know tunnels and connections by number.
//
// A name keeps its number as long as it is configured, through every reload. A number given back is
// the last to be handed out again, so that a late event of the old owner finds nobody.
#pragma once

#include <stdint.h>

enum { IDMAP_NAME = 64 };

struct idmap;

// Ids 1 .. max. returns 0 or -ENOMEM
[[nodiscard]] int idmap_new(uint32_t max, struct idmap **map);
void idmap_free(struct idmap *map);

// The id of a name, given now if it has none yet; 0 when all are taken or without memory.
uint32_t idmap_get(struct idmap *map, const char *name);
uint32_t idmap_find(const struct idmap *map, const char *name); // 0: none
const char *idmap_name(const struct idmap *map, uint32_t id);	// NULL: nobody's
uint32_t idmap_max(const struct idmap *map);
void idmap_put(struct idmap *map, uint32_t id);
