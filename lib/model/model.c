#include "model/model.h"

#include <string.h>

#include "model/object.h"

int model_init(struct model *m)
{
	return object_init(&schema_model, m);
}

void model_fini(struct model *m)
{
	object_fini(&schema_model, m);
}

int model_copy(struct model *dst, const struct model *src)
{
	return object_copy(&schema_model, dst, src);
}

// One body for four lists: element types differ, their first member is the name.
#define FIND(list)                                            \
	do {                                                  \
		for (size_t i = 0; i < m->list.n; i++) {      \
			if (!strcmp(m->list.v[i].name, name)) \
				return &m->list.v[i];         \
		}                                             \
		return NULL;                                  \
	} while (0)

const struct model_port *model_find_port(const struct model *m, const char *name)
{
	FIND(ports);
}

const struct model_gateway_address *model_find_gateway_address(
	const struct model *m, const char *name)
{
	FIND(gateway_addresses);
}

const struct model_peer *model_find_peer(const struct model *m, const char *name)
{
	FIND(peers);
}

const struct model_connection *model_find_connection(const struct model *m, const char *name)
{
	FIND(connections);
}
