#include "model/make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/id.h"
#include "model/object.h"

// Replace a text. returns 0 or -ENOMEM (as before)
static int set_text(char **text, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

// Append an element and name it; the name is the first leaf of all these objects.
static void *add(const struct schema_leaf *leaf, struct schema_list *list, const char *name)
{
	void *o = object_add(leaf, list);

	if (!o || !set_text(schema_at(&leaf->sub->leaf[0], o), name))
		return o;
	object_drop(leaf, list);
	return NULL;
}

// Append to one of the model's lists, with an id unless there is a name.
static void *add_top(struct model *m, const char *list, enum id_kind kind, const struct make *make,
	const char *name)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	char id[ID_TEXT];

	return add(leaf, schema_at(leaf, m), name ? name : id_make(kind, make->ids, id));
}

struct model_vpn_gateway *make_vpn_gateway(
	struct model *m, const struct make *make, const char *name)
{
	struct model_vpn_gateway *gateway = add_top(m, "vpn_gateways", ID_VPN_GATEWAY, make, name);

	if (gateway)
		gateway->about.created_ms = make->now_ms;
	return gateway;
}

struct model_customer_gateway *make_customer_gateway(
	struct model *m, const struct make *make, const char *name)
{
	struct model_customer_gateway *gateway = add_top(
		m, "customer_gateways", ID_CUSTOMER_GATEWAY, make, name);

	if (gateway)
		gateway->about.created_ms = make->now_ms;
	return gateway;
}

int make_tunnels(struct model_connection *connection, const struct make *make, size_t n)
{
	const struct schema *schema = schema_find(&schema_model, "connections")->sub;
	const struct schema_leaf *leaf = schema_find(schema, "tunnels");

	while (connection->tunnels.n < n) {
		char id[ID_TEXT];
		struct model_tunnel *tunnel = add(
			leaf, schema_at(leaf, connection), id_make(ID_TUNNEL, make->ids, id));

		if (!tunnel)
			return -ENOMEM;
		tunnel->start = MODEL_START_TRAFFIC;
		if (make->who == MAKE_FOR_API)
			tunnel->version = MODEL_IKEV1;
	}
	return 0;
}

struct model_connection *make_connection(struct model *m, const struct make *make, const char *name,
	const struct model_vpn_gateway *gateway)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, "connections");
	const bool single = gateway->redundancy == MODEL_SINGLE;
	struct model_connection *connection = add_top(m, "connections", ID_CONNECTION, make, name);

	if (!connection)
		return NULL;
	connection->about.created_ms = make->now_ms;
	if (!set_text(&connection->vpn_gateway, gateway->name) &&
		!make_tunnels(connection, make, single ? 1 : MODEL_TUNNELS))
		return connection;
	object_drop(leaf, schema_at(leaf, m));
	return NULL;
}

int make_keys(struct model_connection *connection, const struct rng *keys)
{
	for (size_t i = 0; i < connection->tunnels.n; i++) {
		struct model_tunnel *tunnel = &connection->tunnels.v[i];
		char key[MAKE_KEY + 1];
		int err;

		if (tunnel->pre_shared_key.len || *tunnel->pre_shared_key_file)
			continue;
		id_random_text(keys,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", key,
			MAKE_KEY);
		err = secret_copy(&tunnel->pre_shared_key, key, MAKE_KEY);
		wipe(key, sizeof(key));
		if (err)
			return err;
	}
	return 0;
}
