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

// One body for all lists: element types differ, their first member is the name.
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

const struct model_customer_gateway *model_find_customer_gateway(
	const struct model *m, const char *name)
{
	FIND(customer_gateways);
}

const struct model_connection *model_find_connection(const struct model *m, const char *name)
{
	FIND(connections);
}

const struct model_vpn_gateway *model_find_vpn_gateway(const struct model *m, const char *name)
{
	FIND(vpn_gateways);
}

const char *model_gateway_address_of(const struct model *m, const struct model_connection *conn,
	const struct model_tunnel *tunnel)
{
	return model_gateway_address_on(
		*conn->vpn_gateway ? model_find_vpn_gateway(m, conn->vpn_gateway) : NULL, conn,
		tunnel);
}

const char *model_gateway_address_on(const struct model_vpn_gateway *gateway,
	const struct model_connection *conn, const struct model_tunnel *tunnel)
{
	size_t at = (size_t)(tunnel - conn->tunnels.v);

	if (*tunnel->gateway_address || !*conn->vpn_gateway)
		return tunnel->gateway_address;
	return gateway && at < gateway->addresses.n ? gateway->addresses.v[at] : "";
}

static bool is_everything(const struct cidr *v, size_t n)
{
	return n == 1 && v[0].addr.family != ADDR_NONE && v[0].bits == 0;
}

bool model_is_destination_mode(const struct model_connection *conn)
{
	return is_everything(conn->local_networks.v, conn->local_networks.n) &&
	       is_everything(conn->remote_networks.v, conn->remote_networks.n);
}

size_t model_pairs(const struct model_connection *conn)
{
	size_t n = 0;

	for (size_t i = 0; i < conn->local_networks.n; i++) {
		for (size_t j = 0; j < conn->remote_networks.n; j++)
			n += conn->local_networks.v[i].addr.family ==
			     conn->remote_networks.v[j].addr.family;
	}
	return n;
}
