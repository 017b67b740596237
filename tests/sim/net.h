// A simulated network for IKE endpoints: virtual time, seeded loss, duplication and delay (hence
// reordering), and a NAT box. Each endpoint has a dataplane that only remembers what it was told.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ike/ike.h"

enum { SIM_NODES = 4, SIM_CHILDREN = 64, SIM_OVER = 64, SIM_LOST = -1 };

// What a dataplane holds of one child SA.
struct sim_child {
	struct ike_act_child sa; // selectors and keys copied
	bool outbound;
};

struct sim_node {
	struct sim *sim;
	struct ike *ike;
	struct ike_out out;
	struct addr addr;   // its own; behind a NAT, an inside address
	struct addr second; // another one of its own; family ADDR_NONE: none
	bool natted;
	bool dead; // hears and does nothing
	struct sim_child child[SIM_CHILDREN];
	size_t children;
	unsigned int events[IKE_EVENTS];
	struct why why; // of the last refusal or death
	bool why_child_level;
	unsigned int sent;    // IKE datagrams
	unsigned int largest; // of them, in bytes of UDP payload
	unsigned int broken;  // orders of the negotiator that make no sense
	unsigned int esp_sent, esp_lost;
	uint32_t over[SIM_OVER]; // the latest SPIs of the peer whose delete was acknowledged
	size_t overs;
	unsigned int late; // packets sent to one of these
	uint64_t rng;
};

struct sim_packet;
struct sim_job;

struct sim {
	mono_us_t now;
	uint64_t rng;
	unsigned int loss, dup; // per mille
	unsigned int delay_min_ms, delay_max_ms;
	struct sim_packet *flying;	     // ordered by arrival
	struct sim_job *jobs;		     // that endpoints have handed out, in no order
	unsigned int job_min_ms, job_max_ms; // a job takes so long; max 0 when an endpoint is made:
					     // it computes within its steps. SIM_JOBS_MS in the
					     // environment sets max
	struct sim_node node[SIM_NODES];
	size_t nodes;
	struct addr nat_addr;
	uint16_t nat_shift; // added to inside ports (and 1000 for each node); change it to rebind
	uint64_t esp_every; // every so many us each node with an outbound child sends a packet; 0:
			    // none
	mono_us_t esp_at;
	bool tells_unknown; // dataplanes report ESP under unknown SPIs
	bool trace;	    // print what happens to stderr; set by SIM_TRACE in the environment
	// The fate of the next IKE datagrams of a node: more milliseconds on the way, or (SIM_LOST)
	// none. NULL: chance alone.
	int (*fate)(void *ctx, const struct sim_node *from);
	void *fate_ctx;
	// Called with every IKE datagram that leaves; for collecting corpora. NULL: none.
	void (*tap)(void *ctx, const struct endpoint *local, const struct endpoint *remote,
		const uint8_t *data, size_t len);
	void *tap_ctx;
};

void sim_init(struct sim *sim, uint64_t seed);
void sim_fini(struct sim *sim);

// A new endpoint. params' rng is the node's own.
struct sim_node *sim_node(struct sim *sim, const char *addr, const struct ike_params *params);
// It loses all state, as after a crash, and hears again.
void sim_reboot(struct sim_node *node, const struct ike_params *params);

// Let the time pass; everything due happens in order.
void sim_run(struct sim *sim, double seconds);

// A datagram that somebody forged: it arrives before everything that is under way.
void sim_forge(struct sim *sim, const struct endpoint *from, const struct endpoint *to,
	const uint8_t *data, size_t len);

// Hand one command to an endpoint. Returns ike_step's result.
int sim_command(struct sim_node *node, enum ike_in_type type, uint32_t tunnel, uint32_t child,
	uint32_t spi);
// The same with a whole input, which happens now.
int sim_give(struct sim_node *node, struct ike_in *in);
// The SPIs of its IKE SA, as they begin a message.
void sim_spis(const struct sim_node *node, uint8_t dst[static 16]);
int sim_set(struct sim_node *node, const struct ike_conf *conf);
int sim_del(struct sim_node *node, uint32_t tunnel);

// How many IKE SAs in this state ("up" ...) an endpoint has; NULL: of any state.
unsigned int sim_sas(const struct sim_node *node, const char *state);

// Exactly count live children pair up between a and b with equal keys, neither has anything else,
// and each has one IKE SA. Returns NULL, or what is wrong.
const char *sim_agree(const struct sim_node *a, const struct sim_node *b, unsigned int count);

// What an endpoint has, to stderr.
void sim_print(const struct sim_node *node, const char *name);

uint64_t sim_random(uint64_t *state);
