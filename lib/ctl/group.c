#include "ctl/group.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/failover.h"

// What makes a group: its connections and weights in order; then whether it spreads flows.
struct part {
	uint32_t conn, weight;
};

struct group_member {
	struct group *group;
	struct conn *conn;
	uint32_t weight;
	bool chosen;
	struct group_member *next; // of its connection's
};

struct group {
	uint32_t id;
	struct dp_conn *dp;
	bool ecmp;
	unsigned int generation; // of the configuration that has it
	size_t n;
	struct part *key;     // n + 1 parts
	UT_hash_handle hh;    // by key
	UT_hash_handle hh_id; // by id
	struct group_member member[];
};

struct groups {
	struct group *by_key, *by_id;
	uint32_t last_id;
	struct failover_listener listener;
};

static void group_free(struct ctl *ctl, struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		LL_DELETE(g->member[i].conn->groups, &g->member[i]);
	HASH_DELETE(hh, ctl->groups->by_key, g);
	HASH_DELETE(hh_id, ctl->groups->by_id, g);
	free(g->key);
	free(g);
}

// Which of several connections carry their common routes' traffic, for the log.
static void say(const struct group *g)
{
	const char *sep = "";
	char names[256] = "nothing";
	size_t n = 0;

	for (size_t i = 0; i < g->n && n < sizeof(names); i++) {
		if (!g->member[i].chosen)
			continue;
		n += (size_t)snprintf(
			names + n, sizeof(names) - n, "%s%s", sep, g->member[i].conn->name);
		sep = ", ";
	}
	log_info("connection %s: traffic of routes that it shares goes through %s [route-switch]",
		g->member[0].conn->name, names);
}

// Who is to carry the traffic. returns how many, or -ENOMEM
static ssize_t decide(const struct group *g, size_t chosen[])
{
	struct gwroute_standing *standing = calloc(g->n + 1, sizeof(*standing));
	size_t n;

	if (!standing)
		return -ENOMEM;
	for (size_t i = 0; i < g->n; i++)
		standing[i] = (struct gwroute_standing){.weight = g->member[i].weight,
			.usable = failover_usable(g->member[i].conn),
			.revoked = g->member[i].conn->revoked};
	n = gwroute_choose(standing, g->n, g->ecmp, chosen);
	free(standing);
	return (ssize_t)n;
}

static bool is_as_before(const struct group *g, const size_t chosen[], size_t n)
{
	bool same = true;

	for (size_t i = 0, c = 0; i < g->n; i++) {
		bool is = c < n && chosen[c] == i;

		same &= is == g->member[i].chosen;
		c += is;
	}
	return same;
}

static int tell(struct group *g, const size_t chosen[], size_t n)
{
	struct dp_conn **conn = calloc(n + 1, sizeof(struct dp_conn *));
	int err = conn ? 0 : -ENOMEM;

	for (size_t c = 0; !err && c < n; c++)
		conn[c] = g->member[chosen[c]].conn->dp;
	if (!err)
		err = dp_group_set(g->dp, conn, (unsigned int)n);
	free(conn);
	if (err)
		return err;
	for (size_t i = 0; i < g->n; i++)
		g->member[i].chosen = false;
	for (size_t c = 0; c < n; c++)
		g->member[chosen[c]].chosen = true;
	return 0;
}

// Tell the dataplane who carries the traffic, unless that is what it has.
static void choose(struct group *g)
{
	size_t *chosen = calloc(g->n + 1, sizeof(*chosen));
	ssize_t n = chosen ? decide(g, chosen) : -ENOMEM;

	if (n >= 0 && is_as_before(g, chosen, (size_t)n))
		goto free_chosen;
	if (n < 0 || tell(g, chosen, (size_t)n))
		log_error("out of memory: routes do not follow their connections");
	else if (g->n > 1)
		say(g);
free_chosen:
	free(chosen);
}

static void conn_changed(void *, struct conn *conn)
{
	struct group_member *m;

	LL_FOREACH (conn->groups, m)
		choose(m->group);
}

