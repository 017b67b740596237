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
	MODEL_NAME = 64,	  // bytes of a name with its terminator; a policy's 32, a port's 16
	MODEL_TUNNELS = 2,	  // of one connection: 1 carries the traffic, 2 stands by
	MODEL_PROPOSALS = 8,	  // of one list
	MODEL_CHILDREN = 32,	  // of one tunnel
	MODEL_LIFETIME_S = 86400, // the longest, and what 0 stands for
	MODEL_NETWORKS = 32,	  // of one list of networks
	MODEL_ANY_PROTO = 0,	  // model_policy.protocol
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
};

struct model_peer {
	char *name;
	struct addr address; // none: any; its tunnels only answer
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

struct model_tunnel {
	char *name; // unique in the whole model
	char *gateway_address;
	char *peer;
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
};

struct model_connection {
	char *name;
	MODEL_LIST(struct cidr) local_networks;
	MODEL_LIST(struct cidr) remote_networks;
	MODEL_LIST(struct model_tunnel) tunnels;
};

// Exactly one of connection, port (with next_hop, unless on link) and discard.
struct model_route {
	struct cidr destination;
	char *connection;
	char *port;
	struct addr next_hop;
	bool discard;
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
	MODEL_LIST(struct model_peer) peers;
	MODEL_LIST(struct model_connection) connections;
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
// look-ups build a struct names (model/names.h).
const struct model_port *model_find_port(const struct model *m, const char *name);
const struct model_gateway_address *model_find_gateway_address(
	const struct model *m, const char *name);
const struct model_peer *model_find_peer(const struct model *m, const char *name);
const struct model_connection *model_find_connection(const struct model *m, const char *name);
