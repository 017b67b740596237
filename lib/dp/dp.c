#include "dp/dp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <rte_lcore.h>

#include "dp/core.h"
#include "dp/reasm.h"
#include "dp/told.h"
#include "dp/tunnels.h"
#include "dp/worker.h"

static unsigned int or_default(unsigned int value, unsigned int normal)
{
	return value ? value : normal;
}

static int drivers_set(struct dp *dp, const struct dp_conf *conf, struct why *why)
{
	for (; conf->crypto[dp->n_drivers]; dp->n_drivers++) {
		const struct crypto_driver *driver = conf->crypto[dp->n_drivers];

		if (dp->n_drivers == DP_DRIVERS)
			return why_set(why, -E2BIG, "too many crypto back ends", "dataplane", NULL,
				driver->name);
		if (!driver->immediate)
			return why_set(why, -ENOTSUP, "crypto back end does not finish at once",
				"dataplane", NULL, driver->name);
		dp->driver[dp->n_drivers] = driver;
	}
	return 0;
}

static int conf_check(const struct dp_conf *conf, struct why *why)
{
	if (!conf->n_ports || conf->n_ports > DP_PORTS)
		return why_set(why, -EINVAL, "number of ports", "dataplane", "1..16", NULL);
	if (!conf->n_workers || conf->n_workers > DP_WORKERS)
		return why_set(why, -EINVAL, "number of workers", "dataplane", "1..64", NULL);
	if (conf->sas > UINT16_MAX)
		return why_set(why, -EINVAL, "number of SAs", "dataplane", "1..65535", NULL);
	return 0;
}

static int port_open(
	struct dp *dp, struct dp_port *port, const struct dp_port_conf *conf, struct why *why)
{
	struct port_conf open = {
		.name = port->name,
		.device = conf->device,
		.rx_queues = or_default(conf->rx_queues, dp->n_workers),
		.tx_queues = dp->n_workers,
		.rx_slots = conf->rx_slots,
		.tx_slots = conf->tx_slots,
		.mtu = conf->mtu,
		.pool = &dp->pool->face,
	};
	int err;

	snprintf(port->name, sizeof(port->name), "%s", conf->name);
	port->driver = conf->driver;
	port->role = conf->role;
	port->mtu = conf->mtu;
	err = port->driver->open(&open, &port->port, why);
	if (err)
		return err;
	port->rx_queues = port->driver->rx_queues(port->port);
	port->tx_queues = port->driver->tx_queues(port->port);
	port->driver->mac(port->port, port->mac);
	port->csum_unfinished = port->driver->csum_unfinished &&
				port->driver->csum_unfinished(port->port);
	return 0;
}

static int ports_open(struct dp *dp, const struct dp_conf *conf, struct why *why)
{
	for (unsigned int i = 0; i < conf->n_ports; i++) {
		int err = port_open(dp, &dp->port[i], &conf->port[i], why);

		if (err)
			return err;
		dp->n_ports++;
	}
	return 0;
}

static int memory(struct dp *dp, const struct dp_conf *conf, struct why *why)
{
	uint16_t mtu = 0;
	int err;

	for (unsigned int i = 0; i < conf->n_ports; i++)
		mtu = conf->port[i].mtu > mtu ? conf->port[i].mtu : mtu;
	err = pool_new(or_default(conf->packets, 16383), mtu, &dp->pool, why);
	if (err)
		return err;
	dp->tunnel = calloc(dp->sas, sizeof(dp->tunnel[0]));
	dp->reasm = reasm_new();
	dp->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!dp->tunnel || !dp->reasm || dp->wake < 0 || sad_init(&dp->sad, dp->sas) ||
		ikespi_init(&dp->ikespi, or_default(conf->ike_sas, 4096)) ||
		reclaim_init(&dp->reclaim, dp->n_workers))
		return why_set(why, -ENOMEM, "no memory for tables", "dataplane", NULL, NULL);
	dp->told.changed = dp->told.routes_changed = dp->told.policies_changed = true;
	return dp_commit(dp);
}

static int workers_new(struct dp *dp, struct why *why)
{
	for (unsigned int i = 0; i < dp->n_workers; i++) {
		int err = worker_new(dp, i, &dp->worker[i]);

		if (err)
			return why_set(why, err, "no memory for a worker, or a crypto lane failed",
				"dataplane", NULL, NULL);
	}
	return 0;
}

