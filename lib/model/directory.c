#include "model/directory.h"

#include <string.h>

#include "model/schema.h"

int directory_init(struct directory *d, const struct model *m)
{
	const struct {
		const char *list;
		struct names *names;
	} rows[] = {
		{"ports", &d->ports},
		{"gateway_addresses", &d->gateway_addresses},
		{"vpn_gateways", &d->vpn_gateways},
		{"customer_gateways", &d->customer_gateways},
		{"connections", &d->connections},
	};
	int err = 0;

	*d = (struct directory){.m = m};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !err; i++) {
		const struct schema_leaf *leaf = schema_find(&schema_model, rows[i].list);

		err = names_init(rows[i].names, leaf->sub, schema_at(leaf, m));
	}
	if (err)
		directory_fini(d);
	return err;
}

void directory_fini(struct directory *d)
{
	names_fini(&d->ports);
	names_fini(&d->gateway_addresses);
	names_fini(&d->vpn_gateways);
	names_fini(&d->customer_gateways);
	names_fini(&d->connections);
}

#define NAMED(list)                                                       \
	do {                                                              \
		const struct names_row *row = names_find(&d->list, name); \
                                                                          \
		return row && *name ? &d->m->list.v[row->at] : NULL;      \
	} while (0)

const struct model_port *directory_port(const struct directory *d, const char *name)
{
	NAMED(ports);
}

const struct model_gateway_address *directory_gateway_address(
	const struct directory *d, const char *name)
{
	NAMED(gateway_addresses);
}

const struct model_vpn_gateway *directory_vpn_gateway(const struct directory *d, const char *name)
{
	NAMED(vpn_gateways);
}

const struct model_customer_gateway *directory_customer_gateway(
	const struct directory *d, const char *name)
{
	NAMED(customer_gateways);
}

const struct model_connection *directory_connection(const struct directory *d, const char *name)
{
	NAMED(connections);
}

const char *directory_gateway_address_of(const struct directory *d,
	const struct model_connection *conn, const struct model_tunnel *tunnel)
{
	return model_gateway_address_on(directory_vpn_gateway(d, conn->vpn_gateway), conn, tunnel);
}
