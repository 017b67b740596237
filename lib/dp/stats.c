#include "dp/stats.h"

#include <string.h>

#include "dp/worker.h"

static uint64_t word(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static void add(const struct dp *dp, unsigned int worker, uint64_t count[])
{
	for (unsigned int v = 0; v < VERDICTS; v++)
		count[v] += word(&dp->worker[worker]->count[v]) - dp->verdict_baseline[worker][v];
}

void dp_verdicts(const struct dp *dp, int worker, uint64_t count[])
{
	memset(count, 0, VERDICTS * sizeof(count[0]));
	for (unsigned int v = 0; v < VERDICTS && worker == DP_ALL_WORKERS; v++)
		count[v] = dp->count[v];
	for (unsigned int w = 0; w < dp->n_workers; w++) {
		if (worker == DP_ALL_WORKERS || w == (unsigned int)worker)
			add(dp, w, count);
	}
}

uint64_t dp_verdict_of(const struct dp *dp, const char *name)
{
	uint64_t count[VERDICTS];

	dp_verdicts(dp, DP_ALL_WORKERS, count);
	for (unsigned int v = 0; v < VERDICTS; v++) {
		if (!strcmp(dp_verdict_table[v].name, name))
			return count[v];
	}
	return 0;
}

void dp_worker_stats(const struct dp *dp, unsigned int worker, struct dp_worker_stats *stats)
{
	const struct worker *w = dp->worker[worker];

	*stats = (struct dp_worker_stats){
		.lcore = dp->lcore[worker],
		.turns = word(&w->turns),
		.busy_turns = word(&w->busy_turns),
		.packets = word(&w->packets),
		.handed = word(&w->handed),
		.flow_hits = word(&w->flow_hits),
		.flow_misses = word(&w->flow_misses),
		.busy_cycles = word(&w->busy_cycles),
	};
}

void dp_port_stats(const struct dp *dp, unsigned int port, struct port_stats *stats)
{
	const struct dp_port *p = &dp->port[port];

	*stats = (struct port_stats){};
	p->driver->stats(p->port, stats);
	stats->rx_packets -= p->baseline.rx_packets;
	stats->rx_bytes -= p->baseline.rx_bytes;
	stats->rx_missed -= p->baseline.rx_missed;
	stats->rx_errors -= p->baseline.rx_errors;
	stats->tx_packets -= p->baseline.tx_packets;
	stats->tx_bytes -= p->baseline.tx_bytes;
	stats->tx_errors -= p->baseline.tx_errors;
}

void dp_counters_clear(struct dp *dp)
{
	for (unsigned int w = 0; w < dp->n_workers; w++) {
		for (unsigned int v = 0; v < VERDICTS; v++)
			dp->verdict_baseline[w][v] = word(&dp->worker[w]->count[v]);
	}
	memset(dp->count, 0, sizeof(dp->count));
	for (unsigned int p = 0; p < dp->n_ports; p++)
		dp->port[p].driver->stats(dp->port[p].port, &dp->port[p].baseline);
}
