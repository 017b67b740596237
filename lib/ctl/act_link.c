// IPsec-VPN connections and their tunnels: made, changed, deleted.
#include <string.h>

#include "ctl/act_edit.h"
#include "ctl/act_set.h"
#include "ctl/edit.h"

static const struct schema *connection_schema(void)
{
	return schema_find(&schema_model, "connections")->sub;
}

// What the call says of a connection and its tunnels. The connection first: effect-immediately is
// about all of them, start about one.
static int give(struct act_edit *e, struct model_connection *connection)
{
	const struct schema *schema = connection_schema();
	const struct schema *tunnel = schema_find(schema, "tunnels")->sub;
	int err = act_set(e->call, 0, schema, connection, &e->report);

	for (unsigned int i = 0; i < connection->tunnels.n && !err; i++)
		err = act_set(e->call, i + 1, tunnel, &connection->tunnels.v[i], &e->report);
	// what has no key gets one, also when the line says psk= with nothing behind it.
	return err ? err : make_keys(connection, e->make.keys);
}

static json_t *result_of(const struct model_connection *connection)
{
	json_t *tunnels = json_array();

	for (size_t i = 0; i < connection->tunnels.n; i++)
		json_array_append_new(tunnels, json_string(connection->tunnels.v[i].name));
	return json_pack("{s:s, s:o}", "id", connection->name, "tunnels", tunnels);
}

// A tunnel that the connection does not have.
static void complain_of_tunnel(struct act_edit *e, const struct model_connection *connection)
{
	const struct path where = {"tunnel2"};

	if (connection->tunnels.n == 1 && act_set_has(e->call, 2))
		report_add(&e->report, "wrong-number", &where,
			"connections of this VPN gateway have one tunnel",
			"a VPN gateway with redundancy=dual (vpn-gateway upgrade)", NULL);
}

static void finish(struct act_edit *e, struct model_connection *connection)
{
	int err = give(e, connection);

	if (err) {
		act_edit_fail(e, err, NULL, NULL);
		return;
	}
	complain_of_tunnel(e, connection);
	act_edit_about(e, connection);
	act_edit_end(e, result_of(connection));
}

static void create(struct act_edit *e, const struct model_vpn_gateway *gateway)
{
	const struct act_value *id = act_value(e->call, "id", 0);
	struct model_connection *connection = make_connection(
		e->state, &e->make, id && *id->text ? id->text : NULL, gateway);

	if (connection)
		finish(e, connection);
	else
		act_edit_fail(e, -ENOMEM, NULL, NULL);
}

void act_connection_create(struct ctl *ctl, struct act_call *call)
{
	const struct act_value *v = act_value(call, "vpn-gateway", 0);
	const struct model_vpn_gateway *gateway = v ? act_find(ctl, act_vpn_gateways.list, v->text)
						    : NULL;
	struct act_edit e;
	struct why why;
	int err;

	if (!act_edit_begin(&e, ctl, call, "connections"))
		return;
	if (v && !gateway) {
		err = act_missing(call, &act_vpn_gateways, v->text, &why);
		act_edit_fail(&e, err, NULL, &why);
		return;
	}
	if (gateway)
		create(&e, gateway);
	else
		act_edit_end(&e, NULL); // it must be given
}

void act_connection_modify(struct ctl *ctl, struct act_call *call)
{
	struct model_connection *connection;
	struct act_edit e;

	if (!act_edit_begin(&e, ctl, call, "connections"))
		return;
	connection = act_edit_find(&e, &act_connections, call->arg[0]);
	if (connection)
		finish(&e, connection);
}

// The connection of a tunnel, which is put to *at. NULL: there is none.
static struct model_connection *connection_of(
	const struct model *m, const char *tunnel, unsigned int *at)
{
	for (size_t i = 0; i < m->connections.n; i++) {
		struct model_connection *connection = m->connections.v + i;

		for (*at = 0; *at < connection->tunnels.n; ++*at) {
			if (!strcmp(connection->tunnels.v[*at].name, tunnel))
				return connection;
		}
	}
	return NULL;
}

void act_tunnel_modify(struct ctl *ctl, struct act_call *call)
{
	const struct schema *schema = schema_find(connection_schema(), "tunnels")->sub;
	struct model_connection *connection;
	struct act_edit e;
	struct why why;
	unsigned int at;
	int err;

	connection = connection_of(ctl->model, call->arg[0], &at);
	if (!connection) {
		err = act_missing(call, &act_tunnels, call->arg[0], &why);
		act_done(call, err, NULL, &why);
		return;
	}
	if (!act_edit_begin(&e, ctl, call, "connections"))
		return;
	connection = act_edit_find(&e, &act_connections, connection->name);
	if (!connection)
		return;
	err = act_set(call, 1, schema, &connection->tunnels.v[at], &e.report);
	if (!err)
		err = make_keys(connection, e.make.keys);
	if (err) {
		act_edit_fail(&e, err, NULL, NULL);
		return;
	}
	act_edit_about(&e, connection);
	snprintf(e.place + strlen(e.place), sizeof(e.place) - strlen(e.place), ".tunnels[%u]", at);
	act_edit_end(&e, json_pack("{s:s}", "id", call->arg[0]));
}

// Routes of shell and API to a connection go with it; those of the file are a complaint.
static size_t remove_routes(struct act_edit *e, const char *list, const char *connection)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	const struct schema_leaf *to = schema_find(leaf->sub, "connection");
	const struct schema_list *l = schema_at(leaf, e->state);
	size_t removed = 0;

	for (size_t i = l->n; i-- > 0;) {
		const char *route = (const char *)l->v + i * leaf->sub->size;

		if (strcmp(*(char **)schema_at(to, route), connection) != 0)
			continue;
		act_edit_remove(e, list, route);
		removed++;
	}
	return removed;
}

void act_connection_delete(struct ctl *ctl, struct act_call *call)
{
	struct model_connection *connection;
	size_t destination, policy, tunnels;
	struct why why = {};
	struct act_edit e;

	if (!act_edit_begin(&e, ctl, call, "connections"))
		return;
	connection = act_edit_find(&e, &act_connections, call->arg[0]);
	if (!connection)
		return;
	tunnels = connection->tunnels.n;
	destination = remove_routes(&e, "destination_routes", call->arg[0]);
	policy = remove_routes(&e, "policy_routes", call->arg[0]);
	act_edit_remove(&e, "connections", connection);
	why_fmt(&why, what,
		"this deletes %.32s: %zu tunnels, %zu destination routes, %zu policy routes",
		call->arg[0], tunnels, destination, policy);
	if (act_edit_sure(&e, &why))
		act_edit_end(
			&e, json_pack("{s:s, s:I, s:I, s:I}", "deleted", call->arg[0], "tunnels",
				    (json_int_t)tunnels, "destination_routes",
				    (json_int_t)destination, "policy_routes", (json_int_t)policy));
}
