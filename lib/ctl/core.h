// The control core's own structures: what its files share, and nobody else sees.
//
// Everything here belongs to the control thread.
#pragma once

#include <uthash.h>

#include "base/err.h"
#include "base/mono.h"
#include "ctl/backend.h"
#include "ctl/choice.h"
#include "ctl/ctl.h"
#include "ctl/finding.h"
#include "ctl/idmap.h"
#include "ctl/journal.h"
#include "ctl/logfile.h"
#include "ctl/loop.h"
#include "ctl/neigh.h"
#include "ctl/rib.h"
#include "dp/dp.h"
#include "ike/ike.h"
#include "model/model.h"
#include "model/report.h"
#include "model/state.h"

enum { CTL_TUNNELS_PER_CONN = 2 };

// Lines in the log that anybody, or a path that comes and goes, can cause: they are few.
struct line_limit {
	mono_us_t since; // of this period
	unsigned int lines, left_out;
};

// An outside address of ours. IKE is taken at these, and leaves from these, alone.
struct gateway {
	struct addr addr;
	unsigned int port;
	struct addr next_hop; // none: peers are neighbours
};

// One CHILD_SA that the negotiator has made; the dataplane's child beside it.
struct child {
	uint32_t spi_in; // the key: one space for all tunnels
	uint32_t spi_out;
	uint32_t id; // the negotiator's, of its configuration
	uint32_t replaces;
	struct tunnel *tunnel;
	struct dp_child *dp;
	struct suite suite;
	mono_us_t created;
	uint64_t seen;	     // inbound packets at the last scan
	mono_us_t remove_at; // deleted, but what is under way may still come in; 0: alive
	struct child *next;  // of its tunnel, newest first
	UT_hash_handle hh;
};

// What of a tunnel's configuration the dataplane's children need.
struct child_rules {
	uint32_t window;
	enum esp_df df;
	int dscp;
	uint64_t hard_packets, hard_bytes; // of one key; 0: what cipher and numbering bear
};

struct child_traffic {
	uint64_t in_packets, in_bytes, out_packets, out_bytes;
};

// recent.h: what was counted when the last two minutes began, the older one first.
enum { RECENT_ROWS = 4 };
struct recent {
	mono_us_t at;
	uint64_t drop[2][RECENT_ROWS];
};

// Somebody waits for a tunnel's events.
struct waiter {
	void (*event)(struct waiter *w, enum ike_event event, const struct why *why);
	void (*gone)(struct waiter *w); // the tunnel is being removed: forget it
	struct waiter *next;
};

struct tunnel {
	uint32_t id;
	char name[IDMAP_NAME]; // "hq/1"
	struct conn *conn;
	char peer[IDMAP_NAME];
	struct addr peer_addr; // as configured; family ADDR_NONE: any
	struct gateway gateway;
	struct dp_tunnel *dp;
	struct dp_tunnel_conf dp_conf;
	struct child *children;
	struct child_traffic past;	// of SAs that are gone
	struct child_traffic recent[2]; // recent.h
	struct child_rules rules;
	struct waiter *waiters;
	struct findings findings;
	struct journal *journal;  // NULL: nothing yet
	struct logfile *logfile;  // NULL: nothing yet
	mono_us_t heard_at;	  // the peer last took part in a negotiation; 0: never
	bool phase2_failed;	  // since phase 1 came up
	struct echo *probe;	  // its pings; NULL: none
	struct echo *health;	  // those of the connection's health check; NULL: none
	struct line_limit lines;  // about it
	unsigned int told;	  // bit per reason why it is not usable, of those told
	struct standing standing; // whether it can carry traffic; written by failover.c alone
	unsigned int generation;  // of the configuration that has it
	UT_hash_handle hh;	  // by id
	UT_hash_handle hh_name;
};

