#include "ctl/reconcile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ctl/conn.h"
#include "ctl/failover.h"
#include "ctl/group.h"
#include "ctl/health.h"
#include "ctl/kernel.h"
#include "ctl/tables.h"

// One tunnel of the next configuration.
struct step {
	const struct model_connection *conn;
	const struct model_tunnel *conf;
	struct tunnel *tunnel;
	uint32_t id;
	bool made, changed;
};

struct plan {
	struct directory now, next;
	struct setting *setting; // large, and for one tunnel at a time: of next
	struct setting *other;	 // of now
	struct step *step;
	size_t n;
	struct gateway *gateways;
	unsigned int n_gateways;
};

static void plan_fini(struct plan *plan)
{
	directory_fini(&plan->now);
	directory_fini(&plan->next);
	free(plan->setting);
	free(plan->other);
	free(plan->step);
	free(plan->gateways);
	free(plan);
}

static size_t tunnel_count(const struct model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->connections.n; i++)
		n += m->connections.v[i].tunnels.n;
	return n;
}

static int plan_init(struct ctl *ctl, const struct model *next, struct plan *plan, struct why *why)
{
	size_t n = next->gateway_addresses.n;
	int err;

	plan->setting = malloc(sizeof(*plan->setting));
	plan->other = malloc(sizeof(*plan->other));
	plan->step = calloc(tunnel_count(next) + 1, sizeof(*plan->step));
	plan->gateways = calloc(n + 1, sizeof(struct gateway));
	if (!plan->setting || !plan->other || !plan->step || !plan->gateways ||
		directory_init(&plan->now, ctl->model) || directory_init(&plan->next, next))
		return -ENOMEM;
	for (; plan->n_gateways < n; plan->n_gateways++) {
		err = setting_gateway(&next->gateway_addresses.v[plan->n_gateways], ctl_port, ctl,
			&plan->gateways[plan->n_gateways], why);
		if (err)
			return err;
	}
	return 0;
}

// A tunnel is the same as long as it stays in its connection; elsewhere it is another one.
static uint32_t tunnel_id(struct ctl *ctl, const char *conn, const char *tunnel)
{
	char key[IDMAP_NAME];

	snprintf(key, sizeof(key), "%s/%s", conn, tunnel);
	return idmap_get(ctl->tunnel_ids, key);
}

// plan->setting becomes that of a step.
static int resolve(struct ctl *ctl, struct plan *plan, const struct step *step, struct why *why)
{
	return setting_make(
		&plan->next, step->conn, step->conf, step->id, ctl_port, ctl, plan->setting, why);
}

// Whether a tunnel that runs would be told something new.
static bool differs(struct ctl *ctl, struct plan *plan, const struct step *step)
{
	const struct model_connection *conn = directory_connection(&plan->now, step->conn->name);

	for (size_t i = 0; conn && i < conn->tunnels.n; i++) {
		const struct model_tunnel *t = &conn->tunnels.v[i];

		if (!strcmp(t->name, step->conf->name))
			return setting_make(&plan->now, conn, t, step->id, ctl_port, ctl,
				       plan->other, NULL) ||
			       !setting_eq(plan->other, plan->setting);
	}
	return true;
}

static int check_algorithms(struct ctl *ctl, const struct setting *s, struct why *why)
{
	int err = 0;

	for (size_t i = 0; !err && i < s->ike.ike_count; i++)
		err = backends_can(&ctl->backends, &s->ike.ike[i], why);
	for (size_t i = 0; !err && i < s->child[0].esp_count; i++)
		err = backends_can(&ctl->backends, &s->child[0].esp[i], why);
	if (err)
		why_fmt(why, where, "%s", s->ike.name);
	return err;
}

static int plan_tunnel(struct ctl *ctl, struct conn *conn, const struct model_connection *mc,
	unsigned int slot, struct plan *plan, struct why *why)
{
	const struct model_tunnel *mt = &mc->tunnels.v[slot];
	struct step *step = &plan->step[plan->n];
	int err;

	*step = (struct step){.conn = mc, .conf = mt, .id = tunnel_id(ctl, mc->name, mt->name)};
	if (!step->id)
		return why_set(why, -ENOSPC, "no room for a tunnel", mt->name, NULL, NULL);
	plan->n++;
	step->tunnel = ctl_tunnel(ctl, step->id);
	err = resolve(ctl, plan, step, why);
	if (!err)
		err = check_algorithms(ctl, plan->setting, why);
	if (!err && step->tunnel) {
		step->changed = differs(ctl, plan, step);
	} else if (!err) {
		err = tunnel_new(ctl, conn, plan->setting, &step->tunnel, why);
		step->made = !err;
	}
	// Refused edits may be many.
	if (err && !step->tunnel)
		idmap_put(ctl->tunnel_ids, step->id);
	return err;
}

