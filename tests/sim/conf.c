#include "sim/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct selector network(unsigned int n)
{
	struct cidr c = {.addr = addr_v4(10u << 24 | n << 16), .bits = 16};

	return selector_of_cidr(&c);
}

static size_t read_all(const char *texts, enum proposal_for purpose, struct proposal *p)
{
	char copy[512], *save = NULL;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", texts);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (proposal_read(word, purpose, &p[n++], NULL))
			abort();
	}
	return n;
}

void sim_conf_ike(struct sim_conf *c, const char *texts)
{
	c->conf.ike_count = read_all(texts, PROPOSAL_IKE, c->ike);
}

void sim_conf_esp(struct sim_conf *c, const char *texts)
{
	c->child[0].esp_count = c->child[1].esp_count = read_all(texts, PROPOSAL_ESP, c->esp);
}

void sim_conf_psk(struct sim_conf *c, const char *psk)
{
	secret_free(&c->conf.psk);
	if (secret_copy(&c->conf.psk, psk, strlen(psk)))
		abort();
}

void sim_conf(struct sim_conf *c, const char *local, const char *remote, unsigned int mine,
	unsigned int theirs, bool first)
{
	*c = (struct sim_conf){.conf = {.tunnel = 1,
				       .name = "lab",
				       .fragmentation = true,
				       .natt = true,
				       .ike = c->ike,
				       .child = c->child,
				       .child_count = 1}};
	if (addr_read(local, &c->conf.local.addr))
		abort();
	c->conf.local_id = ike_id_of_addr(&c->conf.local.addr);
	if (remote) {
		if (addr_read(remote, &c->conf.remote.addr))
			abort();
		c->conf.remote_id = ike_id_of_addr(&c->conf.remote.addr);
	}
	c->local[0] = network(mine);
	c->remote[0] = network(theirs);
	c->child[0] = (struct ike_child_conf){.id = 1,
		.name = "net",
		.local = c->local,
		.remote = c->remote,
		.local_count = 1,
		.remote_count = 1,
		.esp = c->esp,
		.start = first ? IKE_START_NOW : IKE_START_NONE};
	c->child[1] = c->child[0];
	c->child[1].id = 2;
	sim_conf_ike(c, "aes128-sha256-x25519");
	sim_conf_esp(c, "aes128gcm16-x25519");
	sim_conf_psk(c, "secret");
}

void sim_conf_fini(struct sim_conf *c)
{
	secret_free(&c->conf.psk);
}