int dp_new(const struct dp_conf *conf, struct dp **result, struct why *why)
{
	// Strangers are many, and cheap to answer: what a core can answer in half of its time.
	// Answers to pings: 5,000 tunnels that are asked 20 times a second.
	static const unsigned int pps[DP_CLASSES] = {[DP_CLASS_IKE] = 10000,
		[DP_CLASS_ECHO] = 100000,
		[DP_CLASS_IKE_NEW] = 150000,
		[DP_CLASS_HOST] = 5000};
	int err = conf_check(conf, why);
	struct dp *dp;

	if (err)
		return err;
	dp = calloc(1, sizeof(*dp));
	if (!dp)
		return -ENOMEM;
	dp->wake = -1;
	dp->n_workers = conf->n_workers;
	dp->idle = conf->idle;
	dp->burst = conf->burst && conf->burst < BURST ? conf->burst : BURST;
	dp->flows = or_default(conf->flows, 65536);
	dp->sas = or_default(conf->sas, 4096);
	dp->ring = or_default(conf->ring, 1024);
	for (unsigned int i = 0; i < DP_CLASSES; i++) {
		dp->punt_rate[i].pps = or_default(conf->punt[i].pps, pps[i]);
		dp->punt_rate[i].burst = or_default(conf->punt[i].burst, dp->punt_rate[i].pps / 10);
	}
	for (unsigned int i = 0; i < dp->n_workers; i++)
		dp->lcore[i] = conf->lcore ? conf->lcore[i] : UINT_MAX;
	dp->launched = conf->lcore;
	TAILQ_INIT(&dp->neighs);
	TAILQ_INIT(&dp->conns);
	TAILQ_INIT(&dp->tunnels);
	err = drivers_set(dp, conf, why);
	err = err ? err : memory(dp, conf, why);
	err = err ? err : ports_open(dp, conf, why);
	err = err ? err : workers_new(dp, why);
	if (err)
		dp_free(dp);
	else
		*result = dp;
	return err;
}

int dp_start(struct dp *dp, struct why *why)
{
	for (unsigned int i = 0; i < dp->n_ports; i++) {
		int err = dp->port[i].driver->start(dp->port[i].port, why);

		if (err)
			return err;
	}
	atomic_store(&dp->stop, false);
	dp->started = true;
	for (unsigned int i = 0; i < dp->n_workers; i++)
		reclaim_online(&dp->reclaim, i);
	for (unsigned int i = 0; dp->launched && i < dp->n_workers; i++) {
		int err = rte_eal_remote_launch(worker_loop, dp->worker[i], dp->lcore[i]);

		if (err) {
			why_set(why, err, "worker does not start", "dataplane",
				"a free lcore of EAL", NULL);
			why_fmt(why, got, "lcore %u", dp->lcore[i]);
			dp_stop(dp);
			return err;
		}
	}
	return 0;
}

void dp_stop(struct dp *dp)
{
	if (!dp->started)
		return;
	atomic_store(&dp->stop, true);
	for (unsigned int i = 0; i < dp->n_workers; i++) {
		if (dp->launched)
			rte_eal_wait_lcore(dp->lcore[i]);
		reclaim_offline(&dp->reclaim, i);
	}
	dp->started = false;
}

void dp_free(struct dp *dp)
{
	if (!dp)
		return;
	for (unsigned int i = 0; i < dp->n_workers; i++)
		worker_free(dp->worker[i]);
	for (unsigned int i = 0; i < dp->n_ports; i++)
		dp->port[i].driver->close(dp->port[i].port);
	tunnels_fini(dp);
	told_fini(dp);
	if (dp->reclaim.qsbr)
		reclaim_fini(&dp->reclaim);
	sad_fini(&dp->sad);
	ikespi_fini(&dp->ikespi);
	reasm_free(dp->reasm);
	free(dp->tunnel);
	pool_free(dp->pool);
	if (dp->wake >= 0)
		close(dp->wake);
	free(dp);
}

unsigned int dp_worker_turn(struct dp *dp, unsigned int worker, mono_us_t now)
{
	return worker_turn(dp->worker[worker], now);
}

void dp_tick(struct dp *dp, mono_us_t now)
{
	dp->now = now;
	reclaim_run(&dp->reclaim);
	tunnels_tick(dp, now);
	reasm_tick(dp->reasm, now);
}

unsigned int dp_retired(const struct dp *dp)
{
	return dp->reclaim.n;
}

unsigned int dp_ports(const struct dp *dp)
{
	return dp->n_ports;
}

unsigned int dp_workers(const struct dp *dp)
{
	return dp->n_workers;
}

const char *dp_port_name(const struct dp *dp, unsigned int port)
{
	return dp->port[port].name;
}

enum dp_role dp_port_role(const struct dp *dp, unsigned int port)
{
	return dp->port[port].role;
}

uint16_t dp_port_mtu(const struct dp *dp, unsigned int port)
{
	return dp->port[port].mtu;
}

void dp_port_mac(const struct dp *dp, unsigned int port, uint8_t mac[static 6])
{
	memcpy(mac, dp->port[port].mac, 6);
}

bool dp_port_up(const struct dp *dp, unsigned int port)
{
	return dp->port[port].driver->link_up(dp->port[port].port);
}

int dp_port_link_fd(const struct dp *dp, unsigned int port)
{
	const struct dp_port *p = &dp->port[port];

	return p->driver->link_fd ? p->driver->link_fd(p->port) : -1;
}