int groups_start(struct ctl *ctl)
{
	ctl->groups = calloc(1, sizeof(*ctl->groups));
	if (!ctl->groups)
		return -ENOMEM;
	ctl->groups->listener = (struct failover_listener){.changed = conn_changed};
	failover_listen(ctl, &ctl->groups->listener);
	return 0;
}

void groups_stop(struct ctl *ctl)
{
	struct group *g, *tmp;

	if (!ctl->groups)
		return;
	HASH_ITER (hh, ctl->groups->by_key, g, tmp)
		group_free(ctl, g);
}

void groups_free(struct ctl *ctl)
{
	free(ctl->groups);
	ctl->groups = NULL;
}

static struct part *key_of(struct ctl *ctl, const struct gwroute *bundle, size_t n)
{
	struct part *key = calloc(n + 1, sizeof(*key));

	for (size_t i = 0; key && i < n; i++) {
		key[i].conn = idmap_find(ctl->conn_ids, bundle[i].connection->name);
		key[i].weight = bundle[i].weight;
	}
	if (key)
		key[n].weight = gwroutes_ecmp(bundle, n);
	return key;
}

// Takes the key over in any case.
static struct group *group_new(
	struct ctl *ctl, struct part *key, const struct gwroute *bundle, size_t n)
{
	struct group *g = calloc(1, sizeof(*g) + n * sizeof(g->member[0]));

	if (!g || dp_group_new(ctl->dp, bundle->connection->name, g, &g->dp)) {
		free(key);
		free(g);
		return NULL;
	}
	g->key = key;
	g->ecmp = key[n].weight;
	g->id = ++ctl->groups->last_id;
	g->n = n;
	for (size_t i = 0; i < n; i++) {
		struct group_member *m = &g->member[i];

		*m = (struct group_member){.group = g,
			.conn = ctl_conn_named(ctl, bundle[i].connection->name),
			.weight = bundle[i].weight};
		LL_PREPEND(m->conn->groups, m);
	}
	HASH_ADD_KEYPTR(hh, ctl->groups->by_key, g->key, (unsigned int)((n + 1) * sizeof(*key)), g);
	HASH_ADD(hh_id, ctl->groups->by_id, id, sizeof(g->id), g);
	choose(g);
	return g;
}

static struct group *find(struct ctl *ctl, const struct part *key, size_t n)
{
	struct group *g;

	HASH_FIND(hh, ctl->groups->by_key, key, (unsigned int)((n + 1) * sizeof(*key)), g);
	return g;
}

struct group *group_get(struct ctl *ctl, const struct gwroute *bundle, size_t n)
{
	struct part *key = key_of(ctl, bundle, n);
	struct group *g = key ? find(ctl, key, n) : NULL;

	if (!key)
		return NULL;
	if (g)
		free(key);
	else
		g = group_new(ctl, key, bundle, n);
	if (g)
		g->generation = ctl->generation;
	return g;
}

const struct group *group_of(struct ctl *ctl, const struct gwroute *bundle, size_t n)
{
	struct part *key = key_of(ctl, bundle, n);
	const struct group *g = key ? find(ctl, key, n) : NULL;

	free(key);
	return g;
}

const struct group *group_find(const struct ctl *ctl, uint32_t id)
{
	struct group *g;

	HASH_FIND(hh_id, ctl->groups->by_id, &id, sizeof(id), g);
	return g;
}

uint32_t group_id(const struct group *g)
{
	return g->id;
}

struct dp_conn *group_dp(const struct group *g)
{
	return g->dp;
}

bool group_has(const struct group *g, const struct conn *conn)
{
	for (size_t i = 0; i < g->n; i++) {
		if (g->member[i].conn == conn)
			return true;
	}
	return false;
}

bool group_takes(const struct group *g, const struct conn *conn)
{
	for (size_t i = 0; i < g->n; i++) {
		if (g->member[i].conn == conn)
			return g->member[i].chosen;
	}
	return false;
}

void groups_sweep(struct ctl *ctl)
{
	struct group *g, *tmp;

	HASH_ITER (hh, ctl->groups->by_key, g, tmp) {
		if (g->generation == ctl->generation)
			continue;
		dp_conn_free(g->dp);
		group_free(ctl, g);
	}
}
