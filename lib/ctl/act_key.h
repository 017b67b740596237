// The keys of the actions that change resources: NAME=VALUE in the shell, the parameters of the
// HTTP API (API.md 2.1 to 2.4). Each table ends with a name of NULL; where `modify` knows less than
// `create`, its table is the end of the other one.
#pragma once

#include "ctl/act.h"

// What only a new object can be told comes first: that many rows.
enum {
	ACT_VPN_GATEWAY_FIRST = 4,
	ACT_CUSTOMER_GATEWAY_FIRST = 3,
	ACT_CONNECTION_FIRST = 2,
	ACT_CONNECTION_OWN = 19, // and all of the connection's, before those of its tunnels
};

extern const struct act_key act_vpn_gateway_keys[];
extern const struct act_key act_vpn_gateway_upgrade_keys[];
extern const struct act_key act_customer_gateway_keys[];
extern const struct act_key act_connection_keys[]; // with those of tunnels
extern const struct act_key act_destination_route_create_keys[];
extern const struct act_key act_destination_route_modify_keys[];
extern const struct act_key act_destination_route_delete_keys[];
extern const struct act_key act_policy_route_create_keys[];
extern const struct act_key act_policy_route_modify_keys[];
extern const struct act_key act_policy_route_delete_keys[];
extern const struct act_key act_delete_keys[]; // --yes

// Names for completion: resources, and the words of algorithms.
void act_each_vpn_gateway(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx);
void act_each_customer_gateway(
	struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx);
void act_each_connection(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx);
