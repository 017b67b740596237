// The dataplane as the control core sees it: ports, workers, tables, tunnels, what comes up to the
// control core and what goes down from it.
//
// Unless a comment says otherwise every function here belongs to the control core's thread; none
// blocks, none waits for a worker. EAL is initialised by the program before.
//
// Changes of tables (addresses, routes, neighbours, policies) are collected and reach the workers
// together with dp_commit, as one picture. Changes of tunnels and children reach them at once.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mono.h"
#include "drv/crypto.h"
#include "drv/port.h"
#include "net/addr.h"

struct dp;	  // one dataplane; several may exist in one process (tests)
struct dp_conn;	  // what routes and policies point at
struct dp_tunnel; // one way of a connection
struct dp_child;  // one CHILD_SA: an inbound and an outbound ESP SA

enum { DP_PORTS = 16, DP_WORKERS = 64, DP_NAME = 32 };

enum dp_role { DP_INSIDE, DP_OUTSIDE };
enum dp_idle { DP_IDLE_POLL, DP_IDLE_SLEEP }; // a worker without packets spins, or naps
// Of punts, in order: what proven peers say goes before what anybody can say.
enum dp_class { DP_CLASS_IKE, DP_CLASS_ECHO, DP_CLASS_IKE_NEW, DP_CLASS_HOST, DP_CLASSES };

// Of a class of punts: packets per second, and how many at once.
struct dp_rate {
	unsigned int pps, burst;
};

struct dp_port_conf {
	const char *name;
	const char *device; // as struct port_conf
	const struct port_driver *driver;
	enum dp_role role;
	uint16_t mtu;
	unsigned int rx_queues;		 // 0: one per worker
	unsigned int rx_slots, tx_slots; // 0: the driver's default
};

// Numbers that are 0 mean the default in brackets.
struct dp_conf {
	const struct dp_port_conf *port;
	unsigned int n_ports;
	const unsigned int *lcore; // of each worker; NULL: the caller turns them (dp_worker_turn)
	unsigned int n_workers;
	enum dp_idle idle;
	const struct crypto_driver *const *crypto; // ends with NULL; all immediate
	unsigned int packets;			   // of the pool, all ports together [16383]
	unsigned int burst;			   // packets per poll, at most 64 [64]
	unsigned int flows;			   // entries of each worker's flow cache [65536]
	unsigned int sas;			   // children at most [4096]
	unsigned int ike_sas;			   // known IKE SPIs at most [4096]
	unsigned int ring;			   // entries of each ring [1024]
	// Of a port, all workers together [10000, 100000, 150000, 5000; a tenth].
	struct dp_rate punt[DP_CLASSES];
};

// Open ports and make all memory that workers will ever use. returns 0 or -errno with why.
[[nodiscard]] int dp_new(const struct dp_conf *conf, struct dp **dp, struct why *why);
// Start ports, then workers on their lcores.
[[nodiscard]] int dp_start(struct dp *dp, struct why *why);
// Stop the workers (waits for their last turn) and close the ports' queues. Idempotent.
void dp_stop(struct dp *dp);
// After dp_stop. Frees conns, tunnels and children that are left, keys wiped. NULL is fine.
void dp_free(struct dp *dp);

// One loop turn of a worker that has no lcore: receive, work, send. For tests and the benchmark.
// returns the number of packets that it took from ports and rings. The thread that plays worker.
unsigned int dp_worker_turn(struct dp *dp, unsigned int worker, mono_us_t now);

// Free what no worker can see any more, let learned path MTUs age, look for children near their
// limits (events come through dp_poll). Call a few times per second.
void dp_tick(struct dp *dp, mono_us_t now);
// Things retired that still wait for workers to pass. 0: all memory is back.
unsigned int dp_retired(const struct dp *dp);

unsigned int dp_ports(const struct dp *dp);
unsigned int dp_workers(const struct dp *dp);
const char *dp_port_name(const struct dp *dp, unsigned int port);
enum dp_role dp_port_role(const struct dp *dp, unsigned int port);
uint16_t dp_port_mtu(const struct dp *dp, unsigned int port);
void dp_port_mac(const struct dp *dp, unsigned int port, uint8_t mac[static 6]);
bool dp_port_up(const struct dp *dp, unsigned int port);
int dp_port_link_fd(const struct dp *dp, unsigned int port); // as struct port_driver's link_fd

#include "dp/punt.h"
#include "dp/stats.h"
#include "dp/table.h"
#include "dp/trace.h"
#include "dp/tunnel.h"
