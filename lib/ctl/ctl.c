#include "ctl/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "ctl/child.h"
#include "ctl/conn.h"
#include "ctl/core.h"
#include "ctl/edit.h"
#include "ctl/failover.h"
#include "ctl/group.h"
#include "ctl/ikerun.h"
#include "ctl/kernel.h"
#include "ctl/link.h"
#include "ctl/logbook.h"
#include "ctl/mirror.h"
#include "ctl/publish.h"
#include "ctl/pump.h"
#include "ctl/reconcile.h"
#include "ctl/restart.h"
#include "ctl/store.h"
#include "ctl/tables.h"

enum { GOODBYE_MS = 50 };

void ctl_commit(struct ctl *ctl)
{
	if (dp_commit(ctl->dp))
		log_error("out of memory: changes of routes and policies wait");
}

const struct gateway *ctl_gateway(const struct ctl *ctl, const struct addr *addr)
{
	for (unsigned int i = 0; i < ctl->n_gateways; i++) {
		if (addr_eq(&ctl->gateways[i].addr, addr))
			return &ctl->gateways[i];
	}
	return NULL;
}

bool ctl_on_link(const struct ctl *ctl, unsigned int port, const struct addr *addr)
{
	const struct model_port *p = &ctl->booted->ports.v[port];

	for (size_t i = 0; i < p->addresses.n; i++) {
		const struct cidr link = {p->addresses.v[i].addr, p->addresses.v[i].bits};

		if (cidr_has(&link, addr))
			return true;
	}
	return false;
}

struct conn *ctl_conn_named(const struct ctl *ctl, const char *name)
{
	struct conn *conn;

	HASH_FIND_STR(ctl->conns, name, conn);
	return conn;
}

struct conn *ctl_conn(const struct ctl *ctl, uint32_t id)
{
	const char *name = idmap_name(ctl->conn_ids, id);

	return name ? ctl_conn_named(ctl, name) : NULL;
}

struct tunnel *ctl_tunnel(const struct ctl *ctl, uint32_t id)
{
	struct tunnel *t;

	HASH_FIND(hh, ctl->tunnels, &id, sizeof(id), t);
	return t;
}

struct tunnel *ctl_tunnel_named(const struct ctl *ctl, const char *name)
{
	struct tunnel *t;

	HASH_FIND(hh_name, ctl->tunnels_named, name, strlen(name), t);
	return t;
}

static void resolve(void *ctx, unsigned int port, const struct addr *addr)
{
	kernel_resolve(ctx, port, addr);
}

static void neigh_known(void *ctx, unsigned int port, const struct addr *addr, const uint8_t *mac)
{
	struct ctl *ctl = ctx;

	if (dp_neigh_set(ctl->dp, port, addr, mac))
		log_error("no memory for a neighbour");
}

static struct dp_rate rate_of(const struct model_rate *rate)
{
	return (struct dp_rate){.pps = rate->pps, .burst = rate->burst};
}

static int dataplane_new(struct ctl *ctl, const struct model *m, struct why *why)
{
	struct dp_port_conf port[DP_PORTS] = {};
	struct dp_conf conf = {
		.port = port,
		.n_ports = (unsigned int)m->ports.n,
		.lcore = ctl->setup.lcore,
		.n_workers = ctl->setup.n_workers,
		.idle = m->system.idle == MODEL_IDLE_SLEEP ? DP_IDLE_SLEEP : DP_IDLE_POLL,
		.crypto = ctl->setup.crypto,
		.sas = 2 * m->system.limits.tunnels,
		.ike_sas = 2 * m->system.limits.tunnels,
		.punt = {[DP_CLASS_IKE] = rate_of(&m->system.limits.ike),
			[DP_CLASS_IKE_NEW] = rate_of(&m->system.limits.ike_new),
			[DP_CLASS_HOST] = rate_of(&m->system.limits.host)},
	};

	if (m->ports.n > DP_PORTS)
		return why_set(why, -E2BIG, "too many ports", "ports", "at most 16", NULL);
	for (size_t i = 0; i < m->ports.n; i++)
		port[i] = (struct dp_port_conf){
			.name = m->ports.v[i].name,
			.device = m->ports.v[i].device,
			.driver = ctl->setup.port,
			.role = m->ports.v[i].role == MODEL_INSIDE ? DP_INSIDE : DP_OUTSIDE,
			.mtu = (uint16_t)m->ports.v[i].mtu,
			.rx_queues = m->ports.v[i].rx_queues,
		};
	return dp_new(&conf, &ctl->dp, why);
}

static int models_new(struct ctl *ctl, const struct model *booted)
{
	ctl->model = calloc(1, sizeof(*ctl->model));
	ctl->booted = calloc(1, sizeof(*ctl->booted));
	if (!ctl->model || !ctl->booted)
		return -ENOMEM;
	return model_init(ctl->model) || model_copy(ctl->booted, booted) ? -ENOMEM : 0;
}

