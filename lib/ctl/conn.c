#include "ctl/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ctl/child.h"
#include "ctl/failover.h"
#include "ctl/health.h"
#include "ctl/ikerun.h"
#include "ctl/iketrace.h"
#include "ctl/logbook.h"
#include "ctl/probe.h"

struct conn *conn_new(struct ctl *ctl, const char *name)
{
	struct conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	conn->ctl = ctl;
	snprintf(conn->name, sizeof(conn->name), "%s", name);
	conn->id = idmap_get(ctl->conn_ids, name);
	if (!conn->id || failover_init(conn) || dp_conn_new(ctl->dp, name, conn, &conn->dp)) {
		failover_fini(conn);
		idmap_put(ctl->conn_ids, conn->id);
		free(conn);
		return NULL;
	}
	HASH_ADD_STR(ctl->conns, name, conn);
	return conn;
}

void conn_free(struct ctl *ctl, struct conn *conn)
{
	if (!conn)
		return;
	HASH_DEL(ctl->conns, conn);
	idmap_put(ctl->conn_ids, conn->id);
	dp_conn_free(conn->dp);
	failover_fini(conn);
	free(conn);
}

static struct dp_tunnel_conf dp_conf_of(struct tunnel *t, const struct setting *s)
{
	return (struct dp_tunnel_conf){
		.name = t->name,
		.conn = t->conn->dp,
		.port = s->gateway.port,
		.next_hop = s->gateway.next_hop.family ? s->gateway.next_hop : s->peer,
		.trap = s->trap,
		.children = (unsigned int)s->ike.child_count,
		.clamp_mss = s->clamp_mss,
		.user = t,
	};
}

int tunnel_new(struct ctl *ctl, struct conn *conn, const struct setting *s, struct tunnel **tunnel,
	struct why *why)
{
	struct tunnel *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->id = s->ike.tunnel;
	t->conn = conn;
	snprintf(t->name, sizeof(t->name), "%s", s->ike.name);
	t->dp_conf = dp_conf_of(t, s);
	err = dp_tunnel_new(ctl->dp, &t->dp_conf, &t->dp);
	if (err) {
		why_set(why, err, "the dataplane has no room for a tunnel", t->name, NULL,
			strerror(-err));
		free(t);
		return err;
	}
	(void)choice_say(&t->standing, FAILOVER_NO_SA, true, mono_now());
	HASH_ADD(hh, ctl->tunnels, id, sizeof(t->id), t);
	HASH_ADD_KEYPTR(hh_name, ctl->tunnels_named, t->name, strlen(t->name), t);
	*tunnel = t;
	return 0;
}

void tunnel_attach(struct tunnel *t, unsigned int slot)
{
	struct conn *conn = t->conn;

	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (conn->tunnel[i] == t)
			conn->tunnel[i] = NULL;
	}
	conn->tunnel[slot] = t;
}

int tunnel_set(struct ctl *ctl, struct tunnel *t, const struct setting *s, struct why *why)
{
	struct ike_in rekey = {.type = IKE_IN_REKEY_CHILD, .tunnel = t->id};
	bool follow = t->children && !setting_rules_eq(&t->rules, &s->rules);
	int err;

	t->gateway = s->gateway;
	t->peer_addr = s->peer;
	snprintf(t->peer, sizeof(t->peer), "%s", s->peer_name);
	t->rules = s->rules;
	t->dp_conf = dp_conf_of(t, s);
	err = dp_tunnel_set(t->dp, &t->dp_conf);
	if (err)
		return why_set(
			why, err, "the dataplane refuses a tunnel", t->name, NULL, strerror(-err));
	if (t->dp_conf.next_hop.family)
		neigh_want(ctl->neighs, t->dp_conf.port, &t->dp_conf.next_hop, mono_now());
	err = ikerun_conf_set(ctl, &s->ike, why);
	if (!err && follow && t->children)
		(void)ikerun_input(ctl, &rekey);
	// What was closed by hand begins anew with a new configuration, but not with any.
	failover_say(t, FAILOVER_OPERATOR, ikerun_closed(ctl, t));
	failover_say(t, FAILOVER_LINK, !ctl->link[t->gateway.port].up);
	failover_say(t, FAILOVER_SILENT, false);
	probe_set(t, &s->probe);
	return err;
}

// Its traffic goes elsewhere before its SAs do.
static void detach(struct tunnel *t)
{
	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (t->conn->tunnel[i] == t)
			t->conn->tunnel[i] = NULL;
	}
	failover_choose(t->conn);
}

void tunnel_free(struct ctl *ctl, struct tunnel *t)
{
	if (!t)
		return;
	detach(t);
	probe_free(t);
	health_free(t);
	(void)ikerun_conf_del(ctl, t->id); // -ENOENT: never told
	child_del_all(ctl, t);
	logbook_gone(t);
	(void)iketrace_end(ctl, t);
	HASH_DEL(ctl->tunnels, t);
	HASH_DELETE(hh_name, ctl->tunnels_named, t);
	dp_tunnel_free(t->dp);
	idmap_put(ctl->tunnel_ids, t->id);
	findings_fini(&t->findings);
	journal_free(t->journal);
	logfile_free(t->logfile);
	free(t);
}

void tunnel_peer_at(struct tunnel *t, const struct addr *peer)
{
	if (t->gateway.next_hop.family || addr_eq(&t->dp_conf.next_hop, peer))
		return;
	t->dp_conf.next_hop = *peer;
	if (dp_tunnel_set(t->dp, &t->dp_conf))
		log_error("tunnel %s: cannot follow its peer: out of memory", t->name);
}
