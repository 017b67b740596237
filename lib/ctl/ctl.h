// The control core: everything that decides. It sleeps in one event loop and is one thread.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/rng.h"
#include "ctl/loop.h"
#include "drv/crypto.h"
#include "drv/port.h"
#include "drv/punt.h"
#include "drv/route.h"

struct ctl;
struct model;
struct report;
struct state;

// What the program wires together; the drivers and functions outlive the control core.
struct ctl_setup {
	const struct crypto_driver *const *crypto; // most wanted first; ends with NULL
	const struct port_driver *port;
	const struct punt_driver *punt;
	const struct route_driver *route;
	struct rng rng_public; // for what the wire shows
	struct rng rng_secret;
	struct loop *loop;
	const unsigned int *lcore; // of each worker
	unsigned int n_workers;

	const char *path; // the configuration file, for reload
	// Read and check it: every mistake goes to report. returns 0 or -errno (m is left zero)
	int (*load)(const char *path, struct model *m, struct report *report);
	// What shell and API have made (system.state), from text and, with its secrets, to text.
	// returns 0 or -errno
	int (*read_state)(const char *text, size_t len, struct state *s, struct report *report);
	int (*write_state)(const struct state *s, FILE *out);
};

// Bring a checked configuration to life, and the state beside it: back ends proven, ports, mirrors,
// tables, workers, tunnels. Takes the model over in any case. Needs EAL and root (or the
// capabilities). Mistakes of the state go to the log.
//
// returns 0 or -errno with why (nothing is left running)
[[nodiscard]] int ctl_new(
	const struct ctl_setup *setup, struct model *model, struct ctl **ctl, struct why *why);

// Close the tunnels, tell the peers, stop and free everything. NULL is fine.
void ctl_free(struct ctl *ctl);

// SIGHUP: read the configuration file again and apply what differs; any mistake, and nothing
// changes. The outcome goes to the log.
void ctl_reload(struct ctl *ctl);
