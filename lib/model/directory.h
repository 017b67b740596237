// Where each named object of one model stands: for who looks up thousands of them.
#pragma once

#include "model/model.h"
#include "model/names.h"

// Valid as long as the model stays as it is.
struct directory {
	const struct model *m;
	struct names ports, gateway_addresses, vpn_gateways, customer_gateways, connections;
};

// returns 0 or -ENOMEM
[[nodiscard]] int directory_init(struct directory *d, const struct model *m);
void directory_fini(struct directory *d);

// The element of that name; NULL when there is none, and of "".
const struct model_port *directory_port(const struct directory *d, const char *name);
const struct model_gateway_address *directory_gateway_address(
	const struct directory *d, const char *name);
const struct model_vpn_gateway *directory_vpn_gateway(const struct directory *d, const char *name);
const struct model_customer_gateway *directory_customer_gateway(
	const struct directory *d, const char *name);
const struct model_connection *directory_connection(const struct directory *d, const char *name);

// As model_gateway_address_of.
const char *directory_gateway_address_of(const struct directory *d,
	const struct model_connection *conn, const struct model_tunnel *tunnel);
