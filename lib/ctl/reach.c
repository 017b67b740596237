#include "ctl/reach.h"

#include <string.h>

#include "ctl/group.h"
#include "ctl/gwroute.h"

static bool by_policy_route(const struct ctl *ctl, const struct conn *conn)
{
	struct gwroutes routes;
	bool found = false;

	if (gwroutes_init(&routes, ctl->model))
		return false;
	for (size_t i = 0; i < routes.n && routes.v[i].is_policy; i++)
		found |= !strcmp(routes.v[i].connection->name, conn->name);
	gwroutes_fini(&routes);
	return found;
}

bool reach_by_policy(const struct ctl *ctl, const struct conn *conn)
{
	const struct model *m = ctl->model;

	for (size_t i = 0; i < m->policies.n; i++) {
		if (!strcmp(m->policies.v[i].connection, conn->name))
			return true;
	}
	return by_policy_route(ctl, conn);
}

bool reach_by_hop(const struct ctl *ctl, const struct rib_hop *hop, const struct conn *conn)
{
	const struct group *group = hop && hop->kind == RIB_GROUP ? group_find(ctl, hop->id) : NULL;

	return group ? group_has(group, conn)
		     : hop && hop->kind == RIB_CONNECTION && hop->id == conn->id;
}
