// The configuration as plain structs: what the running gateway is, and what a candidate would be.
//
// schema.c describes every leaf once; loading, showing, comparing, copying and freeing derive from
// it. No pointer is shared between two models. Texts are never NULL: "" is "not given", as are an
// address of family ADDR_NONE and a secret without bytes. Names refer by text; check.c makes sure
// that what they name exists.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/proposal.h"
#include "base/secret.h"
#include "net/addr.h"

// A counted array on the heap; all have the same shape, so that the schema can walk them.
#define MODEL_LIST(type)  \
	struct {          \
		type *v;  \
		size_t n; \
	}

enum {
	MODEL_NAME = 64,   // bytes of a name with its terminator; a policy's 32, a port's 16
	MODEL_TUNNELS = 2, // of one connection: 1 carries the traffic, 2 stands by
	MODEL_TUNNELS_ALL = 32767, // of all connections
	MODEL_PROPOSALS = 8,	   // of one list
	MODEL_CHILDREN = 32,	   // of one tunnel
	MODEL_LIFETIME_S = 86400,  // the longest, and what 0 stands for
	MODEL_NETWORKS = 32,	   // of one list of networks
	MODEL_ANY_PROTO = 0,	   // model_policy.protocol
};

enum model_idle { MODEL_IDLE_POLL, MODEL_IDLE_SLEEP };
enum model_hugepages { MODEL_HUGEPAGES_AUTO, MODEL_HUGEPAGES_ON, MODEL_HUGEPAGES_OFF };
enum model_log_target { MODEL_LOG_STDERR, MODEL_LOG_SYSLOG };
enum model_role { MODEL_INSIDE, MODEL_OUTSIDE };
enum model_version { MODEL_IKEV1 = 1, MODEL_IKEV2 };
enum model_mode { MODEL_MAIN, MODEL_AGGRESSIVE };
enum model_dpd_action { MODEL_DPD_RESTART, MODEL_DPD_CLEAR, MODEL_DPD_HOLD };
enum model_start { MODEL_START_IMMEDIATE, MODEL_START_TRAFFIC, MODEL_START_NONE };
enum model_df { MODEL_DF_COPY, MODEL_DF_SET, MODEL_DF_CLEAR };
enum model_mss { MODEL_MSS_AUTO, MODEL_MSS_OFF };
enum model_policy_action { MODEL_PROTECT, MODEL_BYPASS, MODEL_DISCARD };
enum model_redundancy { MODEL_DUAL, MODEL_SINGLE }; // tunnels of a VPN gateway's connections
enum model_health_policy { MODEL_REVOKE_ROUTE, MODEL_RESERVE_ROUTE };

// "203.0.113.1/24": an address with the length of its network's prefix, host bits kept.
struct model_ifaddr {
	struct addr addr;
	uint8_t bits;
};

struct model_log {
	uint32_t level; // enum log_level
	enum model_log_target target;
};

struct model_logbook {
	char *directory;   // of a file for each tunnel; "": in memory alone
	uint32_t size_kib; // of one file
};

// What is handed up to the control core at most, of one kind.
struct model_rate {
	uint32_t pps, burst;
};

struct model_limits {
	struct model_rate ike, ike_new, host;
	uint32_t cookie_above, half_open, half_open_source;
	uint32_t tunnels;    // at most
	uint32_t start_rate; // negotiations that we begin in a second
};

struct model_system {
	char *name; // of this gateway, in prompts and logs
	uint32_t control_lcore;
	uint32_t helper_threads;
	MODEL_LIST(uint32_t) worker_lcores;
	enum model_idle idle;
	uint32_t memory_mb;
	enum model_hugepages hugepages;
	char *user;   // that the daemon becomes after start
	char *socket; // of the shell
	char *state;  // file of what shell and API make; "": none
	struct model_log log;
	struct model_logbook logbook;
	struct model_limits limits;
};

struct model_port {
	char *name;
	char *device; // PCI address or DPDK device string
	enum model_role role;
	uint32_t mtu;
	MODEL_LIST(struct model_ifaddr) addresses;
	uint32_t rx_queues; // 0: one per worker
	char *mirror;	    // kernel interface; "": the port's name
};

struct model_gateway_address {
	char *name;
	struct addr address; // one of the networks of its port
	char *port;
	struct addr next_hop; // none: peers are neighbours
	char *zone;
};

// What a resource of the cloud API has beside its name, which is its id there.
struct model_about {
	char *label; // the API's Name: for people, need not be unique
	char *description;
	MODEL_LIST(char *) tags; // "key=value"
	uint64_t created_ms;	 // since 1970; 0: by hand
};

struct model_vpn_gateway {
	char *name;
	MODEL_LIST(char *) addresses; // gateway addresses 1 and 2, of tunnel 1 and 2
	enum model_redundancy redundancy;
	uint32_t bandwidth_mbps;
	bool auto_propagate;
	bool ecmp;
	uint32_t max_connections, max_routes, max_policy_routes;
	struct model_about about;
};

struct model_customer_gateway {
	char *name;
	struct addr address;	  // none: any; its tunnels only answer
	uint32_t asn;		  // 0: none, hence no BGP
	struct secret bgp_secret; // the API's AuthKey (RFC 2385)
	struct model_about about;
};

struct model_ike {
	MODEL_LIST(struct proposal) proposals;
	uint32_t lifetime_s; // 0: MODEL_LIFETIME_S
	bool reauth;
	bool fragmentation;
};

struct model_ipsec {
	MODEL_LIST(struct proposal) proposals;
	uint32_t lifetime_s;	   // 0: MODEL_LIFETIME_S
	uint64_t lifetime_bytes;   // 0: what the cipher bears
	uint64_t lifetime_packets; // 0: unlimited
	bool one_child_per_pair;
	uint32_t replay_window; // packets
	enum model_df df;
	bool copy_dscp;
	enum model_mss mss_clamp;
};

