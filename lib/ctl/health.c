#include "ctl/health.h"

#include "base/log.h"
#include "ctl/child.h"
#include "ctl/echo.h"
#include "ctl/failover.h"
#include "ctl/ikerun.h"
#include "ctl/tables.h"

#define WAIT MONO_S(1) // for an answer

static bool has_failed(const struct tunnel *t)
{
	return t && t->health && echo_pulse(t->health)->state == PULSE_BAD;
}

bool health_failed(const struct conn *conn)
{
	bool any = false;

	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (conn->tunnel[i] && !has_failed(conn->tunnel[i]))
			return false;
		any |= conn->tunnel[i] != NULL;
	}
	return any;
}

const char *health_status(const struct conn *conn)
{
	return !conn->health.enabled ? NULL : health_failed(conn) ? "failed" : "success";
}

bool health_revoked(const struct conn *conn)
{
	return conn->health.policy == MODEL_REVOKE_ROUTE && health_failed(conn);
}

// What has no SA is being negotiated anyway, and what the operator has closed stays so; a peer
// at any address must begin by itself.
static void reset(struct tunnel *t)
{
	struct ctl *ctl = t->conn->ctl;
	struct ike_in in = {.type = IKE_IN_TERMINATE, .tunnel = t->id};

	if (!child_outbound(t) || ikerun_closed(ctl, t) || !t->peer_addr.family)
		return;
	log_info("tunnel %s: reset by its connection's health check", t->name);
	(void)ikerun_input(ctl, &in);
	in.type = IKE_IN_INITIATE;
	(void)ikerun_input(ctl, &in);
}

static void follow(struct conn *conn)
{
	if (conn->revoked == health_revoked(conn))
		return;
	conn->revoked = !conn->revoked;
	log_at(conn->revoked ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
		"connection %s: its health check %s", conn->name,
		conn->revoked ? "has failed: its routes are withdrawn"
			      : "is well: its routes are back");
	tables_follow(conn->ctl, conn);
	failover_tell(conn);
	ctl_commit(conn->ctl);
}

static void judged(struct tunnel *t, enum pulse_state state)
{
	failover_say(t, FAILOVER_HEALTH, state == PULSE_BAD);
	follow(t->conn);
	if (state == PULSE_BAD && t->conn->health.reset)
		reset(t);
}

static void set(struct tunnel *t, const struct model_health *health)
{
	const struct echo_conf conf = {
		.source = health->source,
		.address = health->destination,
		.pulse = {.interval = MONO_S(health->interval_s),
			.wait = WAIT,
			.lose = health->retry,
			.regain = 1},
		.always = true,
	};

	if (echo_set(&t->health, t, health->enabled ? &conf : NULL, judged))
		log_error("tunnel %s: no memory for its health check", t->name);
	failover_say(t, FAILOVER_HEALTH, has_failed(t));
}

void health_set(struct conn *conn, const struct model_health *health)
{
	conn->health = *health;
	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (conn->tunnel[i])
			set(conn->tunnel[i], health);
	}
	follow(conn);
}

void health_free(struct tunnel *t)
{
	echo_free(t->health);
	t->health = NULL;
}
