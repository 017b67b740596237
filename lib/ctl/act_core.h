// What the actions' files share: the functions that the table names.
#pragma once

#include <errno.h>

#include "ctl/act.h"
#include "ctl/core.h"

// act_show.c: the gateway's parts
void act_show_version(struct ctl *ctl, struct act_call *call);
void act_show_ports(struct ctl *ctl, struct act_call *call);
void act_show_workers(struct ctl *ctl, struct act_call *call);
void act_show_drops(struct ctl *ctl, struct act_call *call);
void act_show_algorithms(struct ctl *ctl, struct act_call *call);

// act_route.c: where packets go
void act_show_routes(struct ctl *ctl, struct act_call *call);
void act_show_policies(struct ctl *ctl, struct act_call *call);
void act_show_neighbours(struct ctl *ctl, struct act_call *call);

// act_tunnel.c: tunnels and their SAs
void act_show_top(struct ctl *ctl, struct act_call *call);
void act_show_tunnels(struct ctl *ctl, struct act_call *call);
void act_show_ike(struct ctl *ctl, struct act_call *call);
void act_show_sa(struct ctl *ctl, struct act_call *call);
void act_each_tunnel(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx);
// The one that the first argument names; NULL: there is none, and the call is done.
struct tunnel *act_tunnel_of(struct ctl *ctl, struct act_call *call);

// act_connection.c: which tunnel of each carries the traffic
// That of its best tunnel, as logbook_status.
const char *act_connection_status(const struct ctl *ctl, const struct conn *conn);
void act_show_connections(struct ctl *ctl, struct act_call *call);

// act_health.c: pings through tunnels
void act_show_health(struct ctl *ctl, struct act_call *call);
json_t *act_echo_json(const struct echo *echo); // null when there are none

// act_commit.c: versions of what shell and API have made
void act_show_commit(struct ctl *ctl, struct act_call *call);
void act_commit(struct ctl *ctl, struct act_call *call);
void act_commit_confirm(struct ctl *ctl, struct act_call *call);
void act_rollback(struct ctl *ctl, struct act_call *call);

// act_do.c: what changes something
void act_tunnel_up(struct ctl *ctl, struct act_call *call);
void act_tunnel_down(struct ctl *ctl, struct act_call *call);
void act_tunnel_rekey(struct ctl *ctl, struct act_call *call);
void act_tunnel_rekey_ike(struct ctl *ctl, struct act_call *call);
void act_tunnel_reset(struct ctl *ctl, struct act_call *call);
void act_reload(struct ctl *ctl, struct act_call *call);
void act_clear_counters(struct ctl *ctl, struct act_call *call);
// The complaints of one kind about a file as a list of sentences.
json_t *act_sentences(const struct report *report, const char *file, bool warnings);

// act_peer_config.c
void act_show_peer_config(struct ctl *ctl, struct act_call *call);

// act_diagnose.c
void act_diagnose_tunnel(struct ctl *ctl, struct act_call *call);
void act_show_log(struct ctl *ctl, struct act_call *call);

// act_diagnose_connection.c
void act_diagnose_connection(struct ctl *ctl, struct act_call *call);

// act_gateway.c: VPN gateways and customer gateways
void act_vpn_gateway_create(struct ctl *ctl, struct act_call *call);
void act_vpn_gateway_modify(struct ctl *ctl, struct act_call *call);
void act_vpn_gateway_upgrade(struct ctl *ctl, struct act_call *call);
void act_vpn_gateway_delete(struct ctl *ctl, struct act_call *call);
void act_customer_gateway_create(struct ctl *ctl, struct act_call *call);
void act_customer_gateway_modify(struct ctl *ctl, struct act_call *call);
void act_customer_gateway_delete(struct ctl *ctl, struct act_call *call);

// act_link.c: IPsec-VPN connections and their tunnels
void act_connection_create(struct ctl *ctl, struct act_call *call);
void act_connection_modify(struct ctl *ctl, struct act_call *call);
void act_connection_delete(struct ctl *ctl, struct act_call *call);
void act_tunnel_modify(struct ctl *ctl, struct act_call *call);

// act_entry.c: routes of VPN gateways
void act_destination_route_create(struct ctl *ctl, struct act_call *call);
void act_destination_route_modify(struct ctl *ctl, struct act_call *call);
void act_destination_route_delete(struct ctl *ctl, struct act_call *call);
void act_policy_route_create(struct ctl *ctl, struct act_call *call);
void act_policy_route_modify(struct ctl *ctl, struct act_call *call);
void act_policy_route_delete(struct ctl *ctl, struct act_call *call);

// act_config.c: resources as they are configured
void act_show_vpn_gateways(struct ctl *ctl, struct act_call *call);
void act_show_vpn_gateway(struct ctl *ctl, struct act_call *call);
void act_show_customer_gateways(struct ctl *ctl, struct act_call *call);
void act_show_customer_gateway(struct ctl *ctl, struct act_call *call);
void act_show_connection(struct ctl *ctl, struct act_call *call);
void act_show_destination_routes(struct ctl *ctl, struct act_call *call);
void act_show_policy_routes(struct ctl *ctl, struct act_call *call);

// act_trace.c
void act_trace(struct ctl *ctl, struct act_call *call);
void act_trace_ike(struct ctl *ctl, struct act_call *call);
void act_trace_end(struct ctl *ctl, struct act_call *call);

// Seconds since a time; 0 for "never".
static inline json_int_t act_age_s(mono_us_t at)
{
	mono_us_t now = mono_now();

	return at && now > at ? (json_int_t)((now - at) / 1000000) : 0;
}

// Seconds until a time; NULL (nothing to show) for "never".
static inline json_t *act_left_s(mono_us_t at)
{
	mono_us_t now = mono_now();

	return at ? json_integer(at > now ? (json_int_t)((at - now) / 1000000) : 0) : NULL;
}

// Finish with a list or object; tree NULL: there was no memory for it.
static inline void act_answer(struct act_call *call, json_t *tree)
{
	act_done(call, tree ? 0 : -ENOMEM, tree, NULL);
}
