// Routes of VPN gateways, by destination and by policy: made, changed, deleted.
#include <string.h>

#include "ctl/act_edit.h"
#include "ctl/act_set.h"
#include "model/value.h"

static const char destination_routes[] = "destination_routes", policy_routes[] = "policy_routes";

// The API's name of the gateway, if said, is that of the connection.
static bool belongs(struct act_edit *e)
{
	const struct act_value *gateway = act_value(e->call, "vpn-gateway", 0);
	const struct act_value *to = act_value(e->call, "connection", 0);
	const struct model_connection *connection = to ? act_find(e->ctl, "connections", to->text)
						       : NULL;
	struct why why;
	int err;

	if (!gateway || !connection || !strcmp(connection->vpn_gateway, gateway->text))
		return true;
	if (!act_find(e->ctl, act_vpn_gateways.list, gateway->text))
		err = act_missing(e->call, &act_vpn_gateways, gateway->text, &why);
	else
		err = why_set(&why, -EINVAL, "the connection is another VPN gateway's",
			"vpn-gateway", connection->vpn_gateway, gateway->text);
	act_edit_fail(e, err, NULL, &why);
	return false;
}

static json_t *route_json(const char *list, const void *route)
{
	const struct schema *schema = schema_find(&schema_model, list)->sub;
	json_t *tree = json_object();
	char text[VALUE_TEXT];

	for (size_t i = 0; i < schema->keys; i++)
		json_object_set_new(tree, schema->leaf[i].name,
			json_string(value_show(
				&schema->leaf[i], schema_at(&schema->leaf[i], route), text)));
	return tree;
}

static void create(struct ctl *ctl, struct act_call *call, const char *list)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	struct act_edit e;
	void *route;

	if (!act_edit_begin(&e, ctl, call, list) || !belongs(&e))
		return;
	route = object_add(leaf, schema_at(leaf, e.state));
	if (!route || act_set(call, 0, leaf->sub, route, &e.report)) {
		act_edit_fail(&e, -ENOMEM, NULL, NULL);
		return;
	}
	*(uint64_t *)schema_at(schema_find(leaf->sub, "created_ms"), route) = e.make.now_ms;
	act_edit_about(&e, route);
	act_edit_end(&e, route_json(list, route));
}

// The route that the keys name, with its key as text: prefixes may be written in several ways.
static void *find(struct act_edit *e, const char *list)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	const struct act_kind kind = {list, act_routes.code, act_routes.sentence};
	struct schema_list one = {};
	char key[OBJECT_KEY] = "";
	void *route = object_add(leaf, &one);
	int err = route ? act_set(e->call, 0, leaf->sub, route, &e->report) : -ENOMEM;

	if (route)
		object_key(leaf->sub, route, key);
	object_clear(leaf, &one);
	if (err) {
		act_edit_fail(e, err, NULL, NULL);
		return NULL;
	}
	if (e->report.errors) {
		act_edit_end(e, NULL); // says what is wrong
		return NULL;
	}
	return act_edit_find(e, &kind, key);
}

static void modify(struct ctl *ctl, struct act_call *call, const char *list)
{
	struct act_edit e;
	void *route;

	if (!act_edit_begin(&e, ctl, call, list) || !belongs(&e))
		return;
	route = find(&e, list);
	if (!route)
		return;
	if (act_set(call, 0, schema_find(&schema_model, list)->sub, route, &e.report)) {
		act_edit_fail(&e, -ENOMEM, NULL, NULL);
		return;
	}
	act_edit_about(&e, route);
	act_edit_end(&e, route_json(list, route));
}

static void remove_one(struct ctl *ctl, struct act_call *call, const char *list)
{
	char key[OBJECT_KEY];
	struct why why = {};
	struct act_edit e;
	json_t *gone;
	void *route;

	if (!act_edit_begin(&e, ctl, call, list) || !belongs(&e))
		return;
	route = find(&e, list);
	if (!route)
		return;
	object_key(schema_find(&schema_model, list)->sub, route, key);
	gone = route_json(list, route);
	act_edit_remove(&e, list, route);
	why_fmt(&why, what, "this deletes the route %.75s", key);
	if (act_edit_sure(&e, &why))
		act_edit_end(&e, json_pack("{s:o}", "deleted", gone));
	else
		json_decref(gone);
}

void act_destination_route_create(struct ctl *ctl, struct act_call *call)
{
	create(ctl, call, destination_routes);
}

void act_destination_route_modify(struct ctl *ctl, struct act_call *call)
{
	modify(ctl, call, destination_routes);
}

void act_destination_route_delete(struct ctl *ctl, struct act_call *call)
{
	remove_one(ctl, call, destination_routes);
}

void act_policy_route_create(struct ctl *ctl, struct act_call *call)
{
	create(ctl, call, policy_routes);
}

void act_policy_route_modify(struct ctl *ctl, struct act_call *call)
{
	modify(ctl, call, policy_routes);
}

void act_policy_route_delete(struct ctl *ctl, struct act_call *call)
{
	remove_one(ctl, call, policy_routes);
}
