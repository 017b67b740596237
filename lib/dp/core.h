// The dataplane's own structures, shared by the files of this directory.
#pragma once

#include <stdatomic.h>
#include <sys/queue.h>

#include "dp/dp.h"
#include "dp/pool.h"
#include "dp/reclaim.h"
#include "dp/table/ikespi.h"
#include "dp/table/neigh.h"
#include "dp/table/sad.h"
#include "dp/table/view.h"
#include "dp/verdict.h"

struct worker;
struct reasm;

enum { DP_DRIVERS = 8, DP_EVENTS = 64, PMTU_MIN = 576 };

// An IP packet that waits on the control core.
struct held {
	uint8_t *b; // NULL: none
	size_t len;
	uint8_t origin, port; // as it entered
	uint32_t id;
	mono_us_t at;
};

// The connections that a group may take. Immutable.
struct members {
	struct retired retired;
	unsigned int n;
	struct dp_conn *conn[];
};

struct dp_conn {
	struct retired retired;
	_Atomic(struct dp_tunnel *) active; // writer: control core
	_Atomic(struct members *) members;  // of a group; NULL: it is none. writer: control core
	uint32_t id;
	struct dp *dp;
	char name[DP_NAME];
	void *user;
	TAILQ_ENTRY(dp_conn) entry;
};

// The children of a tunnel that outbound packets may take, in order. Immutable.
struct outset {
	struct retired retired;
	unsigned int n;
	struct dp_child *child[];
};

struct dp_tunnel {
	struct retired retired;
	_Atomic(struct outset *) out; // writer: control core; NULL: no child in use
	_Atomic(struct neigh *) hop;  // writer: control core
	atomic_ushort path_mtu;	      // of outer packets. writer: control core
	atomic_bool trap, clamp_mss;  // writer: control core
	atomic_uint children_due;     // that it is to have. writer: control core
	atomic_uchar port;	      // writer: control core
	uint16_t owner;		      // worker; set at birth
	uint32_t id;

	struct dp *dp;
	struct dp_conn *conn;
	char name[DP_NAME];
	void *user;
	mono_us_t mtu_learned; // when path_mtu was lowered; 0: it is the port's
	struct held held;      // the packet that asked for an SA
	TAILQ_HEAD(, dp_child) children;
	TAILQ_ENTRY(dp_tunnel) entry;
};

struct dp_child {
	struct retired retired;
	// What each packet reads. writer: control core
	_Atomic(struct esp_sa *) out, in;
	struct dp_tunnel *tunnel;
	atomic_uint inner_mtu; // the longest inner packet
	uint32_t spi_in;
	uint32_t id;
	uint16_t owner;
	// A worker has told that authentic packets come from elsewhere. writer: owning worker sets,
	// control core clears (a hint)
	atomic_bool moved;

	bool used;
	uint8_t told; // limits that were told: bit per enum dp_event_type
	uint64_t soft_packets, soft_bytes, hard_packets, hard_bytes;
	void *user;
	TAILQ_ENTRY(dp_child) entry;
};

struct dp_port {
	char name[DP_NAME];
	const struct port_driver *driver;
	struct port *port;
	enum dp_role role;
	uint16_t mtu;
	uint16_t rx_queues, tx_queues;
	uint8_t mac[6];
	bool csum_unfinished; // what it receives may have unfinished checksums
	struct port_stats baseline;
};

// What the control core has been told, from which views are made.
struct told {
	struct {
		struct addr addr;
		unsigned int port;
	} * own;
	struct dp_policy *policy;
	struct {
		struct cidr dst;
		struct dp_next next;
		struct neigh *gateway;
	} * route;
	unsigned int n_own, n_policy, n_route, route_room;
	// Since the last commit: anything; the two that are costly to make anew.
	bool changed, routes_changed, policies_changed;
};

struct dp {
	// What workers read. writer: control core
	_Atomic(struct view *) view;
	atomic_uint generation; // grows with every change that a cached decision may depend on
	atomic_bool stop;
	atomic_uint trace_left; // packets still to be traced. writer: whoever takes one
	atomic_uint trace_next; // number of the next

	struct sad sad;
	struct ikespi ikespi;
	_Atomic(struct dp_tunnel *) *tunnel; // by slot; writer: control core
	struct dp_port port[DP_PORTS];
	unsigned int n_ports;
	struct worker *worker[DP_WORKERS];
	unsigned int n_workers;
	const struct crypto_driver *driver[DP_DRIVERS];
	unsigned int n_drivers;
	unsigned int burst, flows, ring, sas;
	struct dp_rate punt_rate[DP_CLASSES];
	enum dp_idle idle;
	struct dp_pool *pool;
	int wake; // eventfd
	// The control core sleeps, or is about to: a worker that queues something must wake it.
	// writer: control core sets, the worker that wakes it clears
	atomic_bool asleep;

	// control core's own
	struct told told;
	struct reclaim reclaim;
	struct neigh_list neighs;
	struct retired *orphans; // gone, but the published view may still point at them
	TAILQ_HEAD(, dp_conn) conns;
	TAILQ_HEAD(, dp_tunnel) tunnels;
	unsigned int n_children;
	uint32_t next_id, next_slot;	// of a tunnel
	unsigned int owned[DP_WORKERS]; // tunnels of each worker
	struct reasm *reasm;
	uint64_t verdict_baseline[DP_WORKERS][VERDICTS];
	mono_us_t now;			  // of the last dp_tick or dp_poll
	unsigned int next_worker;	  // whose punts dp_poll looks at first
	struct dp_event event[DP_EVENTS]; // that the control core itself has found
	unsigned int n_events;
	unsigned int n_held;	  // neighbours for which a packet waits
	uint16_t ip_id;		  // of datagrams that dp_send_ike makes
	uint64_t count[VERDICTS]; // what the control core itself had to drop
	bool launched, started;
	unsigned int lcore[DP_WORKERS];
};

// The low half of a tunnel's id is its slot, the high half grows: an id is never used again soon.
static inline struct dp_tunnel *dp_tunnel_by_id(struct dp *dp, uint32_t id)
{
	unsigned int slot = id & 0xffff;
	struct dp_tunnel *tunnel = slot < dp->sas ? atomic_load_explicit(
							    &dp->tunnel[slot], memory_order_acquire)
						  : NULL;

	return tunnel && tunnel->id == id ? tunnel : NULL;
}

// Workers must not trust decisions cached before this point.
static inline void dp_changed(struct dp *dp)
{
	atomic_fetch_add_explicit(&dp->generation, 1, memory_order_release);
}
