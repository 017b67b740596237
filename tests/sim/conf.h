// Configurations for simulated endpoints: small differences from one pattern.
#pragma once

#include "ike/ike.h"

// Storage behind one struct ike_conf.
struct sim_conf {
	struct ike_conf conf;
	struct proposal ike[4], esp[4];
	struct selector local[4], remote[4];
	struct ike_child_conf child[2];
};

// Tunnel 1, child 1 between two addresses: 10.<mine>.0.0/16 here, 10.<theirs>.0.0/16 there; ids are
// the addresses; PSK "secret"; no lifetimes; starts now if first.
void sim_conf(struct sim_conf *c, const char *local, const char *remote, unsigned int mine,
	unsigned int theirs, bool first);

// Replace proposals: texts as in alg/proposal.h, separated by spaces.
void sim_conf_ike(struct sim_conf *c, const char *texts);
void sim_conf_esp(struct sim_conf *c, const char *texts);
void sim_conf_psk(struct sim_conf *c, const char *psk);

void sim_conf_fini(struct sim_conf *c);
