#include "pipe_rig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "eal.h"
#include "pipe_port.h"

enum { PACKETS = 8192, IN = 0, OUT = 1 };

// Where traffic enters and where it leaves.
static unsigned int source_of(const struct plan *plan)
{
	return plan->inward ? OUT : IN;
}

static void rewind_windows(void *ctx)
{
	struct pipe_rig *rig = ctx;

	for (unsigned int i = 0; i < rig->tunnels; i++)
		esp_live_rewind(dp_child_in(rig->child[i])->live, 0);
}

static int ports_make(const struct pipe_conf *c, struct pipe_rig *rig, struct why *why)
{
	static char source[512];
	bool mem = !c->pcap;
	const struct port_driver *driver = mem ? &pipe_port_mem : &pipe_port_lap;
	struct dp_port_conf port[2] = {
		{.name = "inside", .driver = driver, .role = DP_INSIDE, .mtu = PLAN_MTU},
		{.name = "outside", .driver = driver, .role = DP_OUTSIDE, .mtu = PLAN_MTU},
	};
	unsigned int lcore[1] = {BENCH_LCORE};
	const struct crypto_driver *crypto[] = {c->driver, NULL};
	struct dp_conf conf = {
		.port = port,
		.n_ports = 2,
		.lcore = lcore,
		.n_workers = 1,
		.crypto = crypto,
		.sas = c->plan.tunnels,
		.burst = c->burst,
	};

	snprintf(source, sizeof(source), "net_pcap0,rx_pcap=%s,infinite_rx=1",
		c->pcap ? c->pcap : "");
	port[source_of(&c->plan)].device = mem ? "source" : source;
	port[!source_of(&c->plan)].device = mem ? "sink" : "net_null1,no-rx=1";
	// The other half of a pcap's packets is what infinite_rx keeps.
	conf.packets = mem ? 0 : c->lap + 16384;
	pipe_port_set(&rig->frames, mem ? rig->frames.n : c->lap, rewind_windows, rig);
	return dp_new(&conf, &rig->dp, why);
}

static int tables_make(const struct pipe_conf *c, struct pipe_rig *rig)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 10};
	struct addr gateway = plan_gateway(), router = plan_peer(65000), host = addr_v4(0x0a01fffe);
	struct cidr local = plan_local();
	struct dp_next inside = {.type = DP_NEXT_PORT, .port = IN, .gateway = host};
	int err = dp_addr_set(rig->dp, OUT, &gateway, true);

	err = err ? err : dp_neigh_set(rig->dp, OUT, &router, mac);
	err = err ? err : dp_neigh_set(rig->dp, IN, &host, mac);
	return err ? err : dp_route_set(rig->dp, &local, &inside);
}

static int tunnel_make(const struct pipe_conf *c, struct pipe_rig *rig, unsigned int i,
	struct dp_policy *policy, struct why *why)
{
	struct cidr near = plan_local(), far = plan_remote(&c->plan, i);
	struct selector local = selector_of_cidr(&near), remote = selector_of_cidr(&far);
	const uint8_t *integ = c->plan.suite.integ ? plan_key() : NULL;
	struct dp_tunnel_conf conf = {.port = OUT, .next_hop = plan_peer(65000), .clamp_mss = true};
	struct dp_child_conf child = {
		.suite = &c->plan.suite,
		.driver = c->driver,
		.spi_in = PLAN_FIRST_SPI + i,
		.spi_out = PLAN_FIRST_SPI + i,
		.encr_in = plan_key(),
		.encr_out = plan_key(),
		.integ_in = integ,
		.integ_out = integ,
		.local = {.addr = plan_gateway()},
		.remote = {.addr = plan_peer(i)},
		.local_ts = &local,
		.n_local_ts = 1,
		.remote_ts = &remote,
		.n_remote_ts = 1,
		.window = c->window,
		.dscp = ESP_DSCP_COPY,
	};
	struct dp_tunnel *tunnel;
	char name[DP_NAME];
	int err;

	snprintf(name, sizeof(name), "t%u", i);
	*policy = (struct dp_policy){
		.priority = i, .local = local, .remote = remote, .action = DP_PROTECT};
	snprintf(policy->name, sizeof(policy->name), "%s", name);
	conf.name = name;
	err = dp_conn_new(rig->dp, name, NULL, &policy->conn);
	conf.conn = policy->conn;
	err = err ? err : dp_tunnel_new(rig->dp, &conf, &tunnel);
	if (err)
		return err;
	dp_conn_switch(policy->conn, tunnel);
	err = dp_child_add(tunnel, &child, &rig->child[i], why);
	return err ? err : dp_child_use(rig->child[i], NULL);
}

int pipe_rig_init(struct pipe_rig *rig, const struct pipe_conf *c, struct why *why)
{
	unsigned int n = c->plan.tunnels;
	struct dp_policy *policy = calloc(n, sizeof(*policy));
	int err = -ENOMEM;

	*rig = (struct pipe_rig){.tunnels = n, .source = source_of(&c->plan)};
	rig->child = calloc(n, sizeof(struct dp_child *));
	if (!policy || !rig->child)
		goto free_policy;
	err = c->pcap ? 0
		      : plan_frames(&c->plan, c->driver,
				c->plan.flows > PACKETS ? c->plan.flows : PACKETS, &rig->frames);
	err = err ? err : ports_make(c, rig, why);
	err = err ? err : tables_make(c, rig);
	for (unsigned int i = 0; !err && i < n; i++)
		err = tunnel_make(c, rig, i, &policy[i], why);
	err = err ? err : dp_policies_set(rig->dp, policy, n);
	err = err ? err : dp_commit(rig->dp);
	err = err ? err : dp_start(rig->dp, why);
free_policy:
	free(policy);
	return err;
}

void pipe_rig_fini(struct pipe_rig *rig)
{
	if (rig->dp)
		dp_stop(rig->dp);
	dp_free(rig->dp);
	frames_free(&rig->frames);
	free(rig->child);
}

uint64_t pipe_rig_sent(const struct pipe_rig *rig)
{
	struct port_stats stats;

	dp_port_stats(rig->dp, !rig->source, &stats);
	return stats.tx_packets;
}

uint64_t pipe_rig_dropped(const struct pipe_rig *rig)
{
	uint64_t *count = calloc(dp_verdict_count, sizeof(*count)), sum = 0;

	dp_verdicts(rig->dp, DP_ALL_WORKERS, count);
	for (unsigned int i = 0; i < dp_verdict_count; i++)
		sum += dp_verdict_table[i].fate == DP_FATE_PASS ? 0 : count[i];
	free(count);
	return sum;
}