// Everything that can fail: new objects are made, unseen by anybody.
static int prepare(struct ctl *ctl, const struct model *next, struct plan *plan, struct why *why)
{
	int err = plan_init(ctl, next, plan, why);

	for (size_t i = 0; i < next->connections.n && !err; i++) {
		const struct model_connection *mc = &next->connections.v[i];
		struct conn *conn = ctl_conn_named(ctl, mc->name);

		if (!conn)
			conn = conn_new(ctl, mc->name);
		if (!conn)
			return why_set(
				why, -ENOMEM, "no room for a connection", mc->name, NULL, NULL);
		for (unsigned int slot = 0; slot < mc->tunnels.n && !err; slot++)
			err = plan_tunnel(ctl, conn, mc, slot, plan, why);
	}
	return err;
}

// Connections that no configuration had before the one that failed.
static void undo(struct ctl *ctl, struct plan *plan)
{
	struct conn *conn, *tmp;

	for (size_t i = 0; i < plan->n; i++) {
		if (plan->step[i].made)
			tunnel_free(ctl, plan->step[i].tunnel);
	}
	HASH_ITER (hh, ctl->conns, conn, tmp) {
		if (!conn->generation)
			conn_free(ctl, conn);
	}
}

static void mark(struct ctl *ctl, const struct model *next, struct plan *plan)
{
	ctl->generation++;
	for (size_t i = 0; i < plan->n; i++)
		plan->step[i].tunnel->generation = ctl->generation;
	for (size_t i = 0; i < next->connections.n; i++) {
		const struct model_connection *mc = &next->connections.v[i];
		struct conn *conn = ctl_conn_named(ctl, mc->name);

		conn->generation = ctl->generation;
		conn->hold_down = MONO_S(mc->hold_down_s);
	}
}

// Before the new ones begin: a peer may know both by the same addresses.
static unsigned int retire_tunnels(struct ctl *ctl)
{
	struct tunnel *t, *tmp;
	unsigned int n = 0;

	HASH_ITER (hh, ctl->tunnels, t, tmp) {
		if (t->generation == ctl->generation)
			continue;
		tunnel_free(ctl, t);
		n++;
	}
	return n;
}

static void retire_conns(struct ctl *ctl)
{
	struct conn *conn, *tmp;

	HASH_ITER (hh, ctl->conns, conn, tmp) {
		if (conn->generation != ctl->generation)
			conn_free(ctl, conn);
	}
}

static void publish_tunnels(struct ctl *ctl, struct plan *plan, struct reconciled *result)
{
	struct why why = {};
	char text[512];

	for (size_t i = 0; i < plan->n; i++)
		tunnel_attach(plan->step[i].tunnel,
			(unsigned int)(plan->step[i].conf - plan->step[i].conn->tunnels.v));
	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->step[i];

		failover_choose(step->tunnel->conn);
		result->made += step->made;
		result->changed += step->changed;
		result->kept += !step->made && !step->changed;
		if (!step->made && !step->changed)
			continue;
		// It was resolved before: this cannot fail for what it says.
		if (resolve(ctl, plan, step, &why) ||
			tunnel_set(ctl, step->tunnel, plan->setting, &why))
			log_error("tunnel %s: %s", step->tunnel->name,
				why_show(&why, text, sizeof(text)));
	}
}

static void publish_health(struct ctl *ctl, const struct model *next)
{
	for (size_t i = 0; i < next->connections.n; i++) {
		const struct model_connection *mc = &next->connections.v[i];

		health_set(ctl_conn_named(ctl, mc->name), &mc->health_check);
	}
}