static void model_drop(struct model *m)
{
	if (m)
		model_fini(m);
	free(m);
}

static int parts_new(struct ctl *ctl, const struct model *m, struct why *why)
{
	struct neigh_ops ops = {.resolve = resolve, .set = neigh_known, .ctx = ctl};
	int err = 0;

	if (!backends_check(&ctl->backends, ctl->setup.crypto))
		return why_set(why, -ENOTSUP, "no crypto back end works here", "crypto",
			"one whose known answers are right", "none");
	// Twice as many: the next configuration's are made before those of the present one go.
	if (idmap_new(2 * m->system.limits.tunnels, &ctl->conn_ids) ||
		idmap_new(2 * m->system.limits.tunnels, &ctl->tunnel_ids) ||
		neighs_new(&ops, &ctl->neighs) || models_new(ctl, m) ||
		logfiles_new(&ctl->logfiles))
		return -ENOMEM;
	logbook_set(ctl, m);
	err = dataplane_new(ctl, m, why);
	if (err)
		return err;
	if (tables_start(ctl) || groups_start(ctl) || publish_start(ctl) ||
		ikerun_start(ctl, m->system.helper_threads) || pump_start(ctl))
		return -ENOMEM;
	err = mirrors_open(ctl, m, why);
	return err ? err : kernel_start(ctl, why);
}

static int read_state(struct ctl *ctl, struct model *file, struct model **m, struct why *why)
{
	struct report report = {};
	char text[600];
	int err = edit_start(ctl, file, &report, m, why);

	for (size_t i = 0; i < report.n; i++)
		log_at(report.v[i].warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "%s",
			complaint_show(&report.v[i], ctl->file->system.state, text, sizeof(text)));
	report_fini(&report);
	return err;
}

static int bring_up(struct ctl *ctl, struct model *file, struct why *why)
{
	struct reconciled result;
	struct model *m;
	int err = read_state(ctl, file, &m, why);

	if (!err)
		err = parts_new(ctl, m, why);
	// Workers first: without tables they forward nothing, and tunnels begin within reconcile.
	if (!err)
		err = dp_start(ctl->dp, why);
	if (!err) {
		link_start(ctl);
		err = reconcile(ctl, m, &result, why);
	}
	if (err) {
		model_drop(m);
		return err;
	}
	model_drop(ctl->model);
	ctl->model = m;
	ctl->started = mono_now();
	log_info("running: %zu ports, %u workers, %u tunnels", m->ports.n, ctl->setup.n_workers,
		result.made);
	return 0;
}

int ctl_new(const struct ctl_setup *setup, struct model *model, struct ctl **ctl, struct why *why)
{
	int err;

	*ctl = calloc(1, sizeof(**ctl));
	if (!*ctl) {
		model_drop(model);
		return -ENOMEM;
	}
	(*ctl)->setup = *setup;
	(*ctl)->loop = setup->loop;
	err = bring_up(*ctl, model, why);
	if (err) {
		if (why && !why->what[0])
			why_set(why, err, "cannot start", NULL, NULL, strerror(-err));
		ctl_free(*ctl);
		*ctl = NULL;
	}
	return err;
}

static void tunnels_free(struct ctl *ctl)
{
	struct tunnel *t, *next_t;
	struct conn *conn, *next;

	// The end is no fail-over.
	HASH_ITER (hh, ctl->conns, conn, next)
		dp_conn_switch(conn->dp, NULL);
	HASH_ITER (hh, ctl->tunnels, t, next_t)
		tunnel_free(ctl, t);
	HASH_ITER (hh, ctl->conns, conn, next) {
		// Routes and policies go with the dataplane: nothing is forwarded any more.
		HASH_DEL(ctl->conns, conn);
		failover_fini(conn);
		free(conn);
	}
}

void ctl_free(struct ctl *ctl)
{
	if (!ctl)
		return;
	publish_stop(ctl);
	groups_stop(ctl);
	if (ctl->ikerun)
		tunnels_free(ctl);
	publish_free(ctl);
	groups_free(ctl);
	pump_stop(ctl);
	link_stop(ctl);
	if (ctl->dp) {
		// Workers send the goodbyes to the peers in one of their next turns.
		nanosleep(&(struct timespec){.tv_nsec = GOODBYE_MS * 1000000}, NULL);
		dp_stop(ctl->dp);
	}
	ikerun_stop(ctl);
	kernel_stop(ctl);
	mirrors_close(ctl);
	tables_stop(ctl);
	dp_free(ctl->dp);
	neighs_free(ctl->neighs);
	logfiles_free(ctl->logfiles);
	idmap_free(ctl->conn_ids);
	idmap_free(ctl->tunnel_ids);
	findings_fini(&ctl->stranger_findings);
	free(ctl->gateways);
	model_drop(ctl->model);
	model_drop(ctl->booted);
	edit_stop(ctl);
	free(ctl);
}