// Which tunnel carries a connection's traffic, and how it came to that. failover.c alone writes it.
struct switching {
	struct loop_timer *again;    // the hold-down's end
	bool usable;		     // as the listeners know it
	mono_us_t since;	     // the present tunnel carries the traffic
	struct line_limit lines;     // about switches
	bool told;		     // that the traffic left tunnel 1
	uint64_t count;		     // of switches from one tunnel to the other
	enum failover_reason reason; // of the last one; FAILOVER_REASONS: tunnel 1 was well again
	mono_us_t noticed, switched; // when its cause was told, when the dataplane had it
	int64_t wall_ms;	     // the same, since 1970
	char from_name[IDMAP_NAME], to_name[IDMAP_NAME];
};

struct conn {
	struct ctl *ctl;
	char name[IDMAP_NAME];
	uint32_t id;
	struct dp_conn *dp;
	struct tunnel *tunnel[CTL_TUNNELS_PER_CONN]; // [0] carries the traffic while it can
	mono_us_t hold_down;
	struct model_health health; // check, as configured
	bool revoked;		    // the health check has failed and its routes are withdrawn
	bool withdrawn;		    // the same, as publish.c has told the kernel
	struct switching switching;
	struct group_member *groups; // that it is in
	unsigned int generation;
	UT_hash_handle hh; // by name
};

struct mirror {
	struct ctl *ctl;
	unsigned int port;
	struct punt *punt;
	unsigned int ifindex;
	struct loop_watch *watch;
	uint64_t to_kernel, from_kernel, lost;
};

// Of a port.
struct link {
	bool up, proving; // proving: tunnels of the port wait for a word of their peers
	mono_us_t since;  // 0: since the start
	uint64_t changes;
	struct loop_watch *watch; // NULL: its device does not tell
};

struct ctl {
	struct ctl_setup setup;
	struct loop *loop;
	struct model *file;	// the operator's
	struct model *state;	// what shell and API have made
	struct state_head head; // of state
	struct state *undo;	// comes back unless it is committed; NULL: nothing does
	mono_us_t undo_at;
	struct loop_timer *undo_timer;
	struct model *model;	 // both: running
	struct store *store;	 // of state; NULL: there is no place for it
	struct report accepted;	 // what was said about model
	struct model *booted;	 // what ports, workers and memory were made from
	unsigned int generation; // counts applied configurations
	struct backends backends;
	mono_us_t started;

	struct dp *dp;
	struct loop_watch *dp_watch;
	struct loop_timer *second; // what is due once a second
	struct loop_timer *tick;   // the dataplane's housekeeping, several times a second

	struct mirror mirror[DP_PORTS];
	struct link link[DP_PORTS];
	struct kernel *kernel;
	struct neighs *neighs;
	struct rib *rib;
	mono_us_t sync_at; // when the IKE SPIs are compared again

	struct recent recent;
	struct ikerun *ikerun;
	struct logfiles *logfiles;
	struct line_limit strangers;
	struct findings stranger_findings;
	struct iketrace *iketraces; // of negotiations, while they run
	struct trace *trace;	    // the shell's, while it runs
	struct child *children;	    // by spi_in

	struct idmap *conn_ids, *tunnel_ids;
	struct gateway *gateways;
	unsigned int n_gateways;
	struct groups *groups;
	struct publish *publish;
	struct conn *conns;	// by name
	struct tunnel *tunnels; // by id
	struct tunnel *tunnels_named;
	struct failover_listener *failover_listeners;
	struct echo *echoes; // by identifier
};

// Tables have changed: publish them before the loop sleeps again.
void ctl_commit(struct ctl *ctl);

const struct gateway *ctl_gateway(const struct ctl *ctl, const struct addr *addr); // NULL: not ours
// Whether a port has an address in the network of this one.
bool ctl_on_link(const struct ctl *ctl, unsigned int port, const struct addr *addr);
int ctl_port(void *ctl, const char *name);		   // the dataplane's number; -1: none
struct conn *ctl_conn(const struct ctl *ctl, uint32_t id); // NULL: none
struct conn *ctl_conn_named(const struct ctl *ctl, const char *name);
struct tunnel *ctl_tunnel(const struct ctl *ctl, uint32_t id); // NULL: none
struct tunnel *ctl_tunnel_named(const struct ctl *ctl, const char *name);