// Call for each address of a model's ports, those of gateways among them, as the mirrors have it.
static void each_address(struct ctl *ctl, const struct model *m,
	void (*each)(struct ctl *ctl, unsigned int port, const struct cidr *addr, void *arg),
	void *arg)
{
	for (size_t p = 0; p < m->ports.n; p++) {
		const struct model_port *port = &m->ports.v[p];
		int index = ctl_port(ctl, port->name);

		for (size_t i = 0; index >= 0 && i < port->addresses.n; i++) {
			const struct model_ifaddr *a = &port->addresses.v[i];

			each(ctl, (unsigned int)index,
				&(struct cidr){.addr = a->addr, .bits = a->bits}, arg);
		}
	}
	for (size_t g = 0; g < m->gateway_addresses.n; g++) {
		const struct model_gateway_address *ga = &m->gateway_addresses.v[g];
		const struct model_port *port = model_find_port(m, ga->port);
		int index = ctl_port(ctl, ga->port);
		bool named = false;

		for (size_t i = 0; port && i < port->addresses.n; i++)
			named |= addr_eq(&port->addresses.v[i].addr, &ga->address);
		if (!named && index >= 0)
			each(ctl, (unsigned int)index,
				&(struct cidr){.addr = ga->address,
					.bits = (uint8_t)(addr_len(&ga->address) * 8)},
				arg);
	}
}

static void addr_give(struct ctl *ctl, unsigned int port, const struct cidr *addr, void *)
{
	struct why why = {};
	char text[512];

	if (kernel_addr(ctl, port, addr, true, &why))
		log_error("%s", why_show(&why, text, sizeof(text)));
	// The kernel says so, too, but later.
	if (dp_addr_set(ctl->dp, port, &addr->addr, true))
		log_error("no memory for an address");
}

struct addr_search {
	unsigned int port;
	const struct cidr *addr;
	bool found;
};

static void addr_match(struct ctl *, unsigned int port, const struct cidr *addr, void *arg)
{
	struct addr_search *search = arg;

	search->found |= search->port == port && search->addr->bits == addr->bits &&
			 addr_eq(&search->addr->addr, &addr->addr);
}

static void addr_take(struct ctl *ctl, unsigned int port, const struct cidr *addr, void *arg)
{
	struct addr_search search = {.port = port, .addr = addr};
	struct why why = {};
	char text[512];

	each_address(ctl, arg, addr_match, &search);
	if (!search.found && kernel_addr(ctl, port, addr, false, &why))
		log_error("%s", why_show(&why, text, sizeof(text)));
}

static void publish(
	struct ctl *ctl, const struct model *next, struct plan *plan, struct reconciled *result)
{
	struct gateway *old = ctl->gateways;

	each_address(ctl, next, addr_give, NULL);
	// The old gateway addresses have said their last word when the old tunnels were removed.
	result->removed = retire_tunnels(ctl);
	ctl->gateways = plan->gateways;
	ctl->n_gateways = plan->n_gateways;
	plan->gateways = old;
	if (tables_set(ctl, next))
		log_error("out of memory: not all routes and policies are in force");
	ctl_commit(ctl);
	publish_tunnels(ctl, plan, result);
	publish_health(ctl, next);
	ctl_commit(ctl);
	groups_sweep(ctl);
	retire_conns(ctl);
	each_address(ctl, ctl->model, addr_take, (void *)next);
}

int reconcile_prepare(
	struct ctl *ctl, const struct model *next, struct plan **plan, struct why *why)
{
	int err;

	*plan = calloc(1, sizeof(**plan));
	if (!*plan)
		return -ENOMEM;
	err = prepare(ctl, next, *plan, why);
	if (err) {
		reconcile_abandon(ctl, *plan);
		*plan = NULL;
	}
	return err;
}

void reconcile_publish(struct ctl *ctl, struct plan *plan, struct reconciled *result)
{
	*result = (struct reconciled){};
	mark(ctl, plan->next.m, plan);
	publish(ctl, plan->next.m, plan, result);
	plan_fini(plan);
}

void reconcile_abandon(struct ctl *ctl, struct plan *plan)
{
	undo(ctl, plan);
	plan_fini(plan);
}

int reconcile(struct ctl *ctl, const struct model *next, struct reconciled *result, struct why *why)
{
	struct plan *plan;
	int err = reconcile_prepare(ctl, next, &plan, why);

	*result = (struct reconciled){};
	if (!err)
		reconcile_publish(ctl, plan, result);
	return err;
}
