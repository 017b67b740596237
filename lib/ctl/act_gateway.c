// VPN gateways and customer gateways: made, changed, deleted.
#include <string.h>

#include "ctl/act_edit.h"
#include "ctl/act_set.h"
#include "ctl/edit.h"

static const char *custom_id(const struct act_call *call)
{
	const struct act_value *id = act_value(call, "id", 0);

	return id && *id->text ? id->text : NULL;
}

static const struct schema *schema_of(const char *list)
{
	return schema_find(&schema_model, list)->sub;
}

// object: of the kind's list; NULL: no memory.
static void give(struct act_edit *e, const struct act_kind *kind, void *object)
{
	const struct schema *schema = schema_of(kind->list);
	char key[OBJECT_KEY];

	if (!object || act_set(e->call, 0, schema, object, &e->report)) {
		act_edit_fail(e, -ENOMEM, NULL, NULL);
		return;
	}
	act_edit_about(e, object);
	act_edit_end(e, json_pack("{s:s}", "id", object_key(schema, object, key)));
}

void act_vpn_gateway_create(struct ctl *ctl, struct act_call *call)
{
	struct act_edit e;

	if (act_edit_begin(&e, ctl, call, act_vpn_gateways.list))
		give(&e, &act_vpn_gateways, make_vpn_gateway(e.state, &e.make, custom_id(call)));
}

void act_customer_gateway_create(struct ctl *ctl, struct act_call *call)
{
	struct act_edit e;

	if (act_edit_begin(&e, ctl, call, act_customer_gateways.list))
		give(&e, &act_customer_gateways,
			make_customer_gateway(e.state, &e.make, custom_id(call)));
}

static void modify(struct ctl *ctl, struct act_call *call, const struct act_kind *kind)
{
	struct act_edit e;
	void *object;

	if (!act_edit_begin(&e, ctl, call, kind->list))
		return;
	object = act_edit_find(&e, kind, call->arg[0]);
	if (object)
		give(&e, kind, object);
}

void act_vpn_gateway_modify(struct ctl *ctl, struct act_call *call)
{
	modify(ctl, call, &act_vpn_gateways);
}

void act_customer_gateway_modify(struct ctl *ctl, struct act_call *call)
{
	modify(ctl, call, &act_customer_gateways);
}

// Tunnel 2 of a connection that had one: as tunnel 1, but for what must be its own. The peer's side
// of it is set up with the same key, to the gateway's second address.
static int add_second(struct act_edit *e, struct model_connection *connection)
{
	const struct schema *schema = schema_find(schema_of("connections"), "tunnels")->sub;
	struct model_tunnel copy, *second;
	char *name;
	int err = make_tunnels(connection, &e->make, MODEL_TUNNELS);

	if (err)
		return err;
	err = object_copy(schema, &copy, &connection->tunnels.v[0]);
	second = &connection->tunnels.v[1];
	if (!err) {
		const struct model_tunnel old = *second;

		name = copy.name;
		copy.name = old.name;
		copy.bgp.tunnel_cidr = old.bgp.tunnel_cidr; // each has its own, to be given
		copy.bgp.local_address = old.bgp.local_address;
		*second = copy;
		copy = old;
		copy.name = name;
	}
	object_fini(schema, &copy);
	return err;
}

// single -> dual. Tunnel 1 of each connection carries on.
void act_vpn_gateway_upgrade(struct ctl *ctl, struct act_call *call)
{
	struct model_vpn_gateway *gateway;
	struct act_edit e;
	int err = 0;

	if (!act_edit_begin(&e, ctl, call, act_vpn_gateways.list))
		return;
	gateway = act_edit_find(&e, &act_vpn_gateways, call->arg[0]);
	if (!gateway)
		return;
	gateway->redundancy = MODEL_DUAL;
	for (size_t i = 0; i < e.state->connections.n && !err; i++) {
		struct model_connection *connection = &e.state->connections.v[i];

		if (!strcmp(connection->vpn_gateway, gateway->name) && connection->tunnels.n == 1)
			err = add_second(&e, connection);
	}
	if (err)
		act_edit_fail(&e, err, NULL, NULL);
	else
		give(&e, &act_vpn_gateways, gateway);
}

// What uses it is a complaint of the check (in-use).
static void remove_one(
	struct ctl *ctl, struct act_call *call, const struct act_kind *kind, const char *what)
{
	struct why why = {};
	struct act_edit e;
	void *object;

	if (!act_edit_begin(&e, ctl, call, kind->list))
		return;
	object = act_edit_find(&e, kind, call->arg[0]);
	if (!object)
		return;
	act_edit_remove(&e, kind->list, object);
	why_fmt(&why, what, "this deletes the %s %.50s", what, call->arg[0]);
	if (act_edit_sure(&e, &why))
		act_edit_end(&e, json_pack("{s:s}", "deleted", call->arg[0]));
}

void act_vpn_gateway_delete(struct ctl *ctl, struct act_call *call)
{
	remove_one(ctl, call, &act_vpn_gateways, "VPN gateway");
}

void act_customer_gateway_delete(struct ctl *ctl, struct act_call *call)
{
	remove_one(ctl, call, &act_customer_gateways, "customer gateway");
}
