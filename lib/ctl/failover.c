#include "ctl/failover.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/logbook.h"

// The names of reasons, and of the events by which alarms know that they begin and cease; NULL: the
// negotiator's events, or the port's, have told it.
static const struct {
	const char *name, *began, *ceased;
} reasons[] = {
	[FAILOVER_NO_SA] = {"no-sa", NULL, NULL},
	[FAILOVER_OPERATOR] = {"operator", "tunnel-closed", "tunnel-opened"},
	[FAILOVER_LINK] = {"link-down", NULL, NULL},
	[FAILOVER_SILENT] = {"silent", NULL, NULL},
	[FAILOVER_PROBE] = {"probe-failed", "probe-failed", "probe-success"},
	[FAILOVER_HEALTH] = {"health-check-failed", "health-check-failed", "health-check-success"},
	[FAILOVER_REASONS] = {"recovered", NULL, NULL},
};
static_assert(sizeof(reasons) / sizeof(reasons[0]) == FAILOVER_REASONS + 1);

const char *failover_reason_name(enum failover_reason reason)
{
	return reasons[reason].name;
}

static const struct standing *standing(const struct conn *conn, unsigned int i)
{
	return conn->tunnel[i] ? &conn->tunnel[i]->standing : NULL;
}

bool failover_usable(const struct conn *conn)
{
	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (standing(conn, i) && choice_usable(standing(conn, i)))
			return true;
	}
	return false;
}

// Of many switches few are told, but the return of each that was.
static bool may_tell_switch(struct conn *conn, const struct tunnel *to)
{
	struct switching *s = &conn->switching;
	bool told = s->told;

	s->told = to != conn->tunnel[0] && logbook_may(&s->lines, conn->name);
	return s->told || told;
}

// In the logbooks of both tunnels, and in the log.
static void tell_switch(struct conn *conn, struct tunnel *from, struct tunnel *to)
{
	const char *reason = failover_reason_name(conn->switching.reason);
	char line[JOURNAL_LINE];

	if (!may_tell_switch(conn, to))
		return;
	log_info("connection %s: traffic goes through tunnel %s, no longer %s [tunnel-switch %s]",
		conn->name, to->name, from->name, reason);
	snprintf(line, sizeof(line), "tunnel-switch [%s]: from %s to %s", reason, from->name,
		to->name);
	logbook_add(conn->ctl, from, line);
	logbook_add(conn->ctl, to, line);
}

// What is wrong with the tunnel that the traffic leaves, if anything is.
static enum failover_reason reason_of(const struct conn *conn, const struct tunnel *from)
{
	bool removed = from != conn->tunnel[0] && from != conn->tunnel[1];

	return removed ? FAILOVER_OPERATOR : choice_newest(&from->standing);
}

static void note_switch(
	struct conn *conn, const struct tunnel *from, const struct tunnel *to, mono_us_t noticed)
{
	struct switching *s = &conn->switching;

	s->since = noticed;
	s->reason = reason_of(conn, from);
	s->noticed = noticed;
	s->switched = mono_now();
	s->wall_ms = logbook_wall_ms();
	s->count++;
	snprintf(s->from_name, sizeof(s->from_name), "%s", from->name);
	snprintf(s->to_name, sizeof(s->to_name), "%s", to->name);
}

static struct tunnel *active_of(const struct conn *conn)
{
	struct dp_tunnel *active = dp_conn_active(conn->dp);

	return active ? dp_tunnel_user(active) : NULL;
}

// returns whether another tunnel carries the traffic
static bool choose(struct conn *conn, mono_us_t now)
{
	struct tunnel *from = active_of(conn), *to;
	mono_us_t again = 0;
	unsigned int i = 0;

	if (standing(conn, 0) || standing(conn, 1))
		i = choice_make(standing(conn, 0), standing(conn, 1), from == conn->tunnel[1],
			conn->hold_down, now, &again);
	loop_timer_at(conn->switching.again, again);
	to = conn->tunnel[i];
	if (to == from)
		return false;
	dp_conn_switch(conn->dp, to ? to->dp : NULL);
	if (from && to) {
		note_switch(conn, from, to, now);
		tell_switch(conn, from, to);
	} else {
		conn->switching.since = now;
	}
	return true;
}

void failover_tell(struct conn *conn)
{
	struct failover_listener *l;

	LL_FOREACH (conn->ctl->failover_listeners, l)
		l->changed(l->ctx, conn);
}

static void settle(struct conn *conn, mono_us_t now)
{
	struct switching *s = &conn->switching;
	bool switched = choose(conn, now), usable = failover_usable(conn);

	if (!switched && usable == s->usable)
		return;
	s->usable = usable;
	failover_tell(conn);
}

void failover_choose(struct conn *conn)
{
	settle(conn, mono_now());
}

static void on_again(void *ctx)
{
	failover_choose(ctx);
}

// A path that comes and goes must not fill the logs: few failures are told, and the end of each
// that was.
static bool may_tell(struct tunnel *t, enum failover_reason reason, bool down)
{
	unsigned int told = t->told & 1u << reason;

	t->told &= ~(1u << reason);
	if (down && logbook_may(&t->lines, t->name))
		t->told |= 1u << reason;
	return (t->told | told) & 1u << reason;
}

void failover_say(struct tunnel *t, enum failover_reason reason, bool down)
{
	const char *event = down ? reasons[reason].began : reasons[reason].ceased;
	mono_us_t now = mono_now();

	if (!choice_say(&t->standing, reason, down, now))
		return;
	settle(t->conn, now);
	if (!event || !may_tell(t, reason, down))
		return;
	log_at(down ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "tunnel %s: %s [%s]", t->name,
		choice_usable(&t->standing) ? "usable again" : "not usable", event);
	logbook_add(t->conn->ctl, t, event);
}

void failover_listen(struct ctl *ctl, struct failover_listener *listener)
{
	LL_PREPEND(ctl->failover_listeners, listener);
}

int failover_init(struct conn *conn)
{
	conn->switching.again = loop_timer_new(conn->ctl->loop, on_again, conn);
	conn->switching.reason = FAILOVER_REASONS;
	return conn->switching.again ? 0 : -ENOMEM;
}

void failover_fini(struct conn *conn)
{
	loop_timer_free(conn->switching.again);
}
