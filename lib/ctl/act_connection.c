#include "ctl/act_core.h"
#include "ctl/failover.h"
#include "ctl/health.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"

static json_t *reasons(const struct standing *s)
{
	json_t *list = json_array();

	for (unsigned int r = 0; r < FAILOVER_REASONS; r++) {
		if (s->down[r])
			json_array_append_new(
				list, json_pack("{s:s, s:I}", "reason", failover_reason_name(r),
					      "since_s", act_age_s(s->down[r])));
	}
	return list;
}

// the two tunnels are to be in different ones.
static const char *zone_of(const struct ctl *ctl, const struct tunnel *t)
{
	for (size_t i = 0; i < ctl->model->gateway_addresses.n; i++) {
		const struct model_gateway_address *g = &ctl->model->gateway_addresses.v[i];

		if (addr_eq(&g->address, &t->gateway.addr))
			return g->zone;
	}
	return "";
}

static json_t *tunnel_json(struct ctl *ctl, const struct tunnel *t)
{
	const struct conn *conn = t->conn;

	return json_pack("{s:s, s:s, s:b, s:b, s:s, s:s, s:o}", "tunnel", t->name, "role",
		conn->tunnel[0] == t ? "active" : "standby", "carries_traffic",
		dp_conn_active(conn->dp) == t->dp, "usable", choice_usable(&t->standing), "port",
		dp_port_name(ctl->dp, t->gateway.port), "zone", zone_of(ctl, t), "not_usable",
		reasons(&t->standing));
}

static json_t *tunnels_json(struct ctl *ctl, const struct conn *conn)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		if (conn->tunnel[i])
			json_array_append_new(list, tunnel_json(ctl, conn->tunnel[i]));
	}
	return list;
}

// When the traffic returns to tunnel 1; NULL: nobody waits for that.
static json_t *returns_in(const struct conn *conn)
{
	const struct standing *first = conn->tunnel[0] ? &conn->tunnel[0]->standing : NULL;
	struct dp_tunnel *active = dp_conn_active(conn->dp);

	if (!first || !active || active == conn->tunnel[0]->dp || !choice_usable(first))
		return NULL;
	return act_left_s(first->usable_since + conn->hold_down);
}

// The last switch; null: there was none. Times in microseconds are those of the machine's monotonic
// clock: when its cause was told, when the workers were to see it.
static json_t *last_switch(const struct switching *s)
{
	if (!s->count)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "from", s->from_name, "to",
		s->to_name, "reason", failover_reason_name(s->reason), "at_ms",
		(json_int_t)s->wall_ms, "noticed_at", (json_int_t)s->noticed, "switched_at",
		(json_int_t)s->switched, "took_us", (json_int_t)(s->switched - s->noticed));
}

const char *act_connection_status(const struct ctl *ctl, const struct conn *conn)
{
	struct ike_tunnel_view best = {}, view;
	const struct tunnel *of = NULL;

	for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
		const struct tunnel *t = conn->tunnel[i];

		if (!t || !ike_tunnel_view(ikerun_ike(ctl), t->id, &view) ||
			(of && view.state <= best.state))
			continue;
		best = view;
		of = t;
	}
	return of ? logbook_status(of, &best) : "ike_sa_not_established";
}

static json_t *connection_json(struct ctl *ctl, const struct conn *conn)
{
	const struct switching *s = &conn->switching;
	struct dp_tunnel *active = dp_conn_active(conn->dp);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:o?, s:o, s:s?, s:o}",
		"connection", conn->name, "status", act_connection_status(ctl, conn), "state",
		failover_usable(conn) ? "usable" : "not usable", "forwards",
		active ? dp_tunnel_name(active) : "", "since_s", act_age_s(s->since), "reason",
		s->count ? failover_reason_name(s->reason) : "", "switches", (json_int_t)s->count,
		"hold_down_s", (json_int_t)(conn->hold_down / 1000000), "returns_in_s",
		returns_in(conn), "last_switch", last_switch(s), "health_check",
		health_status(conn), "tunnels", tunnels_json(ctl, conn));
}

void act_show_connections(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();
	struct conn *conn, *next;

	HASH_ITER (hh, ctl->conns, conn, next)
		json_array_append_new(list, connection_json(ctl, conn));
	act_answer(call, list);
}