struct model_dpd {
	bool enabled;
	uint32_t delay_s;   // silence before asking
	uint32_t timeout_s; // unanswered before the peer counts as gone
	enum model_dpd_action action;
};

struct model_bgp {
	uint32_t local_asn;
	struct cidr tunnel_cidr;   // a /30 of 169.254.0.0/16; family ADDR_NONE: not given
	struct addr local_address; // in it
};

// Echo requests through the tunnel, so that a silent loss is seen before DPD sees it.
struct model_probe {
	struct addr address; // who answers; none: no probe
	struct addr source;  // of ours
	uint32_t interval_ms;
	uint32_t count; // unanswered before the tunnel counts as down
};

struct model_tunnel {
	char *name;	       // unique in the whole model
	char *gateway_address; // "": that of the VPN gateway (model_gateway_address_of)
	char *customer_gateway;
	struct secret pre_shared_key;
	char *pre_shared_key_file; // where the loader took pre_shared_key from
	char *local_id;		   // "": the gateway address
	char *remote_id;	   // "": the peer's address
	enum model_version version;
	enum model_mode mode; // of IKEv1
	enum model_start start;
	struct model_ike ike;
	struct model_ipsec ipsec;
	struct model_dpd dpd;
	bool nat_traversal;
	uint32_t keepalive_s;
	struct model_bgp bgp;
	struct model_probe probe;
};

// R-72, the API's HealthCheckConfig.
struct model_health {
	bool enabled;
	struct addr destination, source; // Dip, Sip
	uint32_t interval_s;
	uint32_t retry;
	enum model_health_policy policy;
	bool reset;
};

struct model_connection {
	char *name;
	MODEL_LIST(struct cidr) local_networks;
	MODEL_LIST(struct cidr) remote_networks;
	MODEL_LIST(struct model_tunnel) tunnels;
	char *vpn_gateway; // "": the tunnels name their gateway addresses
	bool auto_config_route;
	bool bgp; // EnableTunnelsBgp
	uint32_t hold_down_s;
	struct model_health health_check;
	struct model_about about;
};

// Exactly one of connection, port (with next_hop, unless on link) and discard.
struct model_route {
	struct cidr destination;
	char *connection;
	char *port;
	struct addr next_hop;
	bool discard;
};

// What carries the traffic of routes in pairs: 100 while it is usable, 0 else.
enum { MODEL_WEIGHT_ACTIVE = 100, MODEL_WEIGHT_STANDBY = 0 };

// A destination route of a VPN gateway: that of its connection.
struct model_destination_route {
	struct cidr destination;
	char *connection;
	uint32_t weight;
	bool published; // to the kernel, at the inside mirror
	char *description;
	uint64_t created_ms;
};

// A policy route of a VPN gateway. Before destination routes; by priority, then as listed.
struct model_policy_route {
	struct cidr source, destination;
	char *connection;
	uint32_t priority; // lower first
	uint32_t weight;
	bool published;
	char *description;
	uint64_t created_ms;
};

struct model_ports {
	uint16_t first, last; // 0..65535: any
};

struct model_policy {
	char *name;
	uint32_t priority; // lower first
	struct cidr source, destination;
	uint32_t protocol; // IP protocol number, MODEL_ANY_PROTO: any
	struct model_ports source_ports, destination_ports;
	enum model_policy_action action;
	char *connection; // of MODEL_PROTECT
};

struct model {
	struct model_system system;
	MODEL_LIST(struct model_port) ports;
	MODEL_LIST(struct model_gateway_address) gateway_addresses;
	MODEL_LIST(struct model_vpn_gateway) vpn_gateways;
	MODEL_LIST(struct model_customer_gateway) customer_gateways;
	MODEL_LIST(struct model_connection) connections;
	MODEL_LIST(struct model_destination_route) destination_routes;
	MODEL_LIST(struct model_policy_route) policy_routes;
	MODEL_LIST(struct model_route) routes;
	MODEL_LIST(struct model_policy) policies;
};

// Every leaf at its default, every list empty. returns 0 or -ENOMEM (m can be freed).
[[nodiscard]] int model_init(struct model *m);
// Free what m points at, secrets wiped; m is then zero and may be freed again.
void model_fini(struct model *m);
// A deep copy. returns 0 or -ENOMEM (dst can be freed).
[[nodiscard]] int model_copy(struct model *dst, const struct model *src);

// The element of that name; NULL when there is none. Linear: for a whole model's worth of
// look-ups build a struct directory (model/directory.h).
const struct model_port *model_find_port(const struct model *m, const char *name);
const struct model_gateway_address *model_find_gateway_address(
	const struct model *m, const char *name);
const struct model_customer_gateway *model_find_customer_gateway(
	const struct model *m, const char *name);
const struct model_vpn_gateway *model_find_vpn_gateway(const struct model *m, const char *name);
const struct model_connection *model_find_connection(const struct model *m, const char *name);

// The name of the gateway address that a tunnel ends at: its own word, else by its place in the
// connection that of the VPN gateway. "": there is none.
const char *model_gateway_address_of(const struct model *m, const struct model_connection *conn,
	const struct model_tunnel *tunnel);
// The same, with the VPN gateway of the connection at hand; NULL: it has none.
const char *model_gateway_address_on(const struct model_vpn_gateway *gateway,
	const struct model_connection *conn, const struct model_tunnel *tunnel);
// Pairs of a local and a remote network; only networks of one family make one.
size_t model_pairs(const struct model_connection *conn);
// Destination mode: everything may pass, and routes decide. Else policy mode.
bool model_is_destination_mode(const struct model_connection *conn);
