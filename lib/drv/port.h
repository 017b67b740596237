// The contract of a port: bursts of frames in and out of a NIC, a veth or memory.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/pkt.h"

// Where a port's frames live. The dataplane gives ports a pool over rte_mempool; tests one over
// memory.
struct pkt_pool {
	// n packets with the pool's headroom, len 0, l3 at the start of data. returns how many; any
	// worker.
	unsigned int (*get)(struct pkt_pool *pool, struct pkt pkt[], unsigned int n);
	void (*put)(struct pkt_pool *pool, struct pkt pkt[], unsigned int n);
	// The rte_mempool underneath, for drivers whose hardware fills buffers; NULL: none.
	void *mempool;
};

struct port_stats {
	uint64_t rx_packets, rx_bytes, rx_missed, rx_errors;
	uint64_t tx_packets, tx_bytes, tx_errors;
};

struct port_conf {
	const char *name;   // ours
	const char *device; // the driver's: "0000:03:00.0", "net_af_packet0,iface=veth0"
	unsigned int rx_queues, tx_queues;
	unsigned int rx_slots, tx_slots; // descriptors, 0: the driver's default
	uint16_t mtu;			 // of IP packets
	struct pkt_pool *pool;
};

struct port; // the driver's own

// In bursts, pkt->l3 points at the Ethernet header. Packets given out by rx belong to the caller,
// packets taken by tx to the port. A queue is used by one worker at a time.
struct port_driver {
	const char *name;

	// returns 0 or -errno with why; control core at start
	int (*open)(const struct port_conf *conf, struct port **port, struct why *why);
	int (*start)(struct port *port, struct why *why);
	void (*close)(struct port *port);

	// returns how many; owning worker
	unsigned int (*rx)(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int max);
	unsigned int (*tx)(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int n);

	void (*mac)(struct port *port, uint8_t mac[static 6]);
	bool (*link_up)(struct port *port);
	// Readable when link_up has another answer, until it is asked; -1, and NULL: ask now and
	// then. Control core.
	int (*link_fd)(struct port *port);
	void (*stats)(struct port *port, struct port_stats *stats);
	uint16_t (*rx_queues)(struct port *port); // how many were really made
	uint16_t (*tx_queues)(struct port *port);
	// Frames may come with unfinished TCP and UDP checksums: the sender is a kernel on this
	// machine that left them to a NIC which is not there. NULL: never.
	bool (*csum_unfinished)(struct port *port);
};
