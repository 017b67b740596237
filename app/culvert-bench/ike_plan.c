#include "ike_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "crypto/rng.h"

const struct ike_plan_mode ike_plan_modes[] = {
	{"v2", IKE_V2, false},
	{"v1 main", IKE_V1, false},
	{"v1 aggressive", IKE_V1, true},
};
const unsigned int ike_plan_mode_count = sizeof(ike_plan_modes) / sizeof(ike_plan_modes[0]);

int ike_plan_init(struct ike_plan *plan, const char *ike, const char *esp, struct why *why)
{
	int err = proposal_read(ike, PROPOSAL_IKE, &plan->ike, why);

	return err ? err : proposal_read(esp, PROPOSAL_ESP, &plan->esp, why);
}

struct endpoint ike_plan_responder(const struct ike_plan *plan)
{
	if (plan->loopback)
		return (struct endpoint){addr_v4(0x7f000001), IKE_PLAN_PORT_RESPONDER};
	return (struct endpoint){addr_v4(0xc6120001), 500}; // 198.18.0.1
}

static struct endpoint initiator(const struct ike_plan *plan, unsigned int tunnel)
{
	if (plan->loopback)
		return (struct endpoint){addr_v4(0x7f010000 + tunnel), IKE_PLAN_PORT_INITIATOR};
	return (struct endpoint){addr_v4(0x64400000 + tunnel), 500}; // 100.64.0.0/10
}

// Of a child at one side: a /28 of 10.0.0.0/8.
static struct selector network(unsigned int tunnel, unsigned int child, bool responder)
{
	unsigned int n = (tunnel * IKE_PLAN_CHILDREN + child) * 2 + responder;
	struct cidr cidr = {.addr = addr_v4(0x0a000000 + n * 16), .bits = 28};

	return selector_of_cidr(&cidr);
}

static int set_tunnel(
	const struct ike_plan *plan, bool responder, unsigned int tunnel, struct ike *ike)
{
	struct endpoint ends[2] = {initiator(plan, tunnel), ike_plan_responder(plan)};
	struct selector local[IKE_PLAN_CHILDREN], remote[IKE_PLAN_CHILDREN];
	struct ike_child_conf child[IKE_PLAN_CHILDREN];
	struct ike_conf conf = {.tunnel = tunnel,
		.version = plan->mode->version,
		.aggressive = plan->mode->aggressive,
		.local = ends[responder],
		.remote = ends[!responder],
		.ike = &plan->ike,
		.ike_count = 1,
		.lifetime_s = 86400,
		.fragmentation = true,
		.natt = true,
		.dpd_delay_s = 3600,
		.child = child,
		.child_count = plan->children};
	struct ike_out out = {};
	int err;

	snprintf(conf.name, sizeof(conf.name), "bench-%u", tunnel);
	conf.local_id = ike_id_of_addr(&conf.local.addr);
	conf.remote_id = ike_id_of_addr(&conf.remote.addr);
	for (unsigned int i = 0; i < plan->children; i++) {
		local[i] = network(tunnel, i, responder);
		remote[i] = network(tunnel, i, !responder);
		child[i] = (struct ike_child_conf){.id = i + 1,
			.local = &local[i],
			.remote = &remote[i],
			.local_count = 1,
			.remote_count = 1,
			.esp = &plan->esp,
			.esp_count = 1,
			.lifetime_s = 3600};
		snprintf(child[i].name, sizeof(child[i].name), "net-%u", i);
	}
	err = secret_copy(&conf.psk, "culvert-bench", strlen("culvert-bench"));
	if (!err)
		err = ike_conf_set(ike, &conf, 1, &out, NULL);
	secret_free(&conf.psk);
	ike_out_free(&out);
	return err;
}

int ike_plan_new(const struct ike_plan *plan, bool responder, struct ike **ike)
{
	const struct ike_params params = {.rng = rng_public,
		.cookie_above = UINT32_MAX,
		.sa_max = 4 * IKE_PLAN_TUNNELS_MAX,
		.steps = plan->steps};
	int err = ike_new(&params, ike);

	for (unsigned int tunnel = 1; !err && tunnel <= plan->tunnels; tunnel++)
		err = set_tunnel(plan, responder, tunnel, *ike);
	return err;
}
